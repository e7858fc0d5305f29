using SecureChat.Ledger.Storage;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

/// <summary>Whatever was done to the files: one sentence, the right exit code, never a stack.</summary>
public class DamageTests
{
    [Theory]
    [InlineData("UPDATE entries SET bytes = x'00' WHERE position = 2", "Entry 2 in ledger.db")]
    [InlineData("DELETE FROM entries WHERE position = 2", "Entry 2 is missing")]
    [InlineData("DELETE FROM entries WHERE position > 2", "Entry 3 is missing")]
    [InlineData("UPDATE addenda SET bytes = x'7b7d'", "Entry 0 in ledger.db")]
    [InlineData("DELETE FROM checkpoints", "The newest checkpoint in ledger.db is missing or cannot be read")]
    [InlineData("UPDATE checkpoints SET note = x'00'", "The newest checkpoint in ledger.db is missing or cannot be read")]
    [InlineData("DELETE FROM checkpoints WHERE size > 1", "Entry 1 in ledger.db is signed by nobody: the newest checkpoint is of 1 entries, and there are 4")]
    [InlineData("DROP TABLE entries", "The file ledger.db cannot be read from entry 0 on")]
    public async Task Rows(string sql, string sentence)
    {
        await using SomeCircle circle = await Stopped();
        new TablesOnDisk(circle.LedgerFile).Execute(
            "DROP TRIGGER entries_are_never_changed; DROP TRIGGER entries_are_never_deleted; DROP TRIGGER addenda_are_never_changed; "
            + $"DROP TRIGGER checkpoints_are_never_changed; DROP TRIGGER checkpoints_are_never_deleted; {sql}");
        Ran ran = await Ran.Admin("verify", circle.Folder);
        ran.Error.ShouldBeEmpty();
        ran.Output.ShouldStartWith("The ledger is refused. ");
        ran.Output.ShouldContain(sentence);
        ran.ExitCode.ShouldBe(1);
        await AllOtherCommandsRefuse(circle.Folder);
    }

    [Theory]
    [InlineData("DROP TRIGGER tree_is_never_changed; UPDATE tree SET nodes = zeroblob(length(nodes))", "Entry 0, or one of the 1 after it, is not the one over which the tree was built")]
    [InlineData("DROP TRIGGER tree_is_never_deleted; DELETE FROM tree WHERE first > 0", "Entry 2, or one of the 1 after it, is not the one over which the tree was built")]
    [InlineData("INSERT INTO tree VALUES (3, zeroblob(32))", "Entry 4 is missing in ledger.db, and the tree was built over it")]
    [InlineData("DROP TABLE tree", "The tree in ledger.db cannot be read")]
    public async Task Rows_of_the_tree(string sql, string sentence)
    {
        await using SomeCircle circle = await Stopped();
        new TablesOnDisk(circle.LedgerFile).Execute(sql);
        Ran ran = await Ran.Admin("verify", circle.Folder);
        ran.Output.ShouldStartWith("The ledger is refused. ");
        ran.Output.ShouldContain(sentence);
        ran.ExitCode.ShouldBe(1);
        (await Ran.Admin("erase", circle.Folder, "--member", "ann", "--yes")).ShouldBeRefused(1, sentence);
        (await Ran.Admin("accept-rollback", circle.Folder, "--yes")).ShouldBeRefused(1, sentence);
    }

