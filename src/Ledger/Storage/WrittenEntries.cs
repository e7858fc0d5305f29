using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>What the writer looks up in what it wrote before. On its connection, owned by its thread.</summary>
internal sealed class WrittenEntries(SqliteConnection connection) : IDisposable
{
    private readonly PreparedCommand bytes = new(connection, "SELECT bytes FROM entries WHERE position = $position", "$position");
    private readonly PreparedCommand statement = new(connection, "SELECT 1 FROM statements WHERE digest = $digest", "$digest");
    private readonly PreparedCommand addendum = new(connection, "SELECT 1 FROM addenda WHERE digest = $digest", "$digest");
    private readonly PreparedCommand truncate = new(connection, "PRAGMA wal_checkpoint(TRUNCATE)");

    private readonly PreparedCommand move = new(connection, "PRAGMA wal_checkpoint(PASSIVE)");

    // Long enough for our own readers, and no longer: whoever wants a change waits for this, and an operator's query can take minutes.
    private readonly PreparedCommand hurry = new(connection, "PRAGMA busy_timeout = 100");
    private readonly PreparedCommand patience = new(connection, "PRAGMA busy_timeout = 5000");

    /// <summary>Whether a statement stands in the ledger.</summary>
    public bool HasStatement(Hash digest) => statement.Get(digest.Bytes.ToArray()) is not null;

    /// <summary>Whether an addendum is kept under a digest.</summary>
    public bool HasAddendum(Hash digest) => addendum.Get(digest.Bytes.ToArray()) is not null;

    /// <summary>The digests of the addenda that an erasure deletes.</summary>
    public IReadOnlyList<Hash> AddendaOf(AddendaErased erasure)
    {
        byte[] entry = (byte[])bytes.Get(erasure.Leaf)!;
        AddendaIndex index = AddendaIndex.Parse(entry).Value;
        IReadOnlyList<string> names = EntryJson.AddendaOf(Entry.Read(entry, _ => null).Event);
        return [.. names.Zip(index.Digests).Where(addendum => erasure.Erased.Contains(addendum.First)).Select(addendum => addendum.Second)];
    }

    /// <summary>Takes deleted bytes out of the files: secure_delete has overwritten them in the pages, and this empties the WAL.</summary>
    /// <returns>False while somebody else reads them: it has to be tried again.</returns>
    public bool Scrub()
    {
        hurry.Get();
        try
        {
            return truncate.Get() is 0L;
        }
        finally
        {
            patience.Get();
        }
    }

    /// <summary>
    /// Moves what the WAL holds into the main file, as far as nobody reads an older state. SQLite would do so by itself, and keep an I/O
    /// error on the way from us.
    /// </summary>
    public void Move() => move.Get();

    public void Dispose()
    {
        bytes.Dispose();
        statement.Dispose();
        addendum.Dispose();
        truncate.Dispose();
        move.Dispose();
        hurry.Dispose();
        patience.Dispose();
    }
}
