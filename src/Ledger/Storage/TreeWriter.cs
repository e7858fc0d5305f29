using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>Grows the tree in memory and collects what it completes, until all of it is stored: in one row, or a few when it is long.</summary>
internal sealed class TreeWriter(SqliteConnection connection) : IDisposable
{
    // A page of hashes. SQLite reads a long row from its beginning, whichever hash is wanted.
    private const int LongestPiece = 128 * Hash.ByteLength;

    private readonly PreparedCommand insert = new(connection, "INSERT INTO tree (first, nodes) VALUES ($first, $nodes)", "$first", "$nodes");
    private readonly List<TreeNode> completed = [];
    private readonly MemoryStream nodes = new();

    /// <summary>Appends a leaf, and keeps the nodes above it that it completes for <see cref="Store"/>.</summary>
    public void Append(CompactRange range, in Hash leaf)
    {
        completed.Clear();
        range.Append(leaf, completed);
        foreach (TreeNode node in completed)
        {
            if (node.Level > 0)
            {
                nodes.Write(node.Hash.Bytes);
            }
        }
    }

    /// <summary>Stores what was completed since the last time; nothing when nothing was.</summary>
    /// <param name="transaction">Of which the row is a part.</param>
    /// <param name="size">The size of the range, after all leaves.</param>
    public void Store(SqliteTransaction transaction, long size)
    {
        long first = LogTree.NodesOf(size) - (nodes.Length / Hash.ByteLength);
        foreach (byte[] piece in nodes.ToArray().Chunk(LongestPiece))
        {
            insert.Run(transaction, first, piece);
            first += piece.Length / Hash.ByteLength;
        }

        Forget();
    }

    /// <summary>Drops what was completed and not stored: a transaction was given up.</summary>
    public void Forget() => nodes.SetLength(0);

    public void Dispose()
    {
        insert.Dispose();
        nodes.Dispose();
    }
}
