using Dapper;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Projections.Tables;

namespace SecureChat.Projections;

/// <summary>
/// <c>securechat.db</c>: the tables that operators know. Disposable: whatever is in them but the address guard comes from the
/// ledger. How far they are is written with the rows in one transaction, so a crash leaves both or neither.
/// </summary>
internal sealed class TableProjection : IDisposable
{
    private const int ApplicationId = 0x53436850;
    private const int SchemaVersion = 1;

    private const string CheckpointSchema = """
        CREATE TABLE projection_checkpoint (
            id        INTEGER PRIMARY KEY CHECK (id = 0),
            position  INTEGER NOT NULL,
            leaf_hash BLOB
        );
        INSERT INTO projection_checkpoint (id, position) VALUES (0, 0);
        """;

    private readonly SqliteConnection connection;
    private readonly TableCommands commands;
    private CircleTables? open;

    public TableProjection(DatabaseFile file)
    {
        connection = file.Open();
        try
        {
            Relax(connection);
            Position = PositionIn(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        writtenSince = Position == 0 ? long.MaxValue : Position;
        commands = new TableCommands(connection);
    }

    /// <summary>How many events have been applied.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// The size of the ledger when these rows began to be written: erasures before it are in them, because what they deleted
    /// could not be read any more.
    /// </summary>
    private long writtenSince;

    public static DatabaseFile In(string dataFolder) =>
        new(Path.Combine(dataFolder, "securechat.db"), ApplicationId, SchemaVersion, Schema);

    private static string Schema { get; } = string.Join(
        "\n\n",
        MembersTable.Schema,
        JoinRequestsTable.Schema,
        ChannelsTable.Schema,
        ServerInfoTable.Schema,
        AddressGuard.Schema,
        CheckpointSchema);

    /// <summary>
    /// Writes without a log from now on, which is half the work of making all tables: for a file that nobody misses after a crash.
    /// After a failure it is of no use any more.
    /// </summary>
    public void BeginUnlogged() => connection.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -16384;");

    /// <summary>From here on it is a file like any other, as soon as it was synced.</summary>
    public void EndUnlogged() => connection.Execute("PRAGMA journal_mode = WAL");

    /// <summary>Whether the last event applied here is still the one at its place in the ledger.</summary>
    /// <param name="leafHashOf">The leaf hash of the entry at a position, or null when there is none.</param>
    public bool Fits(Func<long, Hash?> leafHashOf)
    {
        byte[]? last = connection.ExecuteScalar<byte[]?>("SELECT leaf_hash FROM projection_checkpoint");
        return Position == 0 || (last is not null && leafHashOf(Position - 1) == new Hash(last));
    }

    /// <summary>The first catching up is done: erasures that come from now on are later than these rows.</summary>
    /// <param name="ledgerSize">The present size of the ledger.</param>
    public void Settled(long ledgerSize) => writtenSince = ledgerSize;

    /// <summary>Back to nothing: the tables follow the ledger from its first entry again. The address guard stays.</summary>
    /// <param name="ledgerSize">The present size of the ledger.</param>
    public void Clear(long ledgerSize)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        connection.Execute(
            MembersTable.Clear + JoinRequestsTable.Clear + ChannelsTable.Clear + ServerInfoTable.Clear
            + "INSERT OR REPLACE INTO projection_checkpoint (id, position, leaf_hash) VALUES (0, 0, NULL);",
            transaction: transaction);
        transaction.Commit();
        writtenSince = ledgerSize;
        Position = 0;
        open = null;
    }

    /// <summary>
    /// Whether events say that something was erased which may stand in these rows. Then they are written anew from the first
    /// entry: the same code that rebuilds them, so that live and rebuilt tables are the same.
    /// </summary>
    public bool MustForget(IReadOnlyList<RecordedEvent> events) =>
        events.Any(recorded => recorded.Event is AddendaErased && recorded.Position >= writtenSince);

    /// <summary>Applies events and moves the checkpoint, both or neither.</summary>
    /// <exception cref="EditedTablesException">The rows are not those that the events before have left.</exception>
    /// <returns>Whether an address was released or a person erased, so that <see cref="Scrub"/> is due.</returns>
    public bool Apply(IReadOnlyList<RecordedEvent> events)
    {
        // Only what was committed may be gone on from.
        CircleTables rows = open ?? new CircleTables(commands, connection);
        open = null;
        using SqliteTransaction transaction = connection.BeginTransaction();
        commands.Transaction = transaction;
        foreach (RecordedEvent recorded in events)
        {
            rows.Apply(recorded);
        }

        rows.Write();
        RecordedEvent last = events[^1];
        commands.Run(
            "UPDATE projection_checkpoint SET position = @position, leaf_hash = @leafHash",
            ("@position", last.Position + 1),
            ("@leafHash", last.LeafHash.Bytes.ToArray()));

        // A crash before this: the same events are applied after the start. After it: they are not.
        transaction.Commit();
        Position = last.Position + 1;
        open = rows;
        return events.Any(recorded => recorded.Event is MemberAdmitted or RequestRejected or RequestExpired or AddendaErased);
    }

    /// <summary>Takes the bytes of released addresses out of the files; false while somebody else reads them.</summary>
    public bool Scrub() => AddressGuard.Scrub(connection);

    /// <summary>Drops address guards without a pending request; <see cref="Scrub"/> is due then.</summary>
    public void DropOrphanedAddresses() => AddressGuard.DropOrphans(connection);

    public void Dispose()
    {
        commands.Dispose();
        connection.Dispose();
    }

    // Not FULL: what a power failure takes from here comes again from the ledger.
    private static void Relax(SqliteConnection connection) => connection.Execute("PRAGMA synchronous = NORMAL");

    private static long PositionIn(SqliteConnection connection) => connection.ExecuteScalar<long?>("SELECT position FROM projection_checkpoint") ?? 0;
}
