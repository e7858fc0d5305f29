using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

/// <summary>The command and the file that it writes; what the file does in a browser, the browser tests tell.</summary>
public class ReportTests
{
    [Fact]
    public async Task A_running_relays_circle_is_reported_in_one_file_for_its_owner_only()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        using TemporaryFolder elsewhere = new();
        string file = elsewhere.File("report.html");
        string[] before = FilesOf.Described(circle.Folder);
        Ran ran = (await Ran.Admin("report", circle.Folder, "-o", file)).ShouldBeFine();
        ran.Output.ShouldStartWith($"The ledger holds. Its 4 entries are reported in {file}.");
        FilesOf.Described(circle.Folder).ShouldBe(before);
        string page = await File.ReadAllTextAsync(file);
        page.ShouldStartWith("<!doctype html>\n");
        page.ShouldContain("<bdi data-name=\"1\">Name of bea</bdi> was admitted");
        page.ShouldNotContain("{{");
        page.ShouldNotContain("http://");
        page.ShouldNotContain("https://");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task An_exported_folder_is_reported_in_the_same_way()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        using TemporaryFolder elsewhere = new();
        string export = Path.Combine(elsewhere.Path, "export");
        (await Ran.Admin("export", circle.Folder, export)).ShouldBeFine();
        (await Ran.Admin("report", export, "-o", elsewhere.File("of-export.html"))).ShouldBeFine();
        (await Ran.Admin("report", circle.Folder, "-o", elsewhere.File("of-folder.html"))).ShouldBeFine();
        (await File.ReadAllTextAsync(elsewhere.File("of-export.html"))).ShouldBe(await File.ReadAllTextAsync(elsewhere.File("of-folder.html")));
    }

    [Fact]
    public async Task A_file_that_is_there_is_left_as_it_is()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        string[] before = FilesOf.Described(circle.Folder);
        (await Ran.Admin("report", circle.Folder, "-o", circle.LedgerFile)).ShouldBeRefused(2, "is there already");
        FilesOf.Described(circle.Folder).ShouldBe(before);
    }

    [Fact]
    public async Task A_ledger_that_does_not_hold_is_reported_too_and_the_report_says_so()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        using TemporaryFolder elsewhere = new();
        string export = Path.Combine(elsewhere.Path, "export");
        (await Ran.Admin("export", circle.Folder, export)).ShouldBeFine();
        string bundle = Path.Combine(export, "tile", "entries", "000.p", "4");
        byte[] entries = await File.ReadAllBytesAsync(bundle);
        int time = entries.AsSpan().LastIndexOf("\"t\":1"u8);
        entries[time + 4] = (byte)'2';
        await File.WriteAllBytesAsync(bundle, entries);
        string file = elsewhere.File("report.html");
        (await Ran.Admin("report", export, "-o", file)).ShouldBeRefused(1, "The ledger is refused, and the report in");
        string page = await File.ReadAllTextAsync(file);
        page.ShouldContain("securechat-admin verified this ledger before it made this page, and refused it: ");
        page.ShouldContain("not graded");
        page.ShouldNotContain("data-grade=");
    }

    [Fact]
    public async Task Of_a_ledger_without_a_checkpoint_there_is_no_report()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        using TemporaryFolder elsewhere = new();
        string export = Path.Combine(elsewhere.Path, "export");
        (await Ran.Admin("export", circle.Folder, export)).ShouldBeFine();
        await File.WriteAllTextAsync(Path.Combine(export, "checkpoint"), "nothing");
        (await Ran.Admin("report", export, "-o", elsewhere.File("report.html"))).ShouldBeRefused(1, "The checkpoint cannot be read");
        File.Exists(elsewhere.File("report.html")).ShouldBeFalse();
    }
}
