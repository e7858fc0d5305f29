using Microsoft.Data.Sqlite;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// An I/O error: the kernel reports a failed sync once and then forgets it, so a later COMMIT may "succeed" without the
/// earlier one. Writing stops until a restart has verified the file.
/// </summary>
/// <param name="inner">What SQLite said.</param>
internal sealed class LedgerStoppedException(Exception inner) : Exception("The ledger's file failed.", inner);

/// <summary>The SQL of an append, on a connection of its own. Owned by the writer's loop.</summary>
internal sealed class LedgerTransaction : IDisposable
{
    /// <summary>How long a signature can be replayed after its timestamp, in milliseconds.</summary>
    private const long SignatureWindow = 60_000;

    private const int DiskFull = 13;
    private const int Busy = 5;

    private readonly SqliteConnection connection;
    private readonly SqliteCommand insertEntry;
    private readonly SqliteCommand insertAddendum;
    private readonly SqliteCommand insertSignature;
    private readonly SqliteCommand forgetSignatures;

    public LedgerTransaction(SqliteConnection connection)
    {
        this.connection = connection;
        insertEntry = Prepare("INSERT INTO entries (position, bytes, leaf_hash) VALUES ($position, $bytes, $leaf_hash)", "$position", "$bytes", "$leaf_hash");
        insertAddendum = Prepare("INSERT INTO addenda (digest, bytes) VALUES ($digest, $bytes)", "$digest", "$bytes");
        insertSignature = Prepare(
            "INSERT OR IGNORE INTO used_signatures (member_id, timestamp) VALUES ($member_id, $timestamp)", "$member_id", "$timestamp");
        forgetSignatures = Prepare("DELETE FROM used_signatures WHERE timestamp < $oldest", "$oldest");
    }

    /// <summary>Writes all of it, durably, or nothing.</summary>
    /// <exception cref="LedgerUnavailableException">Nothing was written; it may be tried again.</exception>
    /// <exception cref="LedgerStoppedException">It is not known what the disk holds; nothing may be written any more.</exception>
    public void Commit(long position, IReadOnlyList<Entry> entries, IReadOnlyList<UsedSignature> signatures, long now)
    {
        SqliteTransaction? transaction = null;
        try
        {
            transaction = connection.BeginTransaction();
            foreach (Entry entry in entries)
            {
                Run(transaction, insertEntry, position++, entry.Bytes, entry.LeafHash.Bytes.ToArray());
                foreach (Addendum addendum in entry.Addenda)
                {
                    Run(transaction, insertAddendum, addendum.Digest.Bytes.ToArray(), addendum.Bytes);
                }
            }

            foreach (UsedSignature signature in signatures)
            {
                Run(transaction, insertSignature, signature.MemberId, signature.Timestamp);
            }

            if (signatures.Count > 0)
            {
                Run(transaction, forgetSignatures, now - SignatureWindow);
            }

            transaction.Commit();
        }
        catch (SqliteException failed)
        {
            if (failed.SqliteErrorCode is not (DiskFull or Busy) || !RolledBack(transaction))
            {
                throw new LedgerStoppedException(failed);
            }

            throw new LedgerUnavailableException("The ledger cannot be written at present: the disk is full, or the file is locked.", failed);
        }
        finally
        {
            Dispose(transaction);
        }
    }

    // SQLite rolls back by itself on a full disk, but not always; a rollback that fails leaves nothing to build on.
    private static bool RolledBack(SqliteTransaction? transaction)
    {
        try
        {
            transaction?.Rollback();
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static void Dispose(SqliteTransaction? transaction)
    {
        try
        {
            transaction?.Dispose();
        }
        catch (SqliteException)
        {
            // The failure that led here is on its way already and says more.
        }
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (string name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        return command;
    }

    private static void Run(SqliteTransaction transaction, SqliteCommand command, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (int index = 0; index < values.Length; index++)
        {
            command.Parameters[index].Value = values[index];
        }

        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        insertEntry.Dispose();
        insertAddendum.Dispose();
        insertSignature.Dispose();
        forgetSignatures.Dispose();
        connection.Dispose();
    }
}
