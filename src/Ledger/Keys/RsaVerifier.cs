using System.Security.Cryptography;

namespace SecureChat.Ledger.Keys;

/// <summary>
/// Verifies RSASSA-PKCS1-v1_5 signatures with SHA-256 (RFC 8017 section 8.2.2) of one key. Any number of threads may ask at the same
/// time; a verification allocates nothing.
/// </summary>
/// <remarks>
/// <para>
/// Reading the key costs several times as much as verifying with it, so the framework's object is kept. Its documentation does not
/// promise that one object serves two threads (OpenSSL 3 does serve them, as nothing changes the key), so a thread takes an object out of
/// a slot and nobody else has it until it is put back. That costs nothing measurable beside the arithmetic; a lock would queue the threads.
/// </para>
/// <para>
/// There is no Dispose, on purpose. When a member leaves, another thread may be inside <see cref="Verify"/>, and nobody can tell; whoever
/// keeps verifiers simply drops this one, and the framework's finalizer frees the few kilobytes behind each slot after the last use.
/// </para>
/// </remarks>
public sealed class RsaVerifier(RsaPublicKey key)
{
    // One per processor that is likely to verify for the same member in the same microseconds. One more than that is made and thrown away.
    private readonly RSA?[] idle = new RSA?[4];

    /// <summary>The key whose signatures are verified.</summary>
    public RsaPublicKey Key { get; } = key;

    /// <summary>
    /// True if <paramref name="signature"/>, exactly as long as the modulus, is the signature of <paramref name="message"/> by this key.
    /// A DigestInfo without its NULL, which RFC 8017 lets a verifier accept, is refused.
    /// </summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, hash);
        return VerifyHash(hash, signature);
    }

    /// <summary>The same for whoever has hashed the message already.</summary>
    /// <param name="hash">SHA-256 of the message.</param>
    /// <param name="signature">See <see cref="Verify"/>.</param>
    internal bool VerifyHash(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Key.SignatureLength)
        {
            return false;
        }

        RSA rsa = Take();
        bool verified = rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        // Not in a finally: an object that threw is not one to be used again.
        PutBack(rsa);
        return verified;
    }

    private RSA Take()
    {
        foreach (ref RSA? slot in idle.AsSpan())
        {
            if (Interlocked.Exchange(ref slot, null) is { } rsa)
            {
                return rsa;
            }
        }

        RSA made = RSA.Create();
        made.ImportSubjectPublicKeyInfo(Key.CanonicalSpki.Span, out _);
        return made;
    }

    private void PutBack(RSA rsa)
    {
        foreach (ref RSA? slot in idle.AsSpan())
        {
            if (Interlocked.CompareExchange(ref slot, rsa, null) is null)
            {
                return;
            }
        }

        rsa.Dispose();
    }
}
