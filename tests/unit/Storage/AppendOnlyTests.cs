using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Storage;

public sealed class AppendOnlyTests : IDisposable
{
    private readonly LedgerFolder folder = LedgerFolder.With(new FounderRegistered(SomeEntry.Ann), new RequestsLockChanged(0, Locked: true));

    [Theory]
    [InlineData("UPDATE entries SET bytes = x'00'", "append-only")]
    [InlineData("UPDATE entries SET leaf_hash = zeroblob(32) WHERE position = 1", "append-only")]
    [InlineData("UPDATE entries SET position = position + 10", "append-only")]
    [InlineData("UPDATE OR REPLACE entries SET position = 0 WHERE position = 1", "append-only")]
    [InlineData("DELETE FROM entries", "append-only")]
    [InlineData("DELETE FROM entries WHERE position = 1", "append-only")]
    [InlineData("REPLACE INTO entries VALUES (1, x'00', zeroblob(32))", "must follow")]
    [InlineData("INSERT OR REPLACE INTO entries VALUES (0, x'00', zeroblob(32))", "must follow")]
    [InlineData("INSERT INTO entries VALUES (1, x'00', zeroblob(32)) ON CONFLICT (position) DO UPDATE SET bytes = x'00'", "must follow")]
    [InlineData("INSERT INTO entries VALUES (3, x'00', zeroblob(32))", "must follow")]
    [InlineData("INSERT INTO entries VALUES (NULL, x'00', zeroblob(32))", "must follow")]
    [InlineData("INSERT OR IGNORE INTO entries VALUES (1, x'00', zeroblob(32))", "must follow")]
    [InlineData("INSERT INTO entries VALUES (2, x'00', x'00')", "CHECK")]
    [InlineData("INSERT INTO entries VALUES (2, x'', zeroblob(32))", "CHECK")]
    [InlineData("INSERT INTO entries VALUES (2, zeroblob(65536), zeroblob(32))", "CHECK")]
    [InlineData("INSERT INTO entries VALUES (2, 'text', zeroblob(32))", "cannot store TEXT")]
    [InlineData("INSERT INTO entries VALUES (2, NULL, zeroblob(32))", "NOT NULL")]
    [InlineData("UPDATE addenda SET bytes = x'00'", "never changed")]
    [InlineData("UPDATE OR REPLACE addenda SET digest = (SELECT min(digest) FROM addenda)", "never changed")]
    [InlineData("INSERT OR REPLACE INTO addenda SELECT digest, x'00' FROM addenda", "never changed")]
    [InlineData("INSERT INTO addenda SELECT digest, x'00' FROM addenda WHERE true ON CONFLICT (digest) DO UPDATE SET bytes = x'00'", "never changed")]
    [InlineData("INSERT INTO addenda VALUES (x'00', x'00')", "CHECK")]
    public void What_is_written_stays(string sql, string why)
    {
        string before = Dump();
        using (var connection = folder.File.Open())
        {
            Should.Throw<SqliteException>(() => LedgerFolder.Execute(connection, sql)).Message.ShouldContain(why);
        }

        Dump().ShouldBe(before);
    }

    [Fact]
    public void The_next_position_is_free_and_an_addendum_may_be_erased()
    {
        using var connection = folder.File.Open();
        LedgerFolder.Execute(connection, "INSERT INTO entries VALUES (2, x'00', zeroblob(32))");
        LedgerFolder.Execute(connection, "DELETE FROM addenda");
        LedgerFolder.Scalar(connection, "SELECT count(*) FROM addenda").ShouldBe(0L);
    }

    private string Dump() => $"{folder.Scalar("SELECT group_concat(position || hex(bytes) || hex(leaf_hash)) FROM entries")} "
        + folder.Scalar("SELECT group_concat(hex(digest) || hex(bytes)) FROM addenda");

    public void Dispose() => folder.Dispose();
}
