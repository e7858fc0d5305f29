using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;

namespace SecureChat.UnitTests.Storage;

public sealed class DatabaseFileTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly LedgerFolder folder = new();

    [Fact]
    public void A_new_file_gets_the_schema_and_the_marks_of_the_ledger()
    {
        folder.File.Prepare().ShouldBe(LedgerFile.SchemaVersion);
        folder.Scalar("PRAGMA application_id").ShouldBe((long)LedgerFile.ApplicationId);
        folder.Scalar("PRAGMA user_version").ShouldBe((long)LedgerFile.SchemaVersion);
        folder.Scalar("SELECT count(*) FROM entries").ShouldBe(0L);
    }

    [Fact]
    public void A_file_of_ours_is_taken_as_it_is()
    {
        folder.File.Prepare();
        folder.Execute("INSERT INTO used_signatures VALUES ('ann', 1, '')");
        folder.File.Prepare().ShouldBe(LedgerFile.SchemaVersion);
        folder.Scalar("SELECT count(*) FROM used_signatures").ShouldBe(1L);
    }

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", "2")]
    [InlineData("secure_delete", "1")]
    [InlineData("recursive_triggers", "1")]
    [InlineData("foreign_keys", "1")]
    public void Every_connection_that_writes_has_its_pragmas(string pragma, string value)
    {
        folder.File.Prepare();
        using var connection = folder.File.Open();
        Convert.ToString(LedgerFolder.Scalar(connection, $"PRAGMA {pragma}"), CultureInfo.InvariantCulture).ShouldBe(value);
    }

    [Fact]
    public void A_connection_for_reading_cannot_write()
    {
        folder.File.Prepare();
        using var connection = folder.File.OpenForReading();
        Should.Throw<SqliteException>(() => LedgerFolder.Execute(connection, "INSERT INTO used_signatures VALUES ('ann', 1, '')"));
    }

    [Fact]
    public void All_its_files_are_the_owners_alone()
    {
        folder.File.Prepare();
        using var connection = folder.File.Open();
        LedgerFolder.Execute(connection, "INSERT INTO used_signatures VALUES ('ann', 1, '')");
        string[] files = Directory.GetFiles(folder.Path);
        files.Select(Path.GetFileName).ShouldBe(["ledger.db", "ledger.db-wal", "ledger.db-shm"], ignoreOrder: true);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        foreach (string file in files)
        {
            File.GetUnixFileMode(file).ShouldBe(Owner, file);
        }
    }

    [Fact]
    public void Rights_of_others_are_taken_away_from_a_file_of_ours()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        folder.File.Prepare();
        File.SetUnixFileMode(folder.File.Path, Everybody);
        folder.File.Prepare();
        File.GetUnixFileMode(folder.File.Path).ShouldBe(Owner);
    }

    [Fact]
    public void A_folder_is_the_owners_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string path = Path.Combine(folder.Path, "data");
        OwnerOnly.CreateFolder(path);
        File.GetUnixFileMode(path).ShouldBe(Owner | UnixFileMode.UserExecute);
        File.SetUnixFileMode(path, Everybody | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        OwnerOnly.CreateFolder(path);
        File.GetUnixFileMode(path).ShouldBe(Owner | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public void The_database_of_an_older_server_is_refused_and_stays_as_it_is(string journal)
    {
        folder.Execute($"""
            PRAGMA journal_mode = {journal};
            CREATE TABLE members (id TEXT PRIMARY KEY, display_name TEXT);
            INSERT INTO members VALUES ('ann', 'Ann');
            """);
        RefusedAndUntouched().ShouldContain("import");
    }

    [Fact]
    public void The_database_of_an_older_server_that_died_stays_as_it_is()
    {
        // As a kill leaves it: the newest rows stand in the WAL only.
        string original = Path.Combine(folder.Path, "original");
        using SqliteConnection running = new($"Data Source={original};Pooling=False");
        running.Open();
        LedgerFolder.Execute(running, "PRAGMA journal_mode = WAL; CREATE TABLE members (id TEXT PRIMARY KEY); INSERT INTO members VALUES ('ann');");
        File.Copy(original, folder.File.Path);
        File.Copy($"{original}-wal", $"{folder.File.Path}-wal");

        RefusedAndUntouched().ShouldContain("import");

        File.Exists($"{folder.File.Path}-wal").ShouldBeTrue();
        folder.Execute("INSERT INTO members VALUES ('bob')");
        folder.Scalar("SELECT count(*) FROM members").ShouldBe(2L);
    }

    [Fact]
    public void The_database_of_another_program_is_refused_and_stays_as_it_is()
    {
        folder.Execute("PRAGMA application_id = 7;");
        RefusedAndUntouched().ShouldContain("not made by this relay");
    }

    [Fact]
    public void The_ledger_of_a_newer_version_is_refused_and_stays_as_it_is()
    {
        folder.File.Prepare();
        folder.Execute($"PRAGMA user_version = {LedgerFile.SchemaVersion + 1};");
        RefusedAndUntouched().ShouldContain("newer version");
    }

    [Theory]
    [InlineData("Dear diary, today I have set up a relay.")]
    [InlineData("x")]
    [InlineData("SQLite format 3\0")]
    public void A_text_is_refused_and_stays_as_it_is(string text)
    {
        File.WriteAllText(folder.File.Path, text);
        RefusedAndUntouched().ShouldContain("not made by this relay");
    }

    [Fact]
    public void An_empty_file_is_taken_for_a_new_one()
    {
        File.WriteAllBytes(folder.File.Path, []);
        folder.File.Prepare();
        folder.Scalar("SELECT count(*) FROM entries").ShouldBe(0L);
    }

    [Fact]
    public void A_crash_while_a_new_file_was_made_leaves_nothing_in_the_way()
    {
        File.WriteAllText($"{folder.File.Path}.new", "half a database");
        folder.File.Prepare();
        folder.Scalar("SELECT count(*) FROM entries").ShouldBe(0L);
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).ShouldNotContain("ledger.db.new");
    }

    [Fact]
    public void A_new_file_has_its_mark_before_anything_else_is_written()
    {
        folder.File.Prepare();
        Directory.GetFiles(folder.Path).ShouldBe([folder.File.Path]);
        File.ReadAllBytes(folder.File.Path)[68..72].ShouldBe("SChL"u8.ToArray());
    }

    [Fact]
    public void The_WAL_of_a_file_that_was_deleted_is_not_played_into_the_new_one()
    {
        // As it is after a kill, when somebody deletes the database and not what stands beside it.
        folder.File.Prepare();
        string wal = $"{folder.File.Path}-wal";
        using (var connection = folder.File.Open())
        {
            LedgerFolder.Execute(connection, "INSERT INTO used_signatures VALUES ('ann', 1, '')");
            File.Copy(wal, $"{wal}.kept");
        }

        File.Delete(folder.File.Path);
        File.Move($"{wal}.kept", wal);

        folder.File.Prepare();

        folder.Scalar("SELECT count(*) FROM used_signatures").ShouldBe(0L);
        folder.Scalar("PRAGMA integrity_check").ShouldBe("ok");
    }

    [Fact]
    public void A_folder_may_have_any_name()
    {
        string path = Path.Combine(folder.Path, "my data #1?immutable=0&\u00e9%41");
        OwnerOnly.CreateFolder(path);
        var file = LedgerFile.In(path);
        file.Prepare();
        file.Prepare().ShouldBe(LedgerFile.SchemaVersion);
        Directory.GetFiles(path).Select(Path.GetFileName).ShouldContain("ledger.db");
    }

    /// <summary>Gives the message of the refusal.</summary>
    private string RefusedAndUntouched()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder.File.Path, Everybody);
        }

        string before = Contents();
        string message = Should.Throw<DataFolderException>(() => folder.File.Prepare()).Message;
        Contents().ShouldBe(before);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(folder.File.Path).ShouldBe(Everybody);
        }

        message.ShouldContain(folder.File.Path);
        return message;
    }

    // But for the memory that readers of a WAL share, which SQLite makes and takes away as it likes.
    private string Contents()
    {
        StringBuilder contents = new();
        foreach (string file in Directory.GetFiles(folder.Path, "ledger.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)).Order())
        {
            contents.AppendLine(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}");
        }

        return contents.ToString();
    }

    public void Dispose() => folder.Dispose();
}
