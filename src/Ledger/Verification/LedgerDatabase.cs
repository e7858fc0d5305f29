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
    private const int Sql = 1;

    private readonly string place;
    private readonly SqliteConnection connection;
    private readonly SqliteCommand page;
    private readonly SqliteCommand addendum;
    private readonly SqliteParameter first;
    private readonly SqliteParameter digest;
    private readonly StoredNodes nodes;
    private readonly PreparedCommand counts;

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
        nodes = new StoredNodes(connection);

        // One statement looks at one moment of a ledger that may be growing.
        counts = new(connection, """
            SELECT (SELECT coalesce(max(size), 0) FROM checkpoints),
                   (SELECT coalesce(max(position) + 1, 0) FROM entries),
                   (SELECT coalesce(sum(length(nodes)), 0) / 32 FROM tree)
            """);
    }

    /// <summary>
    /// The log under a checkpoint, with the tree that is stored beside it. Entries between it and the newest checkpoint are left unread.
    /// One user at a time, and each source for one verification.
    /// </summary>
    /// <param name="checkpoint">The signed note.</param>
    /// <param name="policy">Whose log it must be.</param>
    public LogSource Source(byte[] checkpoint, WitnessPolicy policy) => Source(() => checkpoint, () => policy);

    /// <summary>The same log under a checkpoint that is read when it is needed.</summary>
    /// <param name="checkpoint">Gives the signed note.</param>
    /// <param name="policy">Gives whose log it must be.</param>
    public LogSource Source(Func<byte[]> checkpoint, Func<WitnessPolicy> policy)
    {
        nodes.Restart();
        return new LogSource(policy, checkpoint, Entries, Addendum) { NextNode = NextNode, RequireNothingBeyond = RequireNothingBeyond };
    }

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

                entries.Add(new StoredEntry(rows.Blob(1).ToArray(), rows.HashAt(2), place));
            }
        }
        catch (Exception unreadable) when (unreadable is ArgumentException || (unreadable is SqliteException failed && IsDamage(failed)))
        {
            throw new LogDamagedException($"The file {place} cannot be read from entry {position + entries.Count} on.", position + entries.Count, unreadable);
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
        catch (SqliteException unreadable) when (IsDamage(unreadable))
        {
            throw new LogDamagedException($"The addenda in {place} cannot be read.", entry: null, unreadable);
        }
    }

    private Hash? NextNode()
    {
        try
        {
            return nodes.Next();
        }
        catch (SqliteException unreadable) when (IsDamage(unreadable))
        {
            throw new LogDamagedException($"The tree in {place} cannot be read.", entry: null, unreadable);
        }
    }

    private void RequireNothingBeyond(long verified)
    {
        try
        {
            // Before the first checkpoint is kept, the one that was verified is the newest.
            (long signed, long there, long nodes) = Counts();
            signed = Math.Max(signed, verified);
            if (there > signed)
            {
                throw new LogDamagedException(
                    $"Entry {signed} in {place} is signed by nobody: the newest checkpoint is of {signed} entries, and there are {there}.", signed);
            }

            if (nodes > LogTree.NodesOf(there))
            {
                throw new LogDamagedException($"Entry {there} is missing in {place}, and the tree was built over it.", there);
            }
        }
        catch (SqliteException unreadable) when (IsDamage(unreadable))
        {
            throw new LogDamagedException($"The file {place} cannot be read.", entry: null, unreadable);
        }
    }

    private (long Signed, long There, long Nodes) Counts()
    {
        using SqliteDataReader row = counts.Rows();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
    }

    // A file in which a table is missing is as little a ledger as one in which a page is. What is busy or fails otherwise may be read later.
    private static bool IsDamage(SqliteException unreadable) => DatabaseFile.IsDamage(unreadable) || unreadable.SqliteErrorCode == Sql;

    /// <inheritdoc/>
    public void Dispose()
    {
        page.Dispose();
        addendum.Dispose();
        nodes.Dispose();
        counts.Dispose();
        connection.Dispose();
    }
}
