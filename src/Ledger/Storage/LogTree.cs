using System.Numerics;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// Reads the stored tree: leaves stand with their entries, everything above them in one list in the order of completion, of which
/// each row holds a piece.
/// </summary>
internal sealed class LogTree(SqliteConnection connection) : IDisposable
{
    private readonly PreparedCommand leaf = new(connection, "SELECT leaf_hash FROM entries WHERE position = $position", "$position");
    private readonly PreparedCommand node = new(
        connection,
        $"SELECT substr(nodes, ($ordinal - first) * {Hash.ByteLength} + 1, {Hash.ByteLength}) FROM tree WHERE first <= $ordinal ORDER BY first DESC LIMIT 1",
        "$ordinal");

    /// <summary>How many nodes above the leaves are complete in a tree: every entry but one for each 1 bit of the size has completed one.</summary>
    /// <param name="size">The number of entries.</param>
    public static long NodesOf(long size) => size - BitOperations.PopCount((ulong)size);

    /// <summary>A complete node.</summary>
    /// <exception cref="LedgerDamagedException">It is not there.</exception>
    public Hash Read(int level, long index) =>
        (level == 0 ? leaf.Get(index) : node.Get(Ordinal(level, index))) is byte[] { Length: Hash.ByteLength } hash
            ? new Hash(hash)
            : throw new LedgerDamagedException(
                $"The ledger is damaged: the tree lacks its node over entry {index << level} (level {level}). Restore a backup.");

    /// <summary>The leaf hash of an entry, or null when there is none at the position.</summary>
    public Hash? Leaf(long position) => leaf.Get(position) is byte[] hash ? new Hash(hash) : null;

    /// <summary>The root that the log had at a size, from 0 to its present one.</summary>
    public Hash RootAt(long size) => MerkleTree.Root(size, Read);

    // A node is completed by the last entry under it, after all that earlier entries completed and the lower ones of the same entry.
    private static long Ordinal(int level, long index) => NodesOf(((index + 1) << level) - 1) + level - 1;

    public void Dispose()
    {
        leaf.Dispose();
        node.Dispose();
    }
}
