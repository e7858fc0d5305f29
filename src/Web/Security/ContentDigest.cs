using System.Security.Cryptography;

namespace SecureChat.Web.Security;

/// <summary>What a body must hash to, as its sender has signed it (RFC 9530). Whoever reads the body compares.</summary>
/// <param name="Sha256">Or null when it is not named.</param>
/// <param name="Sha512">Or null when it is not named.</param>
internal sealed record ContentDigest(byte[]? Sha256, byte[]? Sha512)
{
    /// <summary>The digests of a <c>Content-Digest</c> header; null when there is none that we know, or one is not in its form.</summary>
    public static ContentDigest? Parse(string header)
    {
        byte[]? sha256 = null;
        byte[]? sha512 = null;
        foreach ((string key, string value) in HeaderDictionary.Read(header))
        {
            ref byte[]? digest = ref sha256;
            int length = SHA256.HashSizeInBytes;
            if (key == "sha-512")
            {
                digest = ref sha512;
                length = SHA512.HashSizeInBytes;
            }
            else if (key != "sha-256")
            {
                continue;
            }

            if (digest is not null || HeaderDictionary.Bytes(value) is not { } bytes || bytes.Length != length)
            {
                return null;
            }

            digest = bytes;
        }

        return sha256 is null && sha512 is null ? null : new ContentDigest(sha256, sha512);
    }

    /// <summary>Whether a body has every digest that is named.</summary>
    public bool IsOf(ReadOnlySpan<byte> body) =>
        (Sha256 is null || SHA256.HashData(body).AsSpan().SequenceEqual(Sha256))
        && (Sha512 is null || SHA512.HashData(body).AsSpan().SequenceEqual(Sha512));
}
