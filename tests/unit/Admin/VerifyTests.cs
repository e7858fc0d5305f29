using System.Text.Json;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

public class VerifyTests
{
    [Fact]
    public async Task A_stopped_relays_folder_is_verified_and_left_as_it_was()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        string[] before = FilesOf.Described(circle.Folder);
        Ran ran = (await Ran.Admin("verify", circle.Folder)).ShouldBeFine();
        ran.Output.ShouldStartWith("The ledger holds: all of its 4 entries");
        ran.Output.ShouldMatch("0 +ann +Name of ann +now +ASSERTED +it rests on entry 0 .FounderRegistered.: not signed by the member\n");
        ran.Output.ShouldMatch("VoteCast +0 +1\n");
        ran.Output.ShouldNotContain('\u001b');
        FilesOf.Described(circle.Folder).ShouldBe(before);
    }

    [Fact]
    public async Task A_running_relays_folder_is_verified_and_left_as_it_was_and_the_relay_goes_on()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        string[] before = FilesOf.Described(circle.Folder);
        (await Ran.Admin("verify", circle.Folder)).ShouldBeFine().Output.ShouldContain("4 entries");
        FilesOf.Described(circle.Folder).ShouldBe(before);
        await circle.Join("cy");
        (await Ran.Admin("verify", circle.Folder)).ShouldBeFine().Output.ShouldContain("8 entries");
    }

    [Fact]
    public async Task The_folder_of_a_relay_that_was_killed_is_verified_and_left_as_it_was()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        using TemporaryFolder left = new();
        FilesOf.Copy(circle.Folder, left.Path);
        new FileInfo(left.File("ledger.db-wal")).Length.ShouldBePositive();
        string[] before = FilesOf.Described(left.Path);
        (await Ran.Admin("verify", left.Path)).ShouldBeFine().Output.ShouldContain("4 entries");
        FilesOf.Described(left.Path).ShouldBe(before);
    }

    [Fact]
    public async Task A_copy_of_the_database_and_its_WAL_is_verified_under_a_policy_and_left_as_it_was()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        using TemporaryFolder copy = new();
        File.Copy(circle.LedgerFile, copy.File("monday.db"));
        File.Copy($"{circle.LedgerFile}-wal", copy.File("monday.db-wal"));
        string[] before = FilesOf.Described(copy.Path);
        (await Ran.Admin("verify", copy.File("monday.db"))).ShouldBeRefused(2, "--policy FILE");
        using TemporaryFolder elsewhere = new();
        string policy = elsewhere.File("policy");
        await File.WriteAllBytesAsync(policy, WitnessPolicy.OfLog(circle.Live.VerifierKey).Format());
        (await Ran.Admin("verify", copy.File("monday.db"), "--policy", policy)).ShouldBeFine().Output.ShouldContain("as the policy demands");
        FilesOf.Described(copy.Path).ShouldBe(before);
    }

    [Fact]
    public async Task Another_logs_policy_refuses_the_ledger()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await using SomeCircle other = await SomeCircle.With("eve");
        using TemporaryFolder elsewhere = new();
        string policy = elsewhere.File("policy");
        await File.WriteAllBytesAsync(policy, WitnessPolicy.OfLog(other.Live.VerifierKey).Format());
        Ran ran = await Ran.Admin("verify", circle.Folder, "--policy", policy);
        ran.ExitCode.ShouldBe(1);
        ran.Output.ShouldStartWith("The ledger is refused. The checkpoint is refused: the checkpoint is not signed by a log that the policy accepts");
    }

    [Fact]
    public async Task Programs_get_it_as_JSON()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.Ask("r", "bea");
        await circle.Leave("ann");
        using JsonDocument json = JsonDocument.Parse((await Ran.Admin("verify", circle.Folder, "--json")).ShouldBeFine().Output);
        json.RootElement.GetProperty("holds").GetBoolean().ShouldBeTrue();
        json.RootElement.GetProperty("size").GetInt64().ShouldBe(3);
        json.RootElement.GetProperty("members")[0].GetProperty("left_at").GetInt64().ShouldBe(2);
        json.RootElement.GetProperty("events").GetProperty("MemberLeft").GetProperty("asserted").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_name_cannot_steer_the_terminal()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("policy"), "");
        (await Ran.Admin("verify", $"{folder.Path}/\u001b[2J\u202Edb")).ShouldBeRefused(3, "/\uFFFD[2J\uFFFDdb");
    }

    [Theory]
    [InlineData("verify", "one", "two")]
    [InlineData("verify", "a", "b")]
    [InlineData("verify", "a", "--polcy", "b")]
    [InlineData("erase")]
    [InlineData("erase", "--member", "b", "--request", "c")]
    [InlineData("export", "a")]
    [InlineData("frobnicate")]
    [InlineData()]
    public async Task A_wrong_command_line_is_one_sentence(params string[] args) =>
        (await Ran.Admin(args)).ShouldBeRefused(2, "See: securechat-admin --help").Output.ShouldBeEmpty();

    [Fact]
    public async Task Help_names_the_commands_and_the_exit_codes()
    {
        string help = (await Ran.Admin("--help")).ShouldBeFine().Output;
        foreach (string word in (string[])["verify", "export", "erase", "accept-rollback", "3 cannot read"])
        {
            help.ShouldContain(word);
        }
    }

    [Fact]
    public async Task An_old_copy_beside_a_newer_head_is_refused()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        byte[] old = await File.ReadAllBytesAsync(circle.LedgerFile);
        circle.OpenAgain();
        await circle.Leave("bea");
        await circle.Close();
        await File.WriteAllBytesAsync(circle.LedgerFile, old);
        Ran ran = await Ran.Admin("verify", circle.Folder);
        ran.ExitCode.ShouldBe(1);
        ran.Output.ShouldContain("is of 5 entries, and this log has 4: entries were taken back");
    }
}
