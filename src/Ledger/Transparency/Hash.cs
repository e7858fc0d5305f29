using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace SecureChat.Ledger.Transparency;

/// <summary>A SHA-256 hash: of an entry, of an inner node, of a whole tree, or of an addendum. 32 bytes, compared by value.</summary>
[StructLayout(LayoutKind.Sequential, Size = ByteLength)]
public readonly struct Hash : IEquatable<Hash>
{
    /// <summary>The number of bytes of a hash.</summary>
    public const int ByteLength = 32;

    private const int Base64Length = 44;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    // Four words instead of an array: a path of hashes is one block of memory, and comparing is four instructions.
    // The words are never read as numbers, only as the bytes they are made of.
    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>A hash from exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are more or fewer than 32 bytes.</exception>
    public Hash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != ByteLength)
        {
            throw new ArgumentException("a hash has 32 bytes", nameof(bytes));
        }

        this = MemoryMarshal.Read<Hash>(bytes);
    }

    /// <summary>The 32 bytes.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(new ReadOnlySpan<Hash>(in this));

    /// <summary>Base64 with padding, 44 characters: the form of checkpoints and proofs.</summary>
    public string ToBase64() => Convert.ToBase64String(Bytes);

    /// <summary>Lower-case hexadecimal, 64 characters: the form of addenda paths.</summary>
    public string ToHex() => Convert.ToHexStringLower(Bytes);

    /// <summary>Base64, as <see cref="ToBase64"/>.</summary>
    public override string ToString() => ToBase64();

    /// <summary>A hash from its 44 characters of canonical base64.</summary>
    public static Parsed<Hash> Parse(ReadOnlySpan<char> base64)
    {
        if (base64.Length != Base64Length)
        {
            return new Invalid("a hash is 44 characters of base64");
        }

        return Canonical.Base64(base64) is { Length: ByteLength } bytes
            ? new Hash(bytes)
            : new Invalid("a hash is 32 bytes in canonical base64");
    }

    /// <summary>A hash from its 64 characters of lower-case hexadecimal.</summary>
    public static Parsed<Hash> ParseHex(ReadOnlySpan<char> hex)
    {
        Span<byte> bytes = stackalloc byte[ByteLength];
        if (hex.Length != 2 * ByteLength || hex.ContainsAnyExcept(HexDigits))
        {
            return new Invalid("a hash is 64 characters of lower-case hexadecimal");
        }

        Convert.FromHexString(hex, bytes, out _, out _);
        return new Hash(bytes);
    }

    /// <inheritdoc/>
    public bool Equals(Hash other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Hash other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_a, _b, _c, _d);

    /// <summary>The same 32 bytes.</summary>
    public static bool operator ==(Hash left, Hash right) => left.Equals(right);

    /// <summary>Not the same 32 bytes.</summary>
    public static bool operator !=(Hash left, Hash right) => !left.Equals(right);
}
