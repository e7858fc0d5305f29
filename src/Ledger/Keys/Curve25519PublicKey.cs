using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace SecureChat.Ledger.Keys;

/// <summary>
/// A Curve25519 public key (RFC 7748) that clients use among themselves; the relay only tells one from another. Two keys are equal when
/// they are the same number: with or without the Signal libraries' prefix, with or without the unused highest bit, reduced or not.
/// </summary>
public sealed class Curve25519PublicKey : IEquatable<Curve25519PublicKey>
{
    private const int Length = 32;
    private const byte SignalPrefix = 0x05;

    private const string Malformed =
        "The Curve25519 key must be the standard base64 of 32 bytes, or of 33 bytes of which the first is 5.";
    private const string LowOrder = "The Curve25519 key is a point of low order: every agreement with it would give the same secret.";

    private readonly byte[] coordinate;

    private Curve25519PublicKey(byte[] coordinate) => this.coordinate = coordinate;

    /// <summary>The u-coordinate: 32 bytes, little-endian, below 2^255-19. For a key as libraries write it, exactly its 32 bytes.</summary>
    public ReadOnlyMemory<byte> Coordinate => coordinate;

    /// <summary>
    /// Reads base64 in the standard alphabet, its padding optional and otherwise canonical, of 32 bytes or of 33 that start with 0x05.
    /// Points of low order are refused; points on the twist are not (RFC 7748 makes them safe).
    /// </summary>
    /// <param name="base64">The text as received, of any length; an absent key is the caller's matter.</param>
    /// <param name="key">The key; null when the answer is false.</param>
    /// <param name="problem">A sentence for people that quotes nothing of the text; empty when the answer is true.</param>
    public static bool TryParse(string base64, [NotNullWhen(true)] out Curve25519PublicKey? key, out string problem)
    {
        key = null;
        Span<byte> bytes = stackalloc byte[Length + 1];
        if (!TryDecode(base64, bytes, out int written) || !TryDropPrefix(bytes[..written], out ReadOnlySpan<byte> encoded))
        {
            problem = Malformed;
            return false;
        }

        byte[] reduced = Reduce(encoded);
        if (IsOfLowOrder(reduced))
        {
            problem = LowOrder;
            return false;
        }

        key = new Curve25519PublicKey(reduced);
        problem = "";
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Curve25519PublicKey? other) => other is not null && coordinate.AsSpan().SequenceEqual(other.coordinate);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Curve25519PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode() => BitConverter.ToInt32(coordinate);

    // 32 bytes are 43 characters and "="; 33 bytes are 44 characters without padding.
    private static bool TryDecode(string base64, Span<byte> bytes, out int written)
    {
        const int unpadded = 43;
        if (base64.Length != unpadded)
        {
            return CanonicalBase64.TryDecode(base64, bytes, out written);
        }

        Span<char> padded = stackalloc char[unpadded + 1];
        base64.CopyTo(padded);
        padded[unpadded] = '=';
        return CanonicalBase64.TryDecode(padded, bytes, out written);
    }

    private static bool TryDropPrefix(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> encoded)
    {
        encoded = bytes.Length == Length + 1 && bytes[0] == SignalPrefix ? bytes[1..] : bytes;
        return encoded.Length == Length;
    }

    // RFC 7748 section 5: the highest bit is ignored, and the 19 numbers from 2^255-19 up stand for themselves less 2^255-19. Without
    // this, a sender could show another member's key in a spelling that a comparison of bytes takes for a different one.
    private static byte[] Reduce(ReadOnlySpan<byte> encoded)
    {
        const byte lowestOfPrime = 0xED;
        byte[] number = encoded.ToArray();
        number[^1] &= 0x7F;
        bool notBelowPrime = number[^1] == 0x7F && number[0] >= lowestOfPrime && !number.AsSpan(1, Length - 2).ContainsAnyExcept((byte)0xFF);
        if (notBelowPrime)
        {
            number.AsSpan(1).Clear();
            number[0] -= lowestOfPrime;
        }

        return number;
    }

    // X25519 makes every scalar a multiple of 8. The points of low order have orders that divide 8, on the curve and on its twist, so
    // they, and no others, agree on zero. Which scalar it is does not matter; this one becomes 2^254 + 8.
    private static bool IsOfLowOrder(byte[] point)
    {
        byte[] scalar = new byte[Length];
        scalar[0] = 0x08;
        return !X25519.CalculateAgreement(scalar, 0, point, 0, new byte[Length], 0);
    }
}
