using System.Buffers;
using System.Security.Cryptography;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// The hashes of RFC 6962 section 2.1. The first byte tells a leaf from a node, so that no inner node can be passed off as an entry.
/// <code>
/// MTH({})   = SHA-256("")
/// leaf(d)   = SHA-256(0x00 || d)
/// node(l,r) = SHA-256(0x01 || l || r)
/// </code>
/// </summary>
public static class MerkleHashing
{
    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;
    private const int StackLimit = 1024;

    /// <summary>The root of the tree without entries: SHA-256 of nothing.</summary>
    public static Hash EmptyRoot { get; } = new(SHA256.HashData([]));

    /// <summary>The hash of an entry: SHA-256(0x00 || entry).</summary>
    public static Hash Leaf(ReadOnlySpan<byte> entry)
    {
        if (entry.Length < StackLimit)
        {
            return Leaf(entry, stackalloc byte[1 + entry.Length]);
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(1 + entry.Length);
        try
        {
            return Leaf(entry, rented.AsSpan(0, 1 + entry.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The hash of an inner node: SHA-256(0x01 || left || right).</summary>
    public static Hash Node(in Hash left, in Hash right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Hash.ByteLength)];
        input[0] = NodePrefix;
        left.Bytes.CopyTo(input[1..]);
        right.Bytes.CopyTo(input[(1 + Hash.ByteLength)..]);
        return Digest(input);
    }

    private static Hash Leaf(ReadOnlySpan<byte> entry, Span<byte> input)
    {
        input[0] = LeafPrefix;
        entry.CopyTo(input[1..]);
        return Digest(input);
    }

    private static Hash Digest(ReadOnlySpan<byte> input)
    {
        Span<byte> digest = stackalloc byte[Hash.ByteLength];
        SHA256.HashData(input, digest);
        return new Hash(digest);
    }
}
