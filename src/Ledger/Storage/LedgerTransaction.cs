using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Transparency;

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

    private readonly SqliteConnection connection;
    private readonly SigningKey key;
    private readonly PreparedCommand insertEntry;
    private readonly PreparedCommand insertAddendum;
    private readonly PreparedCommand insertStatement;
    private readonly TreeWriter tree;
    private readonly PreparedCommand insertCheckpoint;
    private readonly PreparedCommand insertSignature;
    private readonly PreparedCommand forgetSignatures;
    private readonly PreparedCommand deleteAddendum;

    public LedgerTransaction(SqliteConnection connection, CompactRange range, SigningKey key)
    {
        this.connection = connection;
        this.key = key;
        Range = range;
        DatabaseFile.KeepInLog(connection);
        insertEntry = new(
            connection,
            "INSERT INTO entries (position, bytes, leaf_hash) VALUES ($position, $bytes, $leaf_hash)",
            "$position", "$bytes", "$leaf_hash");
        insertAddendum = new(connection, "INSERT INTO addenda (digest, bytes) VALUES ($digest, $bytes)", "$digest", "$bytes");
        insertStatement = new(connection, "INSERT INTO statements (digest) VALUES ($digest)", "$digest");
        tree = new(connection);
        insertCheckpoint = new(connection, "INSERT INTO checkpoints (size, note) VALUES ($size, $note)", "$size", "$note");
        insertSignature = new(
            connection,
            "INSERT OR IGNORE INTO used_signatures (member_id, timestamp, nonce) VALUES ($member_id, $timestamp, $nonce)",
            "$member_id", "$timestamp", "$nonce");
        forgetSignatures = new(connection, "DELETE FROM used_signatures WHERE timestamp < $oldest", "$oldest");
        deleteAddendum = new(connection, "DELETE FROM addenda WHERE digest = $digest", "$digest");
    }

    /// <summary>The tree as committed.</summary>
    public CompactRange Range { get; private set; }

    /// <summary>Writes all of it with the tree and the signed checkpoint of the new size, durably, or nothing.</summary>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="LedgerUnavailableException">Nothing was written; it may be tried again.</exception>
    /// <exception cref="LedgerStoppedException">It is not known what the disk holds; nothing may be written any more.</exception>
    public SignedNote Commit(
        IReadOnlyList<Entry> entries, IReadOnlyList<UsedSignature> signatures, IReadOnlyList<Hash> erased, long now)
    {
        CompactRange range = Range.Copy();
        SqliteTransaction? transaction = null;
        try
        {
            transaction = connection.BeginTransaction();
            Append(transaction, range, entries);
            foreach (Hash digest in erased)
            {
                deleteAddendum.Run(transaction, digest.Bytes.ToArray());
            }

            foreach (UsedSignature signature in signatures)
            {
                insertSignature.Run(transaction, signature.MemberId, signature.Timestamp, signature.Nonce);
            }

            if (signatures.Count > 0)
            {
                forgetSignatures.Run(transaction, now - SignatureWindow);
            }

            // Signed inside the transaction and shown to nobody before COMMIT: two heads of one size never leave the process.
            SignedNote checkpoint = new Checkpoint(key.VerifierKey.Name, range.Size, range.Root()).Sign(key);
            insertCheckpoint.Run(transaction, range.Size, checkpoint.Format());
            transaction.Commit();
            Range = range;
            return checkpoint;
        }
        catch (SqliteException failed)
        {
            if (!DatabaseFile.IsPassing(failed) || !RolledBack(transaction))
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

    private void Append(SqliteTransaction transaction, CompactRange range, IReadOnlyList<Entry> entries)
    {
        tree.Forget();
        foreach (Entry entry in entries)
        {
            insertEntry.Run(transaction, range.Size, entry.Bytes, entry.LeafHash.Bytes.ToArray());
            foreach (Addendum addendum in entry.Addenda)
            {
                insertAddendum.Run(transaction, addendum.Digest.Bytes.ToArray(), addendum.Bytes);
            }

            if (entry.StatementDigest is { } statement)
            {
                insertStatement.Run(transaction, statement.Bytes.ToArray());
            }

            tree.Append(range, entry.LeafHash);
        }

        tree.Store(transaction, range.Size);
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

    public void Dispose()
    {
        insertEntry.Dispose();
        insertAddendum.Dispose();
        insertStatement.Dispose();
        tree.Dispose();
        insertCheckpoint.Dispose();
        insertSignature.Dispose();
        forgetSignatures.Dispose();
        deleteAddendum.Dispose();
        connection.Dispose();
    }
}
