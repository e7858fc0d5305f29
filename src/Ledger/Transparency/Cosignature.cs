using System.Buffers.Binary;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// What a witness puts under a checkpoint (C2SP tlog-cosignature, note signature type 04): it saw this tree at this time, and it
/// follows from every tree it saw before.
/// <code>
/// signature = uint64-BE seconds || Ed25519 signature, 64 bytes, over:
/// cosignature/v1 LF
/// time 1679315147 LF
/// example.com/behind-the-sofa LF
/// 20852163 LF
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I= LF
/// </code>
/// </summary>
public static class Cosignature
{
    private const int TimeLength = sizeof(ulong);

    /// <summary>The bytes that a witness signs.</summary>
    /// <param name="time">Seconds since the Unix epoch, not negative.</param>
    /// <param name="text">The whole text of the checkpoint, with its last LF.</param>
    public static byte[] Message(long time, string text)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(time);
        return Canonical.Bytes($"cosignature/v1\ntime {Canonical.Decimal(time)}\n{text}");
    }

    /// <summary>The public key under which a seed cosigns: type 04, and so with another key id than when it signs notes.</summary>
    public static VerifierKey VerifierKeyOf(SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return VerifierKey.Create(key.VerifierKey.Name, SignatureType.Cosignature, key.VerifierKey.PublicKey.Span).Value;
    }

    /// <summary>Cosigns the text of a checkpoint.</summary>
    /// <param name="key">The witness's key.</param>
    /// <param name="time">Seconds since the Unix epoch, not negative.</param>
    /// <param name="text">The whole text of the checkpoint, with its last LF.</param>
    public static NoteSignature Sign(SigningKey key, long time, string text)
    {
        VerifierKey verifierKey = VerifierKeyOf(key);
        byte[] blob = new byte[TimeLength + Ed25519.SignatureSize];
        BinaryPrimitives.WriteInt64BigEndian(blob, time);
        key.SignBytes(Message(time, text)).CopyTo(blob, TimeLength);
        return new NoteSignature(verifierKey.Name, verifierKey.KeyId, blob);
    }

    /// <summary>The time a cosignature carries and the Ed25519 signature behind it. Neither may be believed before it was verified.</summary>
    /// <param name="signature">A signature line.</param>
    /// <param name="time">Seconds since the Unix epoch, below 2^63.</param>
    /// <param name="ed25519">64 bytes.</param>
    /// <returns>False if the bytes cannot be a cosignature.</returns>
    public static bool TryTake(NoteSignature signature, out long time, out ReadOnlySpan<byte> ed25519)
    {
        ArgumentNullException.ThrowIfNull(signature);
        ReadOnlySpan<byte> blob = signature.Bytes.Span;
        time = 0;
        ed25519 = default;
        if (blob.Length != TimeLength + Ed25519.SignatureSize)
        {
            return false;
        }

        time = BinaryPrimitives.ReadInt64BigEndian(blob);
        ed25519 = blob[TimeLength..];
        return time >= 0;
    }
}
