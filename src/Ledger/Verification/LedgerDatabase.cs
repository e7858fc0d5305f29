using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>
/// A log in <c>ledger.db</c>, on a copy or beside the running relay: it reads a page of entries at a time, so that no
/// transaction of its own stays open.
/// </summary>
public sealed class LedgerDatabase : IDisposable
{
    private const int PageLength = 256;

    private readonly string place;
    private readonly SqliteConnection connection;
    private readonly SqliteCommand page;
    private readonly SqliteCommand addendum;
    private readonly SqliteParameter first;
    private readonly SqliteParameter digest;

    /// <summary>Opens the ledger for reading.</summary>
    /// <param name="file">The ledger's file.</param>
    public LedgerDatabase(DatabaseFile file)
    {
        place = Path.GetFileName(file.Path);
        connection = file.OpenForReading();
        page = connection.CreateCommand();
        page.CommandText = $"SELECT position, bytes, leaf_hash FROM entries WHERE position >= $first ORDER BY position LIMIT {PageLength}";
        first = page.Parameters.Add("$first", SqliteType.Integer);
        addendum = connection.CreateCommand();
        addendum.CommandText = "SELECT bytes FROM addenda WHERE digest = $digest";
        digest = addendum.Parameters.Add("$digest", SqliteType.Blob);
    }

    /// <summary>The log under a checkpoint. Entries after it are left unread. One user at a time.</summary>
    /// <param name="checkpoint">The signed note.</param>
    /// <param name="policy">Whose log it must be.</param>
    public LogSource Source(byte[] checkpoint, WitnessPolicy policy) => Source(() => checkpoint, () => policy);

    /// <summary>The log under a checkpoint that is read when it is needed. One user at a time.</summary>
    /// <param name="checkpoint">Gives the signed note.</param>
    /// <param name="policy">Gives whose log it must be.</param>
    public LogSource Source(Func<byte[]> checkpoint, Func<WitnessPolicy> policy) => new(policy, checkpoint, Entries, Addendum);

    private IEnumerable<StoredEntry> Entries(long size)
    {
        for (long position = 0; position < size;)
        {
            List<StoredEntry> entries = Page(position);
            if (entries.Count == 0)
            {
                yield break;
            }

            foreach (StoredEntry entry in entries)
            {
                if (position++ == size)
                {
                    yield break;
                }

                yield return entry;
            }
        }
    }

    private List<StoredEntry> Page(long position)
    {
        List<StoredEntry> entries = new(PageLength);
        try
        {
            first.Value = position;
            using SqliteDataReader rows = page.ExecuteReader();
            while (rows.Read())
            {
                if (rows.GetInt64(0) != position + entries.Count)
                {
                    throw new LogDamagedException($"Entry {position + entries.Count} is missing in {place}.", position + entries.Count);
                }

                entries.Add(new StoredEntry((byte[])rows[1], new Hash((byte[])rows[2]), place));
            }
        }
        catch (SqliteException unreadable)
        {
            throw new LogDamagedException($"The file {place} cannot be read after entry {position + entries.Count - 1}.", position + entries.Count, unreadable);
        }

        return entries;
    }

    private byte[]? Addendum(Hash wanted)
    {
        try
        {
            digest.Value = wanted.Bytes.ToArray();
            return (byte[]?)addendum.ExecuteScalar();
        }
        catch (SqliteException unreadable)
        {
            throw new LogDamagedException($"The addenda in {place} cannot be read.", entry: null, unreadable);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        page.Dispose();
        addendum.Dispose();
        connection.Dispose();
    }
}
