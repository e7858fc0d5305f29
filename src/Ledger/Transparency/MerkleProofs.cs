using System.Numerics;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// What an outsider runs: whether a proof holds, from nothing but sizes, hashes and the proof. The names fn, sn, fr and sr are those of
/// RFC 9162 sections 2.1.3.2 and 2.1.4.2, where the two procedures are written down.
/// </summary>
public static class MerkleProofs
{
    /// <summary>Whether the leaf stands at <paramref name="index"/> in the tree of <paramref name="size"/> leaves that has this root.</summary>
    /// <param name="leaf">The hash of the entry.</param>
    /// <param name="index">Counted from 0; an index not below the size is refused.</param>
    /// <param name="size">The number of leaves.</param>
    /// <param name="path">The leaf's sibling first.</param>
    /// <param name="root">The root to arrive at.</param>
    public static bool VerifyInclusion(in Hash leaf, long index, long size, ReadOnlySpan<Hash> path, in Hash root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        (long fn, long sn) = (index, size - 1);
        Hash r = leaf;
        foreach (ref readonly Hash c in path)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                r = MerkleHashing.Node(c, r);
                SkipToRightChild(ref fn, ref sn);
            }
            else
            {
                r = MerkleHashing.Node(r, c);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && r == root;
    }

    /// <summary>Whether the tree of <paramref name="newSize"/> leaves begins with the tree of <paramref name="oldSize"/> leaves.</summary>
    /// <param name="oldSize">At least 1: a proof about the empty tree says nothing and is refused.</param>
    /// <param name="oldRoot">The root at the old size.</param>
    /// <param name="newSize">At least the old size.</param>
    /// <param name="newRoot">The root at the new size.</param>
    /// <param name="proof">Empty exactly when the sizes are the same.</param>
    public static bool VerifyConsistency(long oldSize, in Hash oldRoot, long newSize, in Hash newRoot, ReadOnlySpan<Hash> proof)
    {
        if (oldSize < 1 || oldSize > newSize)
        {
            return false;
        }

        if (oldSize == newSize)
        {
            return proof.IsEmpty && oldRoot == newRoot;
        }

        if (proof.IsEmpty)
        {
            return false;
        }

        // An old size that is a power of two is itself a node of the new tree; its hash is known and left out of the proof.
        Hash first = BitOperations.IsPow2(oldSize) ? oldRoot : proof[0];
        ReadOnlySpan<Hash> rest = BitOperations.IsPow2(oldSize) ? proof : proof[1..];
        (long fn, long sn) = (oldSize - 1, newSize - 1);
        while ((fn & 1) == 1)
        {
            fn >>= 1;
            sn >>= 1;
        }

        (Hash fr, Hash sr) = (first, first);
        foreach (ref readonly Hash c in rest)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                fr = MerkleHashing.Node(c, fr);
                sr = MerkleHashing.Node(c, sr);
                SkipToRightChild(ref fn, ref sn);
            }
            else
            {
                sr = MerkleHashing.Node(sr, c);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && fr == oldRoot && sr == newRoot;
    }

    // On the right edge of a tree that is no power of two, levels without a sibling add nothing to the path.
    private static void SkipToRightChild(ref long fn, ref long sn)
    {
        while ((fn & 1) == 0 && fn != 0)
        {
            fn >>= 1;
            sn >>= 1;
        }
    }
}
