using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace SecureChat.Ledger.Keys;

/// <summary>
/// An RSA public key as the relay accepts it (protocol section 1): a modulus of 2048 to 8192 bits and an odd exponent from 3 to 2^31-1.
/// Two keys are equal when modulus and exponent are, whatever texts they came from.
/// </summary>
public sealed class RsaPublicKey : IEquatable<RsaPublicKey>
{
    /// <summary>The smallest modulus that is accepted, in bits.</summary>
    public const int MinBits = 2048;

    /// <summary>The largest modulus that is accepted, in bits.</summary>
    public const int MaxBits = 8192;

    // The product of the odd primes below 752: a modulus that shares a factor with it is damaged or was made to be weak.
    // BouncyCastle's RsaKeyParameters would judge the same and also whether the modulus is a prime, by Miller-Rabin: 13 ms for 2048 bits
    // and 760 ms for 8192, for anybody who sends a join request. This takes microseconds. A prime modulus lets others sign in its
    // owner's name, as publishing the private key does; it harms nobody who did not choose it.
    private static readonly BigInteger SmallPrimes = ProductOfOddPrimesBelow(752);

    private readonly byte[] spki;

    private RsaPublicKey(byte[] spki, int bits)
    {
        this.spki = spki;
        Bits = bits;
    }

    /// <summary>The length of the modulus in bits.</summary>
    public int Bits { get; }

    /// <summary>The length of a signature by this key in bytes: that of the modulus.</summary>
    public int SignatureLength => (Bits + 7) / 8;

    /// <summary>SubjectPublicKeyInfo in DER, rsaEncryption with NULL (ledger format section 6, <c>rsa_spki</c>).</summary>
    public ReadOnlyMemory<byte> CanonicalSpki => spki;

    /// <summary>The PEM of <see cref="CanonicalSpki"/>: lines of 64 characters, LF after the last one too (ledger format 6).</summary>
    public string CanonicalPem => PublicKeyPem.WriteSubjectPublicKeyInfo(spki);

    /// <summary>
    /// Reads what a client offers as its key: PEM, <c>BEGIN PUBLIC KEY</c> (SPKI) or <c>BEGIN RSA PUBLIC KEY</c> (PKCS#1). Line ends, line
    /// lengths and white space around the text may be of any kind; apart from that there is one text for each key and label.
    /// </summary>
    /// <param name="pem">The text as received, of any length.</param>
    /// <param name="key">The key; null when the answer is false.</param>
    /// <param name="problem">A sentence for people that quotes nothing of the text; empty when the answer is true.</param>
    public static bool TryParse(string pem, [NotNullWhen(true)] out RsaPublicKey? key, out string problem)
    {
        key = null;
        if (!PublicKeyPem.TryRead(pem, out PublicKeyEncoding encoding, out byte[]? der, out problem))
        {
            return false;
        }

        bool isDer = encoding == PublicKeyEncoding.Pkcs1
            ? RsaPublicKeyDer.TryReadPkcs1(der, out ReadOnlyMemory<byte> modulus, out ReadOnlyMemory<byte> exponent, out problem)
            : RsaPublicKeyDer.TryReadSubjectPublicKeyInfo(der, out modulus, out exponent, out problem);
        if (!isDer || !TryJudge(modulus.Span, exponent.Span, out RsaPublicKey? judged, out problem))
        {
            return false;
        }

        if (HasSmallFactor(modulus.Span))
        {
            problem = RsaPublicKeyProblem.Modulus;
            return false;
        }

        key = judged;
        return true;
    }

    /// <summary>
    /// Reads a key back from the ledger. It asks for the form and the bounds of the protocol, not for small factors: that is a judgement
    /// at the door, and a stricter door must not make old ledgers unreadable.
    /// </summary>
    /// <exception cref="InvalidDataException">The bytes are not what <see cref="CanonicalSpki"/> gives for an accepted key.</exception>
    public static RsaPublicKey FromCanonicalSpki(ReadOnlySpan<byte> der)
    {
        if (RsaPublicKeyDer.TryReadSubjectPublicKeyInfo(der.ToArray(), out ReadOnlyMemory<byte> modulus, out ReadOnlyMemory<byte> exponent, out _)
            && TryJudge(modulus.Span, exponent.Span, out RsaPublicKey? key, out _)
            && key.spki.AsSpan().SequenceEqual(der))
        {
            return key;
        }

        throw new InvalidDataException("The stored bytes are not the canonical SubjectPublicKeyInfo of an RSA public key.");
    }

    /// <inheritdoc/>
    public bool Equals(RsaPublicKey? other) => other is not null && spki.AsSpan().SequenceEqual(other.spki);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RsaPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new HashCode();
        hash.AddBytes(spki);
        return hash.ToHashCode();
    }

    // Minimal two's complement: a first byte of zero carries the sign of a number whose highest bit is set.
    private static bool TryJudge(
        ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent, [NotNullWhen(true)] out RsaPublicKey? key, out string problem)
    {
        key = null;
        bool negative = (modulus[0] & 0x80) != 0;
        modulus = modulus.TrimStart((byte)0);
        int bits = modulus.IsEmpty ? 0 : (modulus.Length * 8) - (BitOperations.LeadingZeroCount(modulus[0]) - 24);
        if (!negative && bits is < MinBits or > MaxBits)
        {
            problem = RsaPublicKeyProblem.Size;
        }
        else if (negative || (modulus[^1] & 1) == 0)
        {
            problem = RsaPublicKeyProblem.Modulus;
        }
        else if (!IsAcceptedExponent(exponent))
        {
            problem = RsaPublicKeyProblem.Exponent;
        }
        else
        {
            problem = "";
            key = new RsaPublicKey(RsaPublicKeyDer.WriteSubjectPublicKeyInfo(modulus, exponent), bits);
            return true;
        }

        return false;
    }

    // Up to 2^31-1 is up to four bytes with the sign bit clear.
    private static bool IsAcceptedExponent(ReadOnlySpan<byte> exponent)
    {
        if (exponent.Length > 4)
        {
            return false;
        }

        BigInteger value = new BigInteger(exponent, isUnsigned: false, isBigEndian: true);
        return value >= 3 && !value.IsEven;
    }

    private static bool HasSmallFactor(ReadOnlySpan<byte> modulus) =>
        !BigInteger.GreatestCommonDivisor(new BigInteger(modulus, isUnsigned: false, isBigEndian: true), SmallPrimes).IsOne;

    private static BigInteger ProductOfOddPrimesBelow(int bound)
    {
        BigInteger product = BigInteger.One;
        for (int candidate = 3; candidate < bound; candidate += 2)
        {
            // A composite number shares a factor with the product of the primes below it.
            if (BigInteger.GreatestCommonDivisor(product, candidate).IsOne)
            {
                product *= candidate;
            }
        }

        return product;
    }
}