    [Fact]
    public async Task An_altered_document_is_not_left_out_of_an_export_without_a_word()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.Close();
        new TablesOnDisk(circle.LedgerFile).Execute(
            "DROP TRIGGER addenda_are_never_changed; UPDATE addenda SET bytes = CAST(replace(CAST(bytes AS TEXT), 'Name of ann', 'Name of eve') AS BLOB)");
        string export = Path.Combine(circle.Folder, "export");
        (await Ran.Admin("export", circle.Folder, export)).ShouldBeRefused(1, "nothing was exported");
        Directory.Exists(export).ShouldBeFalse();
    }

    [Theory]
    [InlineData("history|FOLDER|--last|abc", "Cannot parse argument 'abc' for option '--last'.")]
    [InlineData("history|FOLDER|--limit|1.5", "for option '--limit'.")]
    [InlineData("history|FOLDER|--offset|99999999999", "for option '--offset'.")]
    [InlineData("backup||FOLDER", "A path on the command line is empty")]
    [InlineData("restore||FOLDER/new", "A path on the command line is empty")]
    [InlineData("proof|0|-o||FOLDER", "A path on the command line is empty")]
    [InlineData("report|FOLDER|-o|", "A path on the command line is empty")]
    [InlineData("export|FOLDER|", "A path on the command line is empty")]
    [InlineData("verify|FOLDER|--against|FOLDER/ledger.key", "ledger.key is no checkpoint")]
    public async Task What_was_typed_wrong_is_said_in_one_sentence(string line, string sentence)
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.Close();
        (await Ran.Admin([.. line.Split('|').Select(word => word.Replace("FOLDER", circle.Folder, StringComparison.Ordinal))])).ShouldBeRefused(2, sentence);
    }

    [Fact]
    public async Task A_file_that_ends_early()
    {
        await using SomeCircle circle = await Stopped();
        using (FileStream file = new(circle.LedgerFile, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        Ran ran = await Ran.Admin("verify", circle.Folder);
        ran.ExitCode.ShouldBe(1, ran.Output + ran.Error);
        await AllOtherCommandsRefuse(circle.Folder);
    }

    [Fact]
    public async Task A_bit_anywhere()
    {
        await using SomeCircle circle = await Stopped();
        byte[] whole = await File.ReadAllBytesAsync(circle.LedgerFile);
        for (int at = 50; at < whole.Length; at += 997)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            await File.WriteAllBytesAsync(circle.LedgerFile, damaged);
            Ran ran = await Ran.Admin("verify", circle.Folder);

            Ran unverified = await Ran.Admin("history", circle.Folder, "--verify", "never");
            unverified.ExitCode.ShouldBeInRange(0, 3);
            (unverified.Error.Length == 0 || unverified.Error.TrimEnd('\n').Split('\n').Length == 1).ShouldBeTrue(unverified.Error);

            // A bit in what nobody reads (free pages) changes nothing.
            ran.ExitCode.ShouldBeInRange(0, 3);
            (ran.Output + ran.Error).ShouldNotContain(" at SecureChat.");
            (ran.Error.Length == 0 || ran.Error.TrimEnd('\n').Split('\n').Length == 1).ShouldBeTrue(ran.Error);
        }
    }

    [Theory]
    [InlineData("", "was not made by this relay")]
    [InlineData("SQLite format 3", "was not made by this relay")]
    [InlineData("Once upon a time there was a file that was no database at all, and longer than a hundred bytes, which is what a header has.", "was not made by this relay")]
    public async Task Something_else_under_the_name(string content, string sentence)
    {
        using TemporaryFolder folder = new();
        await File.WriteAllTextAsync(folder.File("ledger.db"), content);
        (await Ran.Admin("verify", folder.Path)).ShouldBeRefused(3, sentence);
        (await Ran.Admin("export", folder.Path, folder.File("out"))).ShouldBeRefused(3, sentence);
        (await Ran.Admin("erase", folder.Path, "--member", "ann")).ShouldBeRefused(3, sentence);
        (await Ran.Admin("accept-rollback", folder.Path)).ShouldBeRefused(3, sentence);
        Directory.GetFiles(folder.Path).ShouldBe([folder.File("ledger.db")]);
    }

    [Fact]
    public async Task A_database_of_something_else()
    {
        using TemporaryFolder folder = new();
        new TablesOnDisk(folder.File("ledger.db")).Execute("CREATE TABLE recipes (name TEXT)");
        (await Ran.Admin("verify", folder.Path)).ShouldBeRefused(3, "was not made by this relay");
    }

    [Fact]
    public async Task Nothing_at_all()
    {
        using TemporaryFolder folder = new();
        (await Ran.Admin("verify", folder.File("none"))).ShouldBeRefused(3, "There is nothing at");
        (await Ran.Admin("verify", folder.Path)).ShouldBeRefused(3, "holds neither a ledger.db nor an exported ledger");
        (await Ran.Admin("erase", folder.Path, "--member", "ann")).ShouldBeRefused(3, "is no data folder with a ledger.db");
        (await Ran.Admin("accept-rollback", folder.Path)).ShouldBeRefused(3, "is no data folder with a ledger.db");
        foreach (string command in (string[])["status", "history", "members", "requests", "checkpoint"])
        {
            (await Ran.Admin(command, folder.Path)).ShouldBeRefused(3, "holds neither a ledger.db nor an exported ledger");
        }

        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_that_is_none_and_one_that_is_missing()
    {
        await using SomeCircle circle = await Stopped();
        string key = Path.Combine(circle.Folder, LogKey.FileName);
        await File.WriteAllTextAsync(key, "key");
        (await Ran.Admin("verify", circle.Folder)).ShouldBeRefused(3, "is no signing key of a log");
        (await Ran.Admin("accept-rollback", circle.Folder)).ShouldBeRefused(3, "is no signing key of a log");
        File.Delete(key);
        (await Ran.Admin("verify", circle.Folder)).ShouldBeRefused(2, "There is no ledger.key beside");
        (await Ran.Admin("erase", circle.Folder, "--member", "ann")).ShouldBeRefused(3, "ledger.key is missing");
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("policy")]
    [InlineData("tile/0/000.p/4")]
    [InlineData("tile/entries/000.p/4")]
    public async Task An_export_of_which_a_file_is_missing_or_changed(string file)
    {
        await using SomeCircle circle = await Stopped();
        using TemporaryFolder folder = new();
        string export = folder.File("export");
        (await Ran.Admin("export", circle.Folder, export)).ShouldBeFine();
        string path = Path.Combine(export, file);
        byte[] whole = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, [.. whole[..^2], 0]);
        Refused((await Ran.Admin("verify", export)), file is "checkpoint" ? "The checkpoint is refused" : file);
        File.Delete(path);
        Refused((await Ran.Admin("verify", export)), $"The file {file}");

        static void Refused(Ran ran, string sentence)
        {
            ran.Output.ShouldContain(sentence);
            ran.ExitCode.ShouldBe(1);
            ran.Error.ShouldBeEmpty();
        }
    }

    private static async Task<SomeCircle> Stopped()
    {
        SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        return circle;
    }

    private static async Task AllOtherCommandsRefuse(string folder)
    {
        using TemporaryFolder elsewhere = new();
        foreach (Ran ran in (Ran[])
        [
            await Ran.Admin("export", folder, elsewhere.File("out")),
            await Ran.Admin("erase", folder, "--member", "ann", "--yes"),
            await Ran.Admin("accept-rollback", folder, "--yes"),
            await Ran.Admin("history", folder),
            await Ran.Admin("who-admitted", "bea", folder),
            await Ran.Admin("proof", "3", "-o", elsewhere.File("proof"), folder),
        ])
        {
            ran.ExitCode.ShouldBeOneOf(1, 3);
            ran.Error.TrimEnd('\n').ShouldNotContain('\n');
            ran.Error.ShouldNotContain(" at SecureChat.");
        }
    }
}
