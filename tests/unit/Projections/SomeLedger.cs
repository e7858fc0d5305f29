using System.Reactive.Subjects;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;
using SecureChat.Projections;

namespace SecureChat.UnitTests.Projections;

/// <summary>A ledger without its writer: the test says what stands in it, and when followers hear of it.</summary>
internal sealed class SomeLedger : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SigningKey key;
    private CompactRange range;

    public SomeLedger()
    {
        OpenLedger ledger = LedgerOpening.Open(folder.Path, origin: null, RandomNumberGenerator.Fill);
        (File, range, key) = (ledger.File, ledger.Range, ledger.Key);
    }

    public DatabaseFile File { get; }

    public long Size { get; private set; }

    public void Append(params IReadOnlyList<CircleEvent> events)
    {
        using LedgerTransaction transaction = new(File.Open(), range, key);
        IReadOnlyList<Entry> entries = [.. events.Select(happened => Entry.Write(happened, SomeCircle.Start + Size++, RandomNumberGenerator.Fill))];
        transaction.Commit(entries, [], [], SomeCircle.Start);
        range = transaction.Range;
    }

    /// <summary>Appends an entry that is not the one its hash was made of.</summary>
    public void AppendDamaged(CircleEvent happened)
    {
        Entry entry = Entry.Write(happened, SomeCircle.Start + Size, RandomNumberGenerator.Fill);
        using SqliteConnection connection = File.Open();
        connection.Execute(
            "INSERT INTO entries (position, bytes, leaf_hash) VALUES (@position, @bytes, zeroblob(32))",
            new { position = Size++, bytes = entry.Bytes });
    }

    /// <summary>Tables of their own, brought up to the ledger and following from there.</summary>
    public ProjectionRunner Follow(out Subject<long> durable, string tables = "tables")
    {
        DatabaseFile file = Tables(tables);
        file.Prepare();
        durable = new Subject<long>();
        ProjectionRunner runner = new(File, file);
        runner.Follow(durable);
        return runner;
    }

    public string RowsOf(string tables) => new TablesOnDisk(Tables(tables).Path).All();

    public IReadOnlyList<string> RowsFor(string tables, string sql) => new TablesOnDisk(Tables(tables).Path).Rows(sql);

    private DatabaseFile Tables(string name) => TableProjection.In(folder.Path) with { Path = folder.File($"{name}.db") };

    public void Dispose() => folder.Dispose();
}
