using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// Compares the stored tree with the one that the entries give, while they are replayed: nodes are completed in the order of
/// their level, so one cursor a level is enough and nothing is held in memory.
/// </summary>
internal sealed class StoredNodes(DatabaseFile file) : IDisposable
{
    private readonly SqliteConnection connection = file.OpenForReading();
    private readonly Dictionary<int, (SqliteCommand Command, SqliteDataReader Rows)> levels = [];
    private readonly List<TreeNode> completed = [];

    /// <summary>Appends a leaf, and checks the nodes that it completes.</summary>
    /// <exception cref="LedgerDamagedException">A stored node is another one; the message names the first entry under it.</exception>
    public void Append(CompactRange range, in Hash leaf)
    {
        completed.Clear();
        range.Append(leaf, completed);
        foreach (TreeNode node in completed)
        {
            if (node.Level == 0)
            {
                continue;
            }

            SqliteDataReader stored = Level(node.Level);
            if (!stored.Read() || stored.GetInt64(0) != node.Index || !node.Hash.Bytes.SequenceEqual((byte[])stored[1]))
            {
                throw new LedgerDamagedException(
                    $"The ledger is damaged: entry {node.Index << node.Level}, or one of the {(1L << node.Level) - 1} after it, is not the one "
                    + "over which the tree was built. Restore a backup.");
            }
        }
    }

    /// <summary>Checks that nothing is stored over entries that are not there.</summary>
    /// <param name="size">How many there are.</param>
    /// <exception cref="LedgerDamagedException">The message names the entry that is missing.</exception>
    public void RequireNothingBeyond(long size)
    {
        using PreparedCommand beyond = new(
            connection, "SELECT 1 FROM tree WHERE (position + 1) << level > $size LIMIT 1", "$size");
        if (beyond.Get(size) is not null)
        {
            throw new LedgerDamagedException(
                $"The ledger is damaged: entry {size} is missing, and the tree was built over it. Restore a backup.");
        }
    }

    // A command that is disposed closes its reader, so that both are kept.
    private SqliteDataReader Level(int level)
    {
        if (!levels.TryGetValue(level, out (SqliteCommand Command, SqliteDataReader Rows) open))
        {
            SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT position, hash FROM tree WHERE level = $level ORDER BY position";
            command.Parameters.AddWithValue("$level", level);
            open = (command, command.ExecuteReader());
            levels.Add(level, open);
        }

        return open.Rows;
    }

    public void Dispose()
    {
        foreach ((SqliteCommand command, SqliteDataReader rows) in levels.Values)
        {
            rows.Dispose();
            command.Dispose();
        }

        connection.Dispose();
    }
}
