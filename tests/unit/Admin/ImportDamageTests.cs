using SecureChat.UnitTests.Keys;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

/// <summary>Whatever is given as an old database: one sentence, the right exit code, and nothing in the folder.</summary>
public sealed class ImportDamageTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    private string Old => temporary.File("old.db");

    private string Data => temporary.File("data");

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData("", "is no SQLite database")]
    [InlineData("SQLite format 3", "is no SQLite database")]
    [InlineData("SQLite format 3\0 and then something else that is no database, for more than the hundred bytes which a header has, and on", "cannot be read as a database")]
    [InlineData("Once upon a time there was a file that was no database at all.", "is no SQLite database")]
    public async Task A_file_of_another_kind(string content, string sentence)
    {
        await File.WriteAllTextAsync(Old, content);
        await IsRefused(3, sentence);
    }

    [Fact]
    public async Task The_tables_of_a_relay_are_no_old_server()
    {
        OldDatabase.Make(Old);
        await File.WriteAllTextAsync(temporary.File("ledger.db"), "");
        await IsRefused(2, "these are the tables of this relay");
    }

    [Fact]
    public async Task No_file_at_all() => await IsRefused(3, "There is no file");

    [Fact]
    public async Task A_folder()
    {
        Directory.CreateDirectory(Old);
        await IsRefused(3, "There is no file");
    }

    [Theory]
    [InlineData("DROP TABLE members", "it has no table members")]
    [InlineData("DROP TABLE server_info", "it has no table server_info")]
    [InlineData("DROP TABLE channels", "it has no table channels")]
    [InlineData("DROP TABLE join_requests", "it has no table join_requests")]
    [InlineData("ALTER TABLE members RENAME COLUMN joined_at TO since", "its table members has no column joined_at")]
    [InlineData("ALTER TABLE members RENAME TO people; CREATE VIEW members AS SELECT * FROM people", "it has no table members")]
    public async Task A_database_of_something_else(string sql, string sentence)
    {
        Whole().Execute(sql);
        await IsRefused(3, sentence);
    }

    [Theory]
    [InlineData("DELETE FROM members", "No active member stands in the old database")]
    [InlineData("UPDATE members SET status = 'left'", "No active member stands in the old database")]
    [InlineData("DELETE FROM server_info; UPDATE members SET public_key = ''", "None of the members in the old database can be carried over")]
    public async Task A_circle_of_nobody(string sql, string sentence)
    {
        Whole().Execute(sql);
        await IsRefused(2, sentence);
    }

    [Fact]
    public async Task An_id_that_stands_there_twice()
    {
        Whole().Execute("""
            ALTER TABLE members RENAME TO people;
            CREATE TABLE members AS SELECT * FROM people UNION ALL SELECT * FROM people
            """);
        await IsRefused(3, "the id ada stands in it twice");
    }

    [Fact]
    public async Task More_members_than_a_circle_can_have()
    {
        Whole().Execute($"""
            WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 10000)
            INSERT INTO members (id, display_name, public_key, joined_at) SELECT 'id' || n, 'Number ' || n, '{SomeKeys.OpensslSpki}', n FROM number
            """);
        await IsRefused(2, "The old database has 10002 members, and at most 1000");
    }

    [Fact]
    public async Task A_file_that_ends_early()
    {
        Whole();
        byte[] whole = await File.ReadAllBytesAsync(Old);
        foreach (int length in (int[])[100, 4096, 4097, whole.Length / 2, whole.Length - 4096, whole.Length - 1])
        {
            await File.WriteAllBytesAsync(Old, whole[..length]);
            Ran ran = await Ran.Admin("import", Old, Data, "--yes");
            ran.ShouldBeRefused(3, Old);
            Directory.Exists(Data).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_bit_anywhere_is_found_or_harmless_and_never_a_stack()
    {
        Whole();
        byte[] whole = await File.ReadAllBytesAsync(Old);
        for (int at = 0; at < whole.Length; at += 1499)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            await File.WriteAllBytesAsync(Old, damaged);
            Ran ran = await Ran.WithInput("no\n", "import", Old, Data);
            ran.ExitCode.ShouldBeInRange(2, 3, ran.Error);
            ran.Error.TrimEnd('\n').ShouldNotContain('\n');
            Directory.Exists(Data).ShouldBeFalse();
        }
    }

    private OldDatabase Whole() => OldDatabase.Make(Old)
        .Founder("ada", "Ada", SomeKeys.OpensslSpki)
        .Member("ben", "Ben", SomeKeys.OpensslPkcs1)
        .Execute("PRAGMA wal_checkpoint(TRUNCATE)");

    private async Task IsRefused(int exitCode, string sentence)
    {
        Ran ran = await Ran.Admin("import", Old, Data, "--yes");
        ran.ShouldBeRefused(exitCode, sentence).Output.ShouldBeEmpty();
        Directory.Exists(Data).ShouldBeFalse();
    }
}
