using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

public class RebuildCommandTests
{
    [Theory]
    [InlineData("UPDATE members SET display_name = 'Mallory'; DELETE FROM channels")]
    [InlineData("DROP TABLE members")]
    [InlineData("INSERT INTO members VALUES ('ghost', 'Ghost', 'key', '', 1, 'active')")]
    public async Task Tables_that_somebody_changed_are_those_of_the_ledger_again(string sql)
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.AskFrom("203.0.113.7", "r1", "dora");
        await circle.Close();
        string before = circle.Tables().All();
        circle.Tables().Execute(sql);
        (await Ran.Admin("rebuild", circle.Folder)).ShouldBeFine().Output.ShouldContain("The tables are made anew from 5 entries.\nAddresses of pending requests that were kept: 1.");
        circle.Tables().All().ShouldBe(before);
        circle.Tables().Cell("SELECT ip, request_id FROM ip_cooldowns").ShouldBe("203.0.113.7|r1");
        circle.Tables().Cell("SELECT requester_ip FROM join_requests WHERE id = 'r1'").ShouldBe("203.0.113.7");
        Directory.GetFiles(circle.Folder, "securechat.db*").ShouldBe([circle.TablesFile]);
    }

    [Fact]
    public async Task Tables_that_cannot_be_read_or_are_gone_come_back_without_the_addresses()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.AskFrom("203.0.113.7", "r1", "dora");
        await circle.Close();
        using (FileStream tables = new(circle.TablesFile, FileMode.Open))
        {
            tables.SetLength(4096);
        }

        (await Ran.Admin("rebuild", circle.Folder)).ShouldBeFine().Output.ShouldContain("could not be read and are gone");
        circle.Tables().Cell("SELECT requester_ip IS NULL FROM join_requests").ShouldBe("1");
        string rebuilt = circle.Tables().All();
        File.Delete(circle.TablesFile);
        (await Ran.Admin("rebuild", circle.Folder)).ShouldBeFine().Output.ShouldContain("that were kept: 0.");
        circle.Tables().All().ShouldBe(rebuilt);
    }

    [Fact]
    public async Task An_address_whose_request_was_decided_is_not_kept()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.Close();
        circle.Tables().Execute("INSERT INTO ip_cooldowns VALUES ('203.0.113.9', 1, 2, 'decided'), ('203.0.113.10', 1, 2, NULL)");
        (await Ran.Admin("rebuild", circle.Folder)).ShouldBeFine();
        circle.Tables().Rows("SELECT ip FROM ip_cooldowns").ShouldBe(["203.0.113.10"]);
        FilesOf.With("203.0.113.9", circle.Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_ledger_that_does_not_verify_and_a_file_of_something_else_are_left_alone()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        await File.WriteAllTextAsync(circle.TablesFile, "Dear all");
        (await Ran.Admin("rebuild", circle.Folder)).ShouldBeRefused(3, "was not made by this relay");
        (await File.ReadAllTextAsync(circle.TablesFile)).ShouldBe("Dear all");
        new TablesOnDisk(circle.LedgerFile).Execute("DROP TRIGGER entries_are_never_deleted; DELETE FROM entries WHERE position = 2");
        (await Ran.Admin("rebuild", circle.Folder)).ShouldBeRefused(1, "damaged");
        (await Ran.Admin("rebuild", Path.Combine(circle.Folder, "nothing"))).ShouldBeRefused(3, "is no data folder");
    }
}
