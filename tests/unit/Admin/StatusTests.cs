using SecureChat.Ledger.Storage;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

public class StatusTests
{
    [Fact]
    public async Task Everything_on_one_page()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Ask("r1", "cy");
        await circle.Vote("r1", "bea");
        string page = (await Ran.Admin("status", circle.Folder)).ShouldBeFine().Output;
        page.ShouldStartWith("Verified: all of its 6 entries hold.\n");
        page.ShouldContain("Members   2: Name of ann and Name of bea\n");
        page.ShouldContain("Requests  open, 1 pending request\n");
        page.ShouldContain("Ledger    6 entries, the newest of 2026-");
        page.ShouldMatch("4 +Name of cy +cy .* Name of bea +Name of ann\n");
        page.ShouldMatch("ledger.key +[0-9]+ +600\n");
        page.ShouldContain("Warning: No witness has cosigned the newest checkpoint");
        page.ShouldContain("Warning: No backup is known of.");
        page.ShouldNotContain("open to other users");
        page.ShouldNotContain("behind the ledger");
    }

    [Fact]
    public async Task A_request_whose_time_is_over_is_said_to_be_overdue()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.Ask("r1", "cy");
        (await Ran.Later(TimeSpan.FromHours(49), "status", circle.Folder)).ShouldBeFine().Output.ShouldContain(" (overdue)");
    }

    [Fact]
    public async Task What_is_not_as_it_should_be_is_named()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.Close();
        File.Delete(Path.Combine(circle.Folder, SeenCheckpoint.FileName));
        File.Delete(circle.TablesFile);
        await File.WriteAllTextAsync(Path.Combine(circle.Folder, "ledger.db.v1"), "");
        await File.WriteAllTextAsync(Path.Combine(circle.Folder, "founder.key"), "");
        string page = (await Ran.Admin("status", circle.Folder)).ShouldBeFine().Output;
        page.ShouldContain("Warning: seen-checkpoint is missing");
        page.ShouldContain("Warning: There is no securechat.db");
        page.ShouldContain("Warning: ledger.db.v1 was kept");
        page.ShouldContain("Warning: founder.key is void");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(circle.LedgerFile, (UnixFileMode)0b110_100_000);
            (await Ran.Admin("status", circle.Folder)).ShouldBeFine().Output.ShouldContain("Warning: ledger.db is open to other users of the machine (mode 640): chmod 600\n");
        }
    }

    [Fact]
    public async Task The_last_backup_is_known_and_warned_of_when_it_is_old()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        string note = Path.Combine(circle.Folder, "last-backup.json");
        await File.WriteAllTextAsync(note, $$"""{"time": {{SomeCircle.Start}}, "size": 3, "root": ""}""");
        string page = (await Ran.Admin("status", circle.Folder)).ShouldBeFine().Output;
        page.ShouldContain("Backup    2026-09-21 14:13:20 UTC, 3 entries\n");
        page.ShouldNotContain("Warning: The last backup");
        (await Ran.Later(TimeSpan.FromDays(8), "status", circle.Folder)).ShouldBeFine().Output
            .ShouldContain("Warning: The last backup is older than a week, and 1 entry is not in it.");
        await File.WriteAllTextAsync(note, "[]");
        (await Ran.Admin("status", circle.Folder)).ShouldBeFine().Output.ShouldContain("Backup    none\n");
    }

    [Theory]
    [InlineData("UPDATE members SET display_name = 'Eve' WHERE id = 'bea'", "members: the row bea has \"Eve\" as display_name, and should have \"Name of bea\".")]
    [InlineData("UPDATE members SET public_key = 'key' WHERE id = 'bea'", "members: the row bea has another public_key than it should have.")]
    [InlineData("INSERT INTO members (id, display_name, public_key, joined_at) VALUES ('eve', 'Eve', '', 1)", "members: the row eve should not be there.")]
    [InlineData("DELETE FROM channels WHERE type = 'dm'", "channels: the row ann:bea is missing.")]
    [InlineData("UPDATE server_info SET value = 'true' WHERE key = 'requests_locked'", "server_info: the row requests_locked has \"true\" as value, and should have \"false\".")]
    [InlineData("UPDATE join_requests SET approvals = '[]'", "as approvals, and should have")]
    [InlineData("UPDATE projection_checkpoint SET leaf_hash = zeroblob(32)", "projection_checkpoint: the row 0 belongs to another ledger.")]
    [InlineData("DROP TABLE channels", "securechat.db cannot be read as the tables of this ledger")]
    public async Task Tables_that_differ_from_the_ledger_are_named_row_by_row(string sql, string sentence)
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        (await Ran.Admin("verify", circle.Folder)).ShouldBeFine().Output.ShouldContain("The tables in securechat.db are those of this ledger.\n");
        circle.Tables().Execute(sql);
        Ran ran = await Ran.Admin("verify", circle.Folder);
        ran.ExitCode.ShouldBe(1);
        ran.Error.ShouldBeEmpty();
        ran.Output.ShouldContain("The tables in securechat.db are not those of this ledger.");
        ran.Output.ShouldContain(sentence);
    }
}
