using System.Text.Json;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

/// <summary>The reading commands on every kind of place where a ledger can be.</summary>
public class ReadingTests
{
    private static readonly string[][] Commands =
    [
        ["status"], ["history"], ["members"], ["requests"], ["diff", "0", "now"], ["who-admitted", "bea"], ["verify"], ["checkpoint"],
    ];

    [Fact]
    public async Task A_folder_a_copy_and_an_export_tell_the_same_story()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        using TemporaryFolder elsewhere = new();
        string story = (await Ran.Admin("history", circle.Folder)).ShouldBeFine().Output;
        story.ShouldMatch("3 +2026-[0-9: -]+ +ASSERTED +Name of bea was admitted: Name of ann approved.\n");
        story.ShouldContain("Verified: all of its 4 entries hold.");
        (await Ran.Admin("history", circle.LedgerFile)).Output.ShouldBe(story);
        (await Ran.Admin("export", circle.Folder, elsewhere.File("export"))).ShouldBeFine();
        (await Ran.Admin("history", elsewhere.File("export"))).Output.ShouldBe(story);
        await circle.Close();
        (await Ran.Admin("history", circle.Folder)).Output.ShouldBe(story);
    }

    [Fact]
    public async Task A_copy_without_its_WAL_and_without_a_key_is_told_and_is_said_not_to_be_verified()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        using TemporaryFolder copy = new();
        File.Copy(circle.LedgerFile, copy.File("monday.db"));
        Ran ran = (await Ran.Admin("history", copy.File("monday.db"))).ShouldBeFine();
        ran.Output.ShouldContain("Name of bea was admitted");
        ran.Output.ShouldContain("Not verified: nothing says whose ledger this is (--policy FILE).");
        ran.Output.ShouldNotContain("PROVEN");
        ran.Output.ShouldNotContain("ASSERTED");
        (await Ran.Admin("history", copy.File("monday.db"), "--verify", "always")).ShouldBeRefused(2, "--policy FILE");
        Directory.GetFiles(copy.Path).ShouldBe([copy.File("monday.db")]);
    }

    [Fact]
    public async Task Reading_a_running_relays_folder_leaves_every_file_as_it_was()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        string[] before = FilesOf.Described(circle.Folder);
        foreach (string[] command in Commands)
        {
            (await Ran.Admin([.. command, circle.Folder])).ShouldBeFine();
            (await Ran.Admin([.. command, circle.Folder, "--json"])).ShouldBeFine();
        }

        FilesOf.Described(circle.Folder).ShouldBe(before);
        await circle.Join("cy");
        (await Ran.Admin("members", circle.Folder)).ShouldBeFine().Output.ShouldContain("3 members now");
    }

    [Fact]
    public async Task A_name_can_steer_no_terminal_and_is_no_formula()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.Live.ExecuteAsync(new SubmitRequest("r1", SomeCircle.Person("eve", "=cmd|'\u001b[31m[red]\u202Eevil\u009b2J\u2028")));
        await circle.Vote("r1", "ann");
        foreach (string[] command in (string[][])[.. Commands.Where(command => command[0] != "who-admitted"), ["who-admitted", "eve"], ["history", "--format", "csv"]])
        {
            foreach (string[] form in (string[][])[[], ["--json"]])
            {
                Ran ran = await Ran.Admin([.. command, circle.Folder, .. form]);
                ran.ExitCode.ShouldBe(0, ran.Error);
                ran.Output.ShouldNotContain('\u001b');
                ran.Output.ShouldNotContain('\u009b');
                ran.Output.ShouldNotContain('\u202E');
                ran.Output.ShouldNotContain('\u2028');
            }
        }

        string json = (await Ran.Admin("members", circle.Folder, "--json")).Output;
        JsonDocument.Parse(json).RootElement.GetProperty("members")[1].GetProperty("display_name").GetString()
            .ShouldBe("=cmd|'\u001b[31m[red]\u202Eevil\u009b2J\u2028");
        (await Ran.Admin("history", circle.Folder, "--format", "csv")).Output.ShouldContain(",'=cmd|'");
    }

    [Fact]
    public async Task A_head_that_was_saved_earlier_must_be_a_beginning()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await using SomeCircle other = await SomeCircle.With("eve");
        using TemporaryFolder kept = new();
        await File.WriteAllTextAsync(kept.File("monday"), (await Ran.Admin("checkpoint", circle.Folder)).Output);
        await File.WriteAllTextAsync(kept.File("other"), (await Ran.Admin("checkpoint", other.Folder)).Output);
        await circle.Join("bea");
        (await Ran.Admin("verify", circle.Folder, "--against", kept.File("monday"))).ShouldBeFine();
        Ran refused = await Ran.Admin("verify", circle.Folder, "--against", kept.File("monday"), "--against", kept.File("other"));
        refused.ExitCode.ShouldBe(1);
        refused.Output.ShouldContain("A checkpoint that was shown before is refused");
        (await Ran.Admin("verify", circle.Folder, "--against", kept.File("none"))).ShouldBeRefused(3, "There is no file");
    }

    [Fact]
    public async Task A_head_that_is_newer_than_the_ledger_shows_that_entries_were_taken_back()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        using TemporaryFolder copy = new();
        await circle.Close();
        FilesOf.Copy(circle.Folder, copy.Path);
        circle.OpenAgain();
        await circle.Join("bea");
        string newer = copy.File("newer");
        await File.WriteAllTextAsync(newer, (await Ran.Admin("checkpoint", circle.Folder)).Output);
        Ran refused = await Ran.Admin("verify", copy.Path, "--against", newer);
        refused.ExitCode.ShouldBe(1);
        refused.Output.ShouldContain("entries were taken back");
    }

    [Theory]
    [InlineData("bea", 3)]
    [InlineData("Name of bea", 3)]
    [InlineData("1", 1)]
    public async Task A_proof_leads_to_the_checkpoint(string which, long entry)
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        using TemporaryFolder folder = new();
        string file = folder.File("proof");
        (await Ran.Admin("export", circle.Folder, folder.File("export"))).ShouldBeFine();
        foreach (string place in (string[])[circle.Folder, folder.File("export")])
        {
            (await Ran.Admin("proof", which, "-o", file, place)).ShouldBeFine();
            ProofFile proof = ProofFile.Parse(await File.ReadAllBytesAsync(file)).Value;
            proof.Index.ShouldBe(entry);
            Checkpoint head = Checkpoint.Open(System.Text.Encoding.UTF8.GetBytes(proof.Checkpoint), circle.Live.VerifierKey).Value.Checkpoint;
            proof.Proves(circle.Live.Ledger.Leaf(entry)!.Value, head).ShouldBeTrue();
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Who_was_never_there_is_a_matter_of_usage()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        (await Ran.Admin("who-admitted", "nobody", circle.Folder)).ShouldBeRefused(2, "nobody");
        (await Ran.Admin("history", circle.Folder, "--member", "nobody")).ShouldBeRefused(2, "nobody");
        (await Ran.Admin("history", circle.Folder, "--since", "yesterday")).ShouldBeRefused(2, "is no moment");
        (await Ran.Admin("history", circle.Folder, "--type", "Party")).ShouldBeRefused(2, "Party");
        (await Ran.Admin("history", circle.Folder, "--last", "-1")).ShouldBeRefused(2, "not negative");
        (await Ran.Admin("members", circle.Folder, "--at", "9")).ShouldBeRefused(2, "There is no entry 9");
        (await Ran.Admin("members", circle.Folder, "--verify", "perhaps")).ShouldBeRefused(2, "perhaps");
    }

    [Fact]
    public async Task Two_people_of_one_name_are_told_apart()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        foreach (string id in (string[])["sam-1", "sam-2"])
        {
            await circle.Live.ExecuteAsync(new SubmitRequest(id, SomeCircle.Person(id, "Sam")));
            await circle.Vote(id, "ann", approve: false);
        }

        string story = (await Ran.Admin("history", circle.Folder)).ShouldBeFine().Output;
        story.ShouldContain("Sam (sam-1) was not let in: Name of ann rejected the request.");
        story.ShouldContain("Sam (sam-2) was not let in: Name of ann rejected the request.");
        (await Ran.Admin("history", circle.Folder, "--member", "Sam")).ShouldBeRefused(2, "name one by its id: sam-1, sam-2");
    }

    [Fact]
    public async Task A_ledger_that_its_checkpoint_does_not_cover_is_refused_in_one_sentence()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        new TablesOnDisk(circle.LedgerFile).Execute(
            "DROP TRIGGER entries_are_never_changed; UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"approve\":true', '\"approve\":tru3') AS BLOB) WHERE position = 2");
        (await Ran.Admin("history", circle.Folder)).ShouldBeRefused(1, "The ledger is refused. Entry 2 in ledger.db");
        (await Ran.Admin("history", circle.Folder, "--verify", "never")).ShouldBeRefused(1, "Entry 2 in ledger.db");
        Ran status = await Ran.Admin("status", circle.Folder);
        status.ExitCode.ShouldBe(1);
        status.Output.ShouldStartWith("The ledger is refused. Entry 2");
        status.Output.ShouldContain(SeenCheckpoint.FileName);
    }
}
