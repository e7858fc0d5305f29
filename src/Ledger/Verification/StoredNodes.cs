using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>
/// Reads the stored tree while the entries are played: nodes are completed in the order of their level, so one page a level is enough
/// and the tree is not held in memory. Like the entries they are read a page at a time, so that no transaction stays open.
/// </summary>
internal sealed class StoredNodes : IDisposable
{
    private const int PageLength = 256;

    private readonly PreparedCommand page;
    private readonly Dictionary<int, Queue<TreeNode>> levels = [];

    public StoredNodes(SqliteConnection connection) => page = new PreparedCommand(
        connection,
        $"SELECT position, hash FROM tree WHERE level = $level AND position >= $first ORDER BY position LIMIT {PageLength}",
        "$level", "$first");

    /// <summary>Begins again at the first node of each level.</summary>
    public void Restart() => levels.Clear();

    /// <summary>The hash of a node, or null when there is none. To be asked in the order of the positions of a level.</summary>
    public Hash? Find(int level, long index)
    {
        if (!levels.TryGetValue(level, out Queue<TreeNode>? ahead))
        {
            levels.Add(level, ahead = new Queue<TreeNode>(PageLength));
        }

        if (ahead.Count == 0)
        {
            Read(level, index, ahead);
        }

        return ahead.TryDequeue(out TreeNode node) && node.Index == index ? node.Hash : null;
    }

    private void Read(int level, long first, Queue<TreeNode> ahead)
    {
        using SqliteDataReader rows = page.Rows(level, first);
        while (rows.Read())
        {
            ahead.Enqueue(new TreeNode(level, rows.GetInt64(0), new Hash((byte[])rows[1])));
        }
    }

    public void Dispose() => page.Dispose();
}
