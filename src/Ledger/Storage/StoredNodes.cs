using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// Compares the stored tree with the one that the entries give, while they are replayed: nodes are stored in the order in which
/// entries complete them, so one cursor is enough and nothing is held in memory.
/// </summary>
internal sealed class StoredNodes : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand command;
    private readonly SqliteDataReader rows;
    private readonly List<TreeNode> completed = [];
    private ReadOnlyMemory<byte> piece;
    private long ordinal;

    public StoredNodes(DatabaseFile file)
    {
        connection = file.OpenForReading();
        command = connection.CreateCommand();
        command.CommandText = "SELECT first, nodes FROM tree ORDER BY first";
        rows = command.ExecuteReader();
    }

    /// <summary>Appends a leaf, and checks the nodes that it completes.</summary>
    /// <exception cref="LedgerDamagedException">A stored node is another one; the message names the first entry under it.</exception>
    public void Append(CompactRange range, in Hash leaf)
    {
        completed.Clear();
        range.Append(leaf, completed);
        foreach (TreeNode node in completed)
        {
            if (node.Level > 0 && !(Next() is { } stored && node.Hash.Bytes.SequenceEqual(stored.Span)))
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
        if (!piece.IsEmpty || rows.Read())
        {
            throw new LedgerDamagedException(
                $"The ledger is damaged: entry {size} is missing, and the tree was built over it. Restore a backup.");
        }
    }

    // The next hash of the list, or null at its end or where a piece is missing or stands twice.
    private ReadOnlyMemory<byte>? Next()
    {
        if (piece.IsEmpty)
        {
            if (!rows.Read() || rows.GetInt64(0) != ordinal || rows[1] is not byte[] { Length: >= Hash.ByteLength } nodes || nodes.Length % Hash.ByteLength != 0)
            {
                return null;
            }

            piece = nodes;
        }

        ordinal++;
        ReadOnlyMemory<byte> hash = piece[..Hash.ByteLength];
        piece = piece[Hash.ByteLength..];
        return hash;
    }

    public void Dispose()
    {
        rows.Dispose();
        command.Dispose();
        connection.Dispose();
    }
}
