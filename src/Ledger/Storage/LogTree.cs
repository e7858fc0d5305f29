using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// Reads the stored tree: leaves stand with their entries, the nodes over eight of them or more in rows of their own. What lies
/// between is joined when it is asked for, in at most three hashes: with it an append would write four times as many rows, and the
/// rows are most of what the tree costs.
/// </summary>
internal sealed class LogTree(SqliteConnection connection) : IDisposable
{
    /// <summary>The lowest level above the leaves that is stored: three quarters of all inner nodes are below it.</summary>
    public const int LowestStoredLevel = 3;

    private readonly PreparedCommand leaf = new(connection, "SELECT leaf_hash FROM entries WHERE position = $position", "$position");
    private readonly PreparedCommand node = new(
        connection, "SELECT hash FROM tree WHERE level = $level AND position = $position", "$level", "$position");

    /// <summary>A complete node.</summary>
    /// <exception cref="LedgerDamagedException">It is not there.</exception>
    public Hash Read(int level, long index) => level is > 0 and < LowestStoredLevel
        ? MerkleHashing.Node(Read(level - 1, 2 * index), Read(level - 1, (2 * index) + 1))
        : (level == 0 ? leaf.Get(index) : node.Get(level, index)) is byte[] hash
            ? new Hash(hash)
            : throw new LedgerDamagedException(
                $"The ledger is damaged: the tree lacks its node over entry {index << level} (level {level}). Restore a backup.");

    /// <summary>The leaf hash of an entry, or null when there is none at the position.</summary>
    public Hash? Leaf(long position) => leaf.Get(position) is byte[] hash ? new Hash(hash) : null;

    /// <summary>The root that the log had at a size, from 0 to its present one.</summary>
    public Hash RootAt(long size) => MerkleTree.Root(size, Read);

    public void Dispose()
    {
        leaf.Dispose();
        node.Dispose();
    }
}
