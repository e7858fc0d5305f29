using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace SecureChat.Ledger.Transparency;

/// <summary>The kinds of note signature that are understood here: the type byte of C2SP signed-note.</summary>
public enum SignatureType
{
    /// <summary>Type 01: Ed25519 over the note's text. What a log signs with.</summary>
    Ed25519 = 1,

    /// <summary>Type 04: Ed25519 over a time and the note's text. What a witness signs with, see <see cref="Cosignature"/>.</summary>
    Cosignature = 4,
}

/// <summary>
/// The public key of a log or witness, under its name.
/// <code>
/// vkey  = keyname "+" hex8(keyid) "+" base64(type || pubkey)
/// keyid = SHA-256(keyname || 0x0A || type || pubkey)[0:4]
/// PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
/// </code>
/// </summary>
public sealed class VerifierKey : IEquatable<VerifierKey>
{
    internal const int PublicKeyLength = 32;
    private const int EncodedLength = 1 + PublicKeyLength;

    private readonly byte[] _publicKey;
    private readonly Ed25519.PublicPoint _point;

    private VerifierKey(string name, SignatureType type, byte[] publicKey, Ed25519.PublicPoint point)
    {
        Name = name;
        Type = type;
        KeyId = ComputeKeyId(name, type, publicKey);
        _publicKey = publicKey;
        _point = point;
    }

    /// <summary>Not empty, without spaces and "+".</summary>
    public string Name { get; }

    /// <summary>What the key signs.</summary>
    public SignatureType Type { get; }

    /// <summary>The four bytes, big-endian, that stand before each signature. An identifier, no fingerprint: collisions are easily made.</summary>
    public uint KeyId { get; }

    /// <summary>The 32 bytes of RFC 8032.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>A key from its name, type and 32 bytes. Refused when they are no point of the prime-order group: such a key would accept forgeries.</summary>
    public static Parsed<VerifierKey> Create(string name, SignatureType type, ReadOnlySpan<byte> publicKey)
    {
        if (!KeyNames.IsValid(name))
        {
            return new Invalid("a key name is not empty and has no spaces, control characters or plus signs");
        }

        if (publicKey.Length != PublicKeyLength)
        {
            return new Invalid("an Ed25519 public key has 32 bytes");
        }

        byte[] bytes = publicKey.ToArray();
        return Ed25519.ValidatePublicKeyFullExport(bytes, 0) is { } point
            ? new VerifierKey(name, type, bytes, point)
            : new Invalid("the bytes are no Ed25519 public key");
    }

    /// <summary>The vkey as text.</summary>
    public string Format()
    {
        Span<byte> encoded = [(byte)Type, .. _publicKey];
        return $"{Name}+{KeyId:x8}+{Convert.ToBase64String(encoded)}";
    }

    /// <summary>A key from its vkey: exactly what <see cref="Format"/> writes.</summary>
    public static Parsed<VerifierKey> Parse(string vkey)
    {
        ArgumentNullException.ThrowIfNull(vkey);
        if (!KeyNames.TrySplit(vkey, out string? name, out uint keyId, out byte[]? encoded))
        {
            return new Invalid("a verifier key is <name>+<8 hexadecimal digits>+<base64>");
        }

        if (encoded is not [(byte)SignatureType.Ed25519 or (byte)SignatureType.Cosignature, ..] || encoded.Length != EncodedLength)
        {
            return new Invalid("a verifier key is of type 01 or 04 and has 32 bytes");
        }

        if (!Create(name, (SignatureType)encoded[0], encoded.AsSpan(1)).TryGet(out VerifierKey? key, out string? reason))
        {
            return new Invalid(reason);
        }

        return key.KeyId == keyId ? key : new Invalid("the key id does not belong to this name and key");
    }

    /// <summary>Whether this key made the signature over a note's text. A signature under another name or key id is none of ours.</summary>
    /// <param name="text">The note's text with its last LF.</param>
    /// <param name="signature">A signature line of the note.</param>
    public bool Verify(string text, NoteSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (!Claims(signature))
        {
            return false;
        }

        return Type switch
        {
            SignatureType.Ed25519 => VerifyEd25519(signature.Bytes.Span, Canonical.Bytes(text)),
            SignatureType.Cosignature => Cosignature.TryTake(signature, out long time, out ReadOnlySpan<byte> ed25519)
                && VerifyEd25519(ed25519, Cosignature.Message(time, text)),
            _ => false,
        };
    }

    /// <summary>Whether a signature line names this key, by name and key id.</summary>
    public bool Claims(NoteSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        return signature.KeyId == KeyId && signature.KeyName == Name;
    }

    /// <inheritdoc/>
    public bool Equals(VerifierKey? other) =>
        other is not null && Name == other.Name && Type == other.Type && _publicKey.AsSpan().SequenceEqual(other._publicKey);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as VerifierKey);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, KeyId);

    /// <summary>The vkey.</summary>
    public override string ToString() => Format();

    private static uint ComputeKeyId(string name, SignatureType type, ReadOnlySpan<byte> publicKey)
    {
        Span<byte> digest = stackalloc byte[Hash.ByteLength];
        SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)type, .. publicKey], digest);
        return BinaryPrimitives.ReadUInt32BigEndian(digest);
    }

    private bool VerifyEd25519(ReadOnlySpan<byte> signature, byte[] message) =>
        signature.Length == Ed25519.SignatureSize
        && Ed25519.Verify(signature.ToArray(), 0, _point, message, 0, message.Length);
}
