namespace SecureChat.Ledger.Transparency;

/// <summary>
/// The root of a complete subtree: the 2^<paramref name="Level"/> leaves that start at <paramref name="Index"/> * 2^<paramref name="Level"/>.
/// Once complete it never changes.
/// </summary>
/// <param name="Level">0 for leaves.</param>
/// <param name="Index">Counted from the left within the level.</param>
/// <param name="Hash">The hash.</param>
public readonly record struct TreeNode(int Level, long Index, Hash Hash);

/// <summary>
/// A growing tree, of which only the left edge is kept: one hash for each 1 bit of the size. Appending costs one node hash on
/// average, the root at most 63, and the memory is two kilobytes at any size.
/// <code>
/// size 6 = 110b     level 2 holds D[0:4], level 1 holds D[4:6]
/// </code>
/// </summary>
public sealed class CompactRange
{
    private const int MaximumLevels = 63;

    private readonly Hash[] _edge = new Hash[MaximumLevels];

    /// <summary>The number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>Goes on from a tree whose nodes are stored: reads one node for each 1 bit of the size.</summary>
    /// <param name="size">The number of leaves of the stored tree.</param>
    /// <param name="read">Gives the stored nodes.</param>
    public static CompactRange Resume(long size, NodeReader read)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentNullException.ThrowIfNull(read);
        CompactRange range = new CompactRange { Size = size };
        for (int level = 0; level < MaximumLevels; level++)
        {
            if (HasNode(size, level))
            {
                range._edge[level] = read(level, (size >> level) - 1);
            }
        }

        return range;
    }

    /// <summary>A second range with the same leaves. A writer appends to the copy, and keeps it only if its transaction was committed.</summary>
    public CompactRange Copy()
    {
        CompactRange copy = new CompactRange { Size = Size };
        _edge.CopyTo(copy._edge, 0);
        return copy;
    }

    /// <summary>Appends one leaf.</summary>
    /// <param name="leaf">The leaf hash, see <see cref="MerkleHashing.Leaf(ReadOnlySpan{byte})"/>.</param>
    /// <param name="completed">Receives the nodes that this leaf completed, leaf first: what a storage has to keep.</param>
    public void Append(in Hash leaf, ICollection<TreeNode>? completed = null)
    {
        long index = Size;
        Hash hash = leaf;
        int level = 0;
        completed?.Add(new TreeNode(level, index, hash));
        while ((index & 1) == 1)
        {
            hash = MerkleHashing.Node(_edge[level], hash);
            index >>= 1;
            level++;
            completed?.Add(new TreeNode(level, index, hash));
        }

        _edge[level] = hash;
        Size++;
    }

    /// <summary>The root of the tree as it is now.</summary>
    public Hash Root()
    {
        if (Size == 0)
        {
            return MerkleHashing.EmptyRoot;
        }

        long level = long.TrailingZeroCount(Size);
        Hash root = _edge[level];
        for (int higher = (int)level + 1; higher < MaximumLevels; higher++)
        {
            if (HasNode(Size, higher))
            {
                root = MerkleHashing.Node(_edge[higher], root);
            }
        }

        return root;
    }

    private static bool HasNode(long size, int level) => ((size >> level) & 1) == 1;
}
