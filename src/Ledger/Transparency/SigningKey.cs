using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// The private key of a log.
/// <code>
/// skey = "PRIVATE+KEY+" keyname "+" hex8(keyid) "+" base64(0x01 || 32-byte seed)
/// </code>
/// The key id is that of the public key. The same seed may also cosign as a witness, see <see cref="Cosignature"/>.
/// </summary>
public sealed class SigningKey
{
    /// <summary>The number of bytes of a seed.</summary>
    public const int SeedLength = 32;

    private const string Prefix = "PRIVATE+KEY+";

    private readonly Ed25519PrivateKeyParameters _privateKey;

    private SigningKey(Ed25519PrivateKeyParameters privateKey, VerifierKey verifierKey)
    {
        _privateKey = privateKey;
        VerifierKey = verifierKey;
    }

    /// <summary>The public half, type 01.</summary>
    public VerifierKey VerifierKey { get; }

    /// <summary>A key from 32 secret random bytes, which the caller draws.</summary>
    /// <exception cref="ArgumentException">The name cannot be a key name, or the seed is not 32 bytes.</exception>
    public static SigningKey FromSeed(string name, ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedLength)
        {
            throw new ArgumentException("a seed has 32 bytes", nameof(seed));
        }

        Ed25519PrivateKeyParameters privateKey = new Ed25519PrivateKeyParameters(seed);
        Parsed<VerifierKey> created = VerifierKey.Create(name, SignatureType.Ed25519, privateKey.GeneratePublicKey().GetEncoded());
        return created.TryGet(out VerifierKey? verifierKey, out string? reason)
            ? new SigningKey(privateKey, verifierKey)
            : throw new ArgumentException(reason, nameof(name));
    }

    /// <summary>The skey as text: a secret, for the key file and nothing else.</summary>
    public string FormatSecret()
    {
        Span<byte> encoded = [(byte)SignatureType.Ed25519, .. _privateKey.GetEncoded()];
        return $"{Prefix}{VerifierKey.Name}+{VerifierKey.KeyId:x8}+{Convert.ToBase64String(encoded)}";
    }

    /// <summary>A key from its skey: exactly what <see cref="FormatSecret"/> writes.</summary>
    public static Parsed<SigningKey> Parse(string skey)
    {
        ArgumentNullException.ThrowIfNull(skey);
        if (!skey.StartsWith(Prefix, StringComparison.Ordinal)
            || !KeyNames.TrySplit(skey[Prefix.Length..], out string? name, out uint keyId, out byte[]? encoded)
            || !KeyNames.IsValid(name))
        {
            return new Invalid("a signing key is PRIVATE+KEY+<name>+<8 hexadecimal digits>+<base64>");
        }

        if (encoded is not [(byte)SignatureType.Ed25519, ..] || encoded.Length != 1 + SeedLength)
        {
            return new Invalid("a signing key is of type 01 and has 32 bytes");
        }

        SigningKey key = FromSeed(name, encoded.AsSpan(1));
        return key.VerifierKey.KeyId == keyId ? key : new Invalid("the key id does not belong to this name and key");
    }

    /// <summary>Signs a note's text, type 01. Ed25519 is deterministic: the same text gives the same signature.</summary>
    /// <param name="text">The text with its last LF.</param>
    public NoteSignature Sign(string text) => new(VerifierKey.Name, VerifierKey.KeyId, SignBytes(Canonical.Bytes(text)));

    /// <summary>The key's name; never the secret.</summary>
    public override string ToString() => VerifierKey.Name;

    internal byte[] SignBytes(byte[] message)
    {
        byte[] signature = new byte[Ed25519.SignatureSize];
        _privateKey.Sign(Ed25519.Algorithm.Ed25519, null, message, 0, message.Length, signature, 0);
        return signature;
    }
}
