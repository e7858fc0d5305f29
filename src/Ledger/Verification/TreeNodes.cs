using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>
/// The nodes of the tree as it grows, from which the root at any earlier size comes in a few hashes: a statement names the
/// head that its signer had seen. 48 bytes an entry: the nodes above two leaves, as many bytes again as all above them, are
/// joined when they are asked for.
/// </summary>
internal sealed class TreeNodes
{
    private const int JoinedLevel = 1;
    private const int ChunkLength = 4096;
    private const int Levels = 63;

    private readonly CompactRange range = new();
    private readonly List<TreeNode> completed = [];
    private readonly List<Hash[]>[] chunks = new List<Hash[]>[Levels];
    private readonly NodeReader read;
    private long lastSize;
    private Hash lastRoot = MerkleHashing.EmptyRoot;

    public TreeNodes() => read = Read;

    public long Size => range.Size;

    public CompactRange Range => range;

    /// <summary>Appends a leaf.</summary>
    /// <returns>The nodes that it completes, leaf first; good until the next one.</returns>
    public IReadOnlyList<TreeNode> Append(in Hash leaf)
    {
        completed.Clear();
        range.Append(leaf, completed);
        foreach (TreeNode node in completed)
        {
            if (node.Level != JoinedLevel)
            {
                Store(node);
            }
        }

        return completed;
    }

    /// <summary>The root of the first so many entries.</summary>
    public Hash RootAt(long size)
    {
        // Those who sign have mostly seen the same head, or the newest one.
        if (size != lastSize)
        {
            lastRoot = size == Size ? range.Root() : MerkleTree.Root(size, read);
            lastSize = size;
        }

        return lastRoot;
    }

    public Hash Read(int level, long index) => level == JoinedLevel
        ? MerkleHashing.Node(Read(0, 2 * index), Read(0, (2 * index) + 1))
        : chunks[level][(int)(index / ChunkLength)][index % ChunkLength];

    private void Store(in TreeNode node)
    {
        List<Hash[]> level = chunks[node.Level] ??= [];
        if (node.Index % ChunkLength == 0)
        {
            level.Add(new Hash[ChunkLength]);
        }

        level[^1][node.Index % ChunkLength] = node.Hash;
    }
}
