using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>Reads the stored tree: leaves stand with their entries, everything above them in rows of its own.</summary>
internal sealed class LogTree(SqliteConnection connection) : IDisposable
{
    private readonly PreparedCommand leaf = new(connection, "SELECT leaf_hash FROM entries WHERE position = $position", "$position");
    private readonly PreparedCommand node = new(
        connection, "SELECT hash FROM tree WHERE level = $level AND position = $position", "$level", "$position");

    /// <summary>A complete node.</summary>
    /// <exception cref="LedgerDamagedException">It is not there.</exception>
    public Hash Read(int level, long index) =>
        (level == 0 ? leaf.Get(index) : node.Get(level, index)) is byte[] hash
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
