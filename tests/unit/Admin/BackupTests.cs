using System.Text.Json;
using SecureChat.Ledger.Storage;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

public sealed class BackupTests : IDisposable
{
    private readonly TemporaryFolder elsewhere = new();

    private string Backup => elsewhere.File("backup.db");

    private string Restored => elsewhere.File("restored");

    public void Dispose() => elsewhere.Dispose();

    [Fact]
    public async Task A_relay_that_runs_is_backed_up_and_goes_on_from_the_backup_elsewhere()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        Ran ran = (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeFine();
        ran.Output.ShouldContain("Backed up and verified: 4 entries");
        await circle.Join("cy");
        Directory.GetFiles(elsewhere.Path).Select(Path.GetFileName).Order().ShouldBe(["backup.db", "backup.db.key"]);

        (await Ran.Admin("restore", Backup, Restored)).ShouldBeFine().Output.ShouldContain("Restored and verified: 4 entries");
        Directory.GetFiles(Restored).Select(Path.GetFileName).Order().ShouldBe(["ledger.db", "ledger.key", "relay.lock"]);
        (await Ran.Admin("verify", Restored)).ShouldBeFine();
        await using SecureChat.Projections.LiveCircle other = SecureChat.Projections.LiveCircle.Open(Restored, circle.Clock);
        other.Roster.Members.Select(member => member.Id).ShouldBe(["ann", "bea"]);
        (await other.ExecuteAsync(new SecureChat.Ledger.Circle.Leave("bea"))).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task What_status_says_of_it_stands_in_the_data_folder()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeFine();
        JsonElement last = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(circle.Folder, "last-backup.json"))).RootElement;
        last.GetProperty("time").GetInt64().ShouldBe(SomeCircle.Start + 1000);
        last.GetProperty("size").GetInt64().ShouldBe(1);
        last.GetProperty("root").GetString().ShouldBe(circle.Live.Ledger.RootAt(1).ToBase64());
    }

    [Fact]
    public async Task Nobody_but_the_owner_can_read_any_of_it()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using SomeCircle circle = await SomeCircle.With("ann");
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeFine();
        (await Ran.Admin("restore", Backup, Restored)).ShouldBeFine();
        foreach (string file in Directory.GetFiles(elsewhere.Path, "*", SearchOption.AllDirectories).Append(Path.Combine(circle.Folder, "last-backup.json")))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        File.GetUnixFileMode(Restored).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task A_backup_takes_the_place_of_another_only_when_it_is_told_to()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeFine();
        await circle.Join("bea");
        string[] before = FilesOf.Described(elsewhere.Path);
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeRefused(2, "--replace");
        FilesOf.Described(elsewhere.Path).ShouldBe(before);
        (await Ran.Admin("backup", Backup, circle.Folder, "--replace")).ShouldBeFine().Output.ShouldContain("4 entries");

        await File.WriteAllTextAsync(elsewhere.File("letter.txt"), "Dear all");
        (await Ran.Admin("backup", elsewhere.File("letter.txt"), circle.Folder, "--replace")).ShouldBeRefused(3, "was not made by this relay");
        (await Ran.Admin("backup", elsewhere.Path, circle.Folder, "--replace")).ShouldBeRefused(2, "is there already");
        (await Ran.Admin("backup", Path.Combine(circle.Folder, "b.db"), circle.Folder)).ShouldBeRefused(2, "lies in the data folder");
        (await Ran.Admin("backup", elsewhere.File("no/such/b.db"), circle.Folder)).ShouldBeRefused(3, "no/such");
    }

    [Fact]
    public async Task A_key_that_is_there_already_is_not_overwritten()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await File.WriteAllTextAsync($"{Backup}.key", "another");
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeRefused(2, "holds something else");
        Directory.GetFiles(elsewhere.Path).ShouldBe([$"{Backup}.key"]);
        (await Ran.Admin("backup", Backup, circle.Folder, "--without-key")).ShouldBeFine();
        (await File.ReadAllTextAsync($"{Backup}.key")).ShouldBe("another");
    }

    [Fact]
    public async Task A_backup_without_its_key_is_restored_once_the_key_is_named()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        (await Ran.Admin("backup", Backup, circle.Folder, "--without-key")).ShouldBeFine().Output.ShouldContain("The key is not with it");
        (await Ran.Admin("restore", Backup, Restored)).ShouldBeRefused(2, "name the ledger's key with --key FILE");
        Directory.Exists(Restored).ShouldBeFalse();
        (await Ran.Admin("restore", Backup, Restored, "--key", Path.Combine(circle.Folder, LogKey.FileName))).ShouldBeFine();
        await using SomeCircle other = await SomeCircle.With("eve");
        (await Ran.Admin("restore", Backup, elsewhere.File("b"), "--key", Path.Combine(other.Folder, LogKey.FileName))).ShouldBeRefused(1, "the key is that of another one");
        (await Ran.Admin("restore", Backup, elsewhere.File("b"), "--key", Backup)).ShouldBeRefused(3, "is no signing key");
        Directory.Exists(elsewhere.File("b")).ShouldBeFalse();
    }

    [Fact]
    public async Task Whoever_is_erased_from_a_restored_ledger_is_gone_from_its_files()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");

        // Enough documents that SQLite moves the first ones while it builds the copy.
        for (int number = 0; number < 40; number++)
        {
            await circle.Ask($"r{number}", $"mallory-{number}-id");
            await circle.Vote($"r{number}", "ann", approve: false);
        }

        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeFine();
        (await Ran.Admin("restore", Backup, Restored)).ShouldBeFine();
        for (int number = 0; number < 40; number++)
        {
            (await Ran.Admin("erase", Restored, "--request", $"r{number}", "--yes")).ShouldBeFine();
        }

        FilesOf.With("mallory-", Restored).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_no_relay_could_start_on_takes_no_backups_place()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeFine();
        byte[] good = await File.ReadAllBytesAsync(Backup);
        new TablesOnDisk(circle.LedgerFile).Execute("DELETE FROM addenda WHERE rowid = (SELECT min(rowid) FROM addenda)");
        (await Ran.Admin("backup", Backup, circle.Folder, "--replace")).ShouldBeRefused(1, "Profile or keys of the active member of entry 0 are missing");
        (await File.ReadAllBytesAsync(Backup)).ShouldBe(good);
        new TablesOnDisk(Backup).Execute("DELETE FROM addenda WHERE rowid = (SELECT min(rowid) FROM addenda)");
        (await Ran.Admin("restore", Backup, Restored)).ShouldBeRefused(1, "Profile or keys of the active member of entry 0 are missing");
        File.Exists(Path.Combine(Restored, "ledger.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_ledger_that_does_not_verify_is_not_backed_up()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Close();
        new TablesOnDisk(circle.LedgerFile).Execute("DROP TRIGGER entries_are_never_deleted; DELETE FROM entries WHERE position = 2");
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeRefused(1, "Entry 2 is missing");
        Directory.GetFiles(elsewhere.Path).ShouldBeEmpty();
        File.Exists(Path.Combine(circle.Folder, "last-backup.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_old_copy_in_the_place_of_the_ledger_is_not_backed_up()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeFine();
        await circle.Join("bea");
        await circle.Close();
        File.Copy(Backup, circle.LedgerFile, overwrite: true);
        (await Ran.Admin("backup", elsewhere.File("second.db"), circle.Folder)).ShouldBeRefused(1, "entries were taken back");
    }

    [Fact]
    public async Task Nothing_is_restored_over_a_ledger_or_what_is_left_of_one()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeFine();
        (await Ran.Admin("restore", Backup, circle.Folder)).ShouldBeRefused(2, "holds a ledger.db already");
        Directory.CreateDirectory(Restored);
        await File.WriteAllTextAsync(Path.Combine(Restored, "ledger.db-wal"), "frames");
        (await Ran.Admin("restore", Backup, Restored)).ShouldBeRefused(2, "left of a ledger that is gone");
        (await Ran.Admin("restore", Backup, Backup)).ShouldBeRefused(2, "is a file");
        await File.WriteAllTextAsync(Path.Combine(Restored, "ledger.db-wal"), "");
        await File.WriteAllTextAsync(Path.Combine(Restored, "ledger.db-shm"), "index");
        (await Ran.Admin("restore", Backup, Restored)).ShouldBeFine();
        Directory.GetFiles(Restored, "ledger.db*").ShouldBe([Path.Combine(Restored, "ledger.db")]);
    }

    [Fact]
    public async Task What_the_relay_has_shown_since_is_said_to_be_lost()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeFine();
        await circle.Join("bea");
        await circle.Close();
        File.Delete(circle.LedgerFile);
        Ran ran = (await Ran.Admin("restore", Backup, circle.Folder)).ShouldBeFine();
        ran.Output.ShouldContain("The relay will not start on it: it has shown its members a ledger of 4 entries, and this one of 1 is older");
        Should.Throw<DataFolderException>(circle.OpenAgain);
        (await Ran.Admin("accept-rollback", circle.Folder, "--yes")).ShouldBeFine();
        circle.OpenAgain();
        circle.Live.Roster.Members.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_and_leaves_nothing()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        (await Ran.Admin("backup", Backup, circle.Folder)).ShouldBeFine();
        byte[] whole = await File.ReadAllBytesAsync(Backup);
        foreach (int length in (int[])[0, 10, 100, 4096, whole.Length / 2, whole.Length - 4096])
        {
            await File.WriteAllBytesAsync(Backup, whole[..length]);
            Ran ran = await Ran.Admin("restore", Backup, Restored);
            ran.ExitCode.ShouldBeOneOf(1, 3);
            ran.Error.TrimEnd('\n').ShouldNotContain('\n');
            Directory.Exists(Restored).ShouldBeFalse();
        }

        (await Ran.Admin("restore", elsewhere.File("nothing.db"), Restored)).ShouldBeRefused(3, "There is no file");
    }
}
