using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>The ledger is not what was written: the message names the first bad entry.</summary>
/// <param name="message">Which entry, and what is wrong.</param>
/// <param name="inner">What was found.</param>
public sealed class LedgerDamagedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Reads events back in order, checking each entry against its leaf hash on the way. One connection, one user at a time.
/// </summary>
public sealed class LedgerReader : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand entries;
    private readonly SqliteCommand addendum;
    private readonly SqliteParameter first;
    private readonly SqliteParameter digest;

    /// <summary>Opens the ledger for reading.</summary>
    /// <param name="file">The ledger's file.</param>
    public LedgerReader(DatabaseFile file)
    {
        connection = file.OpenForReading();
        entries = connection.CreateCommand();
        entries.CommandText = "SELECT position, bytes, leaf_hash FROM entries WHERE position >= $first ORDER BY position";
        first = entries.Parameters.Add("$first", SqliteType.Integer);
        addendum = connection.CreateCommand();
        addendum.CommandText = "SELECT bytes FROM addenda WHERE digest = $digest";
        digest = addendum.Parameters.Add("$digest", SqliteType.Blob);
    }

    /// <summary>The events from a position on, as far as they are committed when the reading reaches them.</summary>
    /// <param name="position">The first one wanted.</param>
    /// <exception cref="LedgerDamagedException">An entry is missing, altered, or not in the format.</exception>
    public IEnumerable<RecordedEvent> Read(long position)
    {
        first.Value = position;
        using SqliteDataReader rows = entries.ExecuteReader();
        for (long expected = position; rows.Read(); expected++)
        {
            if (rows.GetInt64(0) != expected)
            {
                throw new LedgerDamagedException($"The ledger is damaged: entry {expected} is missing. Restore a backup.");
            }

            yield return Verified(expected, (byte[])rows[1], (byte[])rows[2]);
        }
    }

    /// <summary>How many entries are committed.</summary>
    public long Size()
    {
        using SqliteCommand count = connection.CreateCommand();
        count.CommandText = "SELECT coalesce(max(position) + 1, 0) FROM entries";
        return (long)count.ExecuteScalar()!;
    }

    private RecordedEvent Verified(long position, byte[] bytes, byte[] leafHash)
    {
        if (!MerkleHashing.Leaf(bytes).Bytes.SequenceEqual(leafHash))
        {
            throw new LedgerDamagedException($"The ledger is damaged: entry {position} does not match its hash. Restore a backup.");
        }

        try
        {
            (CircleEvent happened, long time) = Entry.Read(bytes, Find);
            return new RecordedEvent(position, time, happened, new Hash(leafHash));
        }
        catch (FormatException unreadable)
        {
            throw new LedgerDamagedException(
                $"The ledger cannot be read: in entry {position} {unreadable.Message}. Restore a backup, or use the version of the relay that wrote it.",
                unreadable);
        }
    }

    private byte[]? Find(Hash wanted)
    {
        digest.Value = wanted.Bytes.ToArray();
        return (byte[]?)addendum.ExecuteScalar();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        entries.Dispose();
        addendum.Dispose();
        connection.Dispose();
    }
}
