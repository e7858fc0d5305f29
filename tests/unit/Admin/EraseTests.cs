using System.Diagnostics;
using System.Text;
using SecureChat.Admin;
using SecureChat.Ledger.Circle;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

public class EraseTests
{
    [Fact]
    public async Task A_rejected_newcomer_is_gone_from_all_files_and_the_ledger_still_verifies()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.Live.ExecuteAsync(new SubmitRequest("r1", SomeCircle.Person("mallory-id", "Mallory Name", "bWFsbG9yeS1rZXk=")));
        await circle.Vote("r1", "ann", approve: false);
        await circle.Close();
        FilesOf.With("Mallory Name", circle.Folder).ShouldContain("securechat.db");

        Ran ran = (await Ran.WithInput("r1\n", "erase", circle.Folder, "--request", "r1")).ShouldBeFine();
        ran.Output.ShouldMatch("1 +profile, keys +Mallory Name\n");
        foreach (string text in (string[])["Mallory Name", "mallory-id", "bWFsbG9yeS1rZXk="])
        {
            FilesOf.With(text, circle.Folder).ShouldBeEmpty();
        }

        await VerifiesWithoutWarnings(circle.Folder);
        circle.OpenAgain();
        circle.Live.FindJoinRequest("r1").ShouldNotBeNull().RequesterName.ShouldBeEmpty();
        await circle.Join("cy");
    }

    [Fact]
    public async Task A_departed_members_name_is_gone_for_every_time_it_was_a_member()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea-id");
        await circle.Leave("bea-id");
        await circle.Join("bea-id");
        await circle.Leave("bea-id");
        await circle.Close();
        Ran ran = (await Ran.Admin("erase", circle.Folder, "--member", "bea-id", "--yes")).ShouldBeFine();
        ran.Output.ShouldMatch("1 +profile +Name of bea-id\n5 +profile +Name of bea-id\n");
        FilesOf.With("Name of bea-id", circle.Folder).ShouldBeEmpty();
        FilesOf.With("bea-id\"", circle.Folder).ShouldBeEmpty();
        circle.Tables().Rows("SELECT id, status FROM members ORDER BY joined_at, id").ShouldBe(["ann|active", "erased-3|left", "erased-7|left"]);
        await VerifiesWithoutWarnings(circle.Folder);
        (await Ran.Admin("erase", circle.Folder, "--member", "bea-id", "--yes")).ShouldBeRefused(2, "or it is erased already");
    }

    [Fact]
    public async Task A_request_whose_time_is_over_expires_first()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.Ask("r1", "mallory-id");
        await circle.Close();
        (await Ran.Admin("erase", circle.Folder, "--request", "r1", "--yes")).ShouldBeRefused(2, "is pending");
        (await Ran.Later(TimeSpan.FromHours(49), "erase", circle.Folder, "--request", "r1", "--yes")).ShouldBeFine();
        FilesOf.With("mallory-id", circle.Folder).ShouldBeEmpty();
        await VerifiesWithoutWarnings(circle.Folder);
    }

    [Fact]
    public async Task The_copy_that_an_upgrade_kept_goes_too()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea-id");
        await circle.Leave("bea-id");
        await circle.Close();
        string copy = $"{circle.LedgerFile}.v1";
        File.Copy(circle.LedgerFile, copy);
        (await Ran.Admin("erase", circle.Folder, "--member", "bea-id", "--yes")).ShouldBeFine().Output.ShouldContain("The copy ledger.db.v1");
        File.Exists(copy).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--member", "ann", "ann is a member")]
    [InlineData("--member", "dora", "dora asks to be let in at present")]
    [InlineData("--member", "nobody", "No member of this ledger had the id nobody")]
    [InlineData("--request", "pending", "The request pending is pending")]
    [InlineData("--request", "nothing", "There is no request nothing")]
    [InlineData("--request", "bea-asks-at-1", "was approved")]
    public async Task Who_is_active_or_pending_or_unknown_is_refused(string option, string id, string sentence)
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Ask("pending", "dora");
        await circle.Close();
        string[] before = FilesOf.With("Name of", circle.Folder);
        (await Ran.Admin("erase", circle.Folder, option, id, "--yes")).ShouldBeRefused(2, sentence);
        FilesOf.With("Name of", circle.Folder).ShouldBe(before);
        (await Ran.Admin("verify", circle.Folder)).ShouldBeFine().Output.ShouldContain("all of its 5 entries");
    }

    [Theory]
    [InlineData("")]
    [InlineData("yes\n")]
    public async Task What_is_not_confirmed_is_not_done(string answer)
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea-id");
        await circle.Leave("bea-id");
        await circle.Close();
        (await Ran.WithInput(answer, "erase", circle.Folder, "--member", "bea-id")).ShouldBeRefused(2, "nothing was changed");
        FilesOf.With("Name of bea-id", circle.Folder).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_folder_that_another_process_has_in_use_is_refused()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Leave("bea");
        await circle.Close();

        // It waits for its confirmation, and is told no in the end.
        using Process other = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(AdminProgram).Assembly.Location, "erase", circle.Folder, "--member", "bea"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            StringBuilder seen = new();
            while (!seen.ToString().Contains("Type bea to go on: ", StringComparison.Ordinal))
            {
                int letter = other.StandardOutput.Read();
                letter.ShouldBeGreaterThanOrEqualTo(0);
                seen.Append((char)letter);
            }

            (await Ran.Admin("erase", circle.Folder, "--member", "bea", "--yes")).ShouldBeRefused(3, "is in use, by a relay or by securechat-admin");
            (await Ran.Admin("accept-rollback", circle.Folder, "--yes")).ShouldBeRefused(3, "is in use, by a relay or by securechat-admin");
            (await Ran.Admin("verify", circle.Folder)).ShouldBeFine();
            await other.StandardInput.WriteLineAsync("no");
            (await other.StandardError.ReadToEndAsync()).ShouldBe("It was not confirmed; nothing was changed.\n");
            await other.WaitForExitAsync();
            other.ExitCode.ShouldBe(2);
        }
        finally
        {
            other.Kill();
        }
    }

    private static async Task VerifiesWithoutWarnings(string folder)
    {
        using TemporaryFolder elsewhere = new();
        (await Ran.Admin("verify", folder)).ShouldBeFine().Output.ShouldNotContain("Warning");
        (await Ran.Admin("export", folder, elsewhere.File("out"))).ShouldBeFine().Output.ShouldNotContain("Warning");
        (await Ran.Admin("verify", elsewhere.File("out"))).ShouldBeFine().Output.ShouldContain("AddendaErased");
    }
}
