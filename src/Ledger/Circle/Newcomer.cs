using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Circle;

/// <summary>
/// The person in an event: what a founder or a requester sent. Each half stands in an addendum of its own beside the entry,
/// so that it can be erased without touching the entry; it is null when that was done.
/// </summary>
/// <param name="Profile">Id and name.</param>
/// <param name="Keys">Public keys.</param>
/// <param name="Proof">The newcomer's own statement, when it was signed.</param>
public sealed record Newcomer(Profile? Profile, MemberKeys? Keys, Proof? Proof = null)
{
    /// <summary>The name as it was sent; empty where it was erased.</summary>
    public string DisplayName => Profile?.DisplayName ?? "";

    /// <summary>The addenda exactly as the newcomer made and signed them; null when the relay is to make them.</summary>
    public SealedAddenda? Sealed { get; init; }
}

/// <summary>Bytes of addenda that somebody has signed by their digests, so that nobody may write them anew.</summary>
/// <param name="Profile">The profile addendum.</param>
/// <param name="Keys">The keys addendum.</param>
public sealed record SealedAddenda(byte[] Profile, byte[] Keys);

/// <summary>A statement with its signature, as it is kept beside the entry that rests on it.</summary>
/// <param name="Statement">The exact text.</param>
/// <param name="Signature">RSASSA-PKCS1-v1_5-SHA256, in base64.</param>
public sealed record Proof(string Statement, string Signature)
{
    /// <summary>There was one, and it was erased.</summary>
    public static readonly Proof Erased = new("", "");
}

/// <summary>Who somebody says to be.</summary>
/// <param name="MemberId">1 to 64 characters from <c>A-Za-z0-9._-</c>, chosen by the client.</param>
/// <param name="DisplayName">The name exactly as it was sent.</param>
public sealed record Profile(string MemberId, string DisplayName);

/// <summary>Somebody's public keys.</summary>
/// <param name="RsaSpki">Base64 of the canonical SubjectPublicKeyInfo (DER); two of them are the same key if and only if they are equal.</param>
/// <param name="Curve25519">The Curve25519 key as it was sent, or empty.</param>
/// <param name="PublicKey">The PEM text as it was sent, which is what clients read back.</param>
public sealed record MemberKeys(string RsaSpki, string Curve25519, string PublicKey)
{
    /// <summary>SHA-256 of <see cref="RsaSpki"/>, by which a key is known again.</summary>
    public Hash RsaKeyDigest => new(SHA256.HashData(Encoding.ASCII.GetBytes(RsaSpki)));
}
