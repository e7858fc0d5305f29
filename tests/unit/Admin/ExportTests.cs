using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

public class ExportTests
{
    [Fact]
    public async Task A_running_relays_ledger_becomes_static_files_that_verify()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea", "cy");
        using TemporaryFolder folder = new();
        string export = folder.File("export");
        string[] before = FilesOf.Described(circle.Folder);
        (await Ran.Admin("export", circle.Folder, export)).ShouldBeFine().Output.ShouldStartWith("Exported and verified: 8 entries");
        FilesOf.Described(circle.Folder).ShouldBe(before);
        Directory.EnumerateFiles(export, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(export, file))
            .Where(file => !file.StartsWith("addenda/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ShouldBe(["addenda.v1", "checkpoint", "policy", "tile/0/000.p/8", "tile/entries/000.p/8"]);
        new FileInfo(Path.Combine(export, "addenda.v1")).Length.ShouldBe(0);
        (await File.ReadAllTextAsync(Path.Combine(export, "policy"))).ShouldBe($"log {circle.Live.VerifierKey.Format()}\nquorum none\n");
        (await File.ReadAllBytesAsync(Path.Combine(export, "checkpoint"))).ShouldBe(circle.Live.Ledger.Checkpoint().Format());
        Directory.EnumerateFiles(Path.Combine(export, "addenda"), "*", SearchOption.AllDirectories).Count().ShouldBe(6);
        (await Ran.Admin("verify", export)).ShouldBeFine().Output.ShouldMatch("7 +cy +Name of cy +now");
    }

    [Fact]
    public async Task More_entries_than_a_tile_holds()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await Task.WhenAll(Enumerable.Range(0, 300).Select(turn =>
            circle.Live.ExecuteAsync(new Ledger.Circle.ChangeRequestsLock("ann", turn % 2 == 0))));
        await circle.Close();
        using TemporaryFolder folder = new();
        string export = folder.File("export");
        (await Ran.Admin("export", circle.LedgerFile, export)).ShouldBeFine();
        foreach (string tile in (string[])["tile/0/000", "tile/0/001.p", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p"])
        {
            Path.Exists(Path.Combine(export, tile)).ShouldBeTrue(tile);
        }

        (await Ran.Admin("verify", export)).ShouldBeFine();
    }

    [Fact]
    public async Task Files_that_hold_names_are_for_their_owner_only()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using SomeCircle circle = await SomeCircle.With("ann");
        using TemporaryFolder folder = new();
        string export = folder.File("export");
        (await Ran.Admin("export", circle.Folder, export)).ShouldBeFine();
        foreach (string file in Directory.EnumerateFiles(export, "*", SearchOption.AllDirectories).Append(export))
        {
            (File.GetUnixFileMode(file) & (UnixFileMode)0b000_111_111).ShouldBe(UnixFileMode.None, file);
        }
    }

    [Fact]
    public async Task A_folder_with_something_in_it_is_left_alone()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("letter"), "Dear");
        (await Ran.Admin("export", circle.Folder, folder.Path)).ShouldBeRefused(2, "is not empty");
        (await Ran.Admin("export", circle.Folder, folder.File("letter"))).ShouldBeRefused(2, "is not empty");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([folder.File("letter")]);
    }

    [Fact]
    public async Task A_program_is_answered_in_JSON()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        using TemporaryFolder folder = new();
        (await Ran.Admin("export", circle.Folder, folder.File("out"), "--json")).ShouldBeFine().Output.ShouldContain("  \"size\": 1,\n");
    }

    [Fact]
    public async Task An_export_is_not_exported_again()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        using TemporaryFolder folder = new();
        (await Ran.Admin("export", circle.Folder, folder.File("one"))).ShouldBeFine();
        (await Ran.Admin("export", folder.File("one"), folder.File("two"))).ShouldBeRefused(2, "copy it");
    }

    [Fact]
    public async Task Another_logs_policy_is_refused()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await using SomeCircle other = await SomeCircle.With("eve");
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder.File("policy"), WitnessPolicy.OfLog(other.Live.VerifierKey).Format());
        (await Ran.Admin("export", circle.Folder, folder.File("out"), "--policy", folder.File("policy"))).ShouldBeRefused(1, "of another log");
    }
}
