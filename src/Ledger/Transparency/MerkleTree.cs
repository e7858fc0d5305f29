using System.Numerics;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// Gives the root of the complete subtree of 2^<paramref name="level"/> leaves that starts at leaf <paramref name="index"/> * 2^<paramref name="level"/>.
/// Only subtrees that lie wholly within the tree are asked for.
/// </summary>
/// <param name="level">0 for leaves.</param>
/// <param name="index">Counted from the left within the level.</param>
public delegate Hash NodeReader(int level, long index);

/// <summary>
/// Roots and proofs of RFC 6962 section 2.1, computed from stored nodes. Each reads at most two nodes for each bit of the size,
/// whatever the size; nothing is held in memory.
/// </summary>
public static class MerkleTree
{
    /// <summary>The root that the tree had when it held <paramref name="size"/> leaves.</summary>
    public static Hash Root(long size, NodeReader read)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentNullException.ThrowIfNull(read);
        return size == 0 ? MerkleHashing.EmptyRoot : Subtree(0, size, read);
    }

    /// <summary>The path from a leaf to the root of the tree of <paramref name="size"/> leaves, the leaf's sibling first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no leaf <paramref name="index"/> in that tree.</exception>
    public static Hash[] InclusionProof(long index, long size, NodeReader read)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        ArgumentNullException.ThrowIfNull(read);
        List<Hash> path = new List<Hash>();
        (long start, long end) = (0L, size);
        while (end - start > 1)
        {
            long middle = start + LeftSize(end - start);
            if (index < middle)
            {
                path.Add(Subtree(middle, end, read));
                end = middle;
            }
            else
            {
                path.Add(Subtree(start, middle, read));
                start = middle;
            }
        }

        path.Reverse();
        return [.. path];
    }

    /// <summary>The proof that the tree of <paramref name="newSize"/> leaves begins with the one of <paramref name="oldSize"/> leaves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 &lt;= old size &lt;= new size: nothing has to be proved about the empty tree.</exception>
    public static Hash[] ConsistencyProof(long oldSize, long newSize, NodeReader read)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(oldSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        ArgumentNullException.ThrowIfNull(read);
        List<Hash> proof = new List<Hash>();
        (long start, long end) = (0L, newSize);
        while (end != oldSize)
        {
            long middle = start + LeftSize(end - start);
            if (oldSize <= middle)
            {
                proof.Add(Subtree(middle, end, read));
                end = middle;
            }
            else
            {
                proof.Add(Subtree(start, middle, read));
                start = middle;
            }
        }

        // A subtree that starts at leaf 0 is the whole old tree, whose root the verifier has already.
        if (start != 0)
        {
            proof.Add(Subtree(start, end, read));
        }

        proof.Reverse();
        return [.. proof];
    }

    // MTH(D[start:end]) where start is a multiple of the largest power of two below end - start, as in every split of section 2.1:
    // the complete subtrees are those of the 1 bits of the length, joined from the right.
    private static Hash Subtree(long start, long end, NodeReader read)
    {
        long remaining = end - start;
        long position = end;
        Hash? root = null;
        while (remaining != 0)
        {
            int level = BitOperations.TrailingZeroCount(remaining);
            Hash node = read(level, (position >> level) - 1);
            root = root is { } right ? MerkleHashing.Node(node, right) : node;
            position -= 1L << level;
            remaining &= remaining - 1;
        }

        return root ?? throw new ArgumentException("a subtree has at least one leaf", nameof(end));
    }

    // k of section 2.1: the largest power of two below the length, which is at least 2.
    private static long LeftSize(long length) => 1L << BitOperations.Log2((ulong)(length - 1));
}
