using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// From schema version 1, entries without a tree, to version 2. The copy that is kept beforehand makes it safe to go back; each
/// step is one transaction, so that a crash leaves the old version or the new one.
/// </summary>
internal static class LedgerUpgrade
{
    // So many are held in memory.
    private const int EntriesAtOnce = 4096;

    /// <summary>Keeps a copy as <c>ledger.db.v1</c> beside the file, unless there is one.</summary>
    public static void KeepCopy(DatabaseFile file)
    {
        string copy = UpgradeCopy.Of(file);
        if (File.Exists(copy))
        {
            return;
        }

        string unfinished = copy + ".new";
        File.Delete(unfinished);
        file.CopyTo(unfinished);
        File.Move(unfinished, copy);
    }

    /// <summary>Adds the tables of the tree and fills them from the entries.</summary>
    /// <exception cref="LedgerDamagedException">An entry cannot be read; nothing was changed.</exception>
    public static void AddTree(DatabaseFile file)
    {
        using LedgerReader reader = new(file);
        using SqliteConnection connection = file.Open();
        using (SqliteTransaction transaction = connection.BeginTransaction())
        {
            // A crash directly after COMMIT leaves the new version in the WAL, and the old one in the header of the main file.
            if (Version(connection, transaction) < LedgerFile.SchemaVersion)
            {
                FillTree(connection, transaction, reader);
            }

            transaction.Commit();
        }

        // Into the main file, whose header says which version this is.
        Run(connection, null, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static void FillTree(SqliteConnection connection, SqliteTransaction transaction, LedgerReader reader)
    {
        Run(connection, transaction, LedgerFile.Sql("Tree.sql"));
        CompactRange range = new();
        using (TreeWriter tree = new(connection))
        {
            foreach (RecordedEvent recorded in reader.Read(0))
            {
                tree.Append(range, recorded.LeafHash);
                if (range.Size % EntriesAtOnce == 0)
                {
                    tree.Store(transaction, range.Size);
                }
            }

            tree.Store(transaction, range.Size);
        }

        Run(connection, transaction, $"PRAGMA user_version = {LedgerFile.SchemaVersion}");
    }

    private static long Version(SqliteConnection connection, SqliteTransaction transaction)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        command.Transaction = transaction;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>The origin that is written down, or null before the first checkpoint.</summary>
    public static string? Origin(DatabaseFile file)
    {
        using SqliteConnection connection = file.OpenForReading();
        using PreparedCommand origin = new(connection, "SELECT origin FROM log");
        return (string?)origin.Get();
    }

    /// <summary>
    /// The first checkpoint, over what the stored tree says. It is shown to nobody before the entries were verified to be those of the tree,
    /// and it was kept.
    /// </summary>
    public static SignedNote FirstCheckpoint(DatabaseFile file, SigningKey key)
    {
        using LedgerReader reader = new(file);
        using LedgerView view = new(file);
        long size = reader.Size();
        return new Checkpoint(key.VerifierKey.Name, size, view.RootAt(size)).Sign(key);
    }

    /// <summary>Writes the origin down together with the first checkpoint.</summary>
    public static void KeepFirst(DatabaseFile file, SignedCheckpoint head)
    {
        using SqliteConnection connection = file.Open();
        using SqliteTransaction transaction = connection.BeginTransaction();
        using PreparedCommand log = new(connection, "INSERT INTO log (id, origin) VALUES (0, $origin)", "$origin");
        using PreparedCommand checkpoint = new(connection, "INSERT INTO checkpoints (size, note) VALUES ($size, $note)", "$size", "$note");
        log.Run(transaction, head.Checkpoint.Origin);
        checkpoint.Run(transaction, head.Checkpoint.Size, head.Note.Format());
        transaction.Commit();
    }

    private static void Run(SqliteConnection connection, SqliteTransaction? transaction, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
