using System.Security.Cryptography;
using System.Text;

namespace SecureChat.SystemTests.Harness;

/// <summary>
/// An RSA key of a member. Making one takes long, so that a handful is shared by all tests; the people of one relay have different ones
/// as long as they are fewer than <see cref="PoolSize"/>.
/// </summary>
public sealed class KeyPair
{
    public const int PoolSize = 12;

    private static readonly Lazy<KeyPair>[] Pool = [.. Enumerable.Range(0, PoolSize).Select(_ => new Lazy<KeyPair>(() => new KeyPair(2048)))];

    private readonly Lock signing = new();
    private readonly RSA rsa;

    public KeyPair(int bits)
    {
        rsa = RSA.Create(bits);
        PublicPem = rsa.ExportSubjectPublicKeyInfoPem();
        Pkcs1Pem = rsa.ExportRSAPublicKeyPem();
    }

    /// <summary>SubjectPublicKeyInfo, <c>-----BEGIN PUBLIC KEY-----</c>.</summary>
    public string PublicPem { get; }

    /// <summary>The same key as PKCS#1, <c>-----BEGIN RSA PUBLIC KEY-----</c>.</summary>
    public string Pkcs1Pem { get; }

    /// <summary>The same key as SubjectPublicKeyInfo in DER.</summary>
    public byte[] Spki => rsa.ExportSubjectPublicKeyInfo();

    public string PrivatePem => rsa.ExportPkcs8PrivateKeyPem();

    public static KeyPair FromPool(int number) => Pool[number % PoolSize].Value;

    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256 over the UTF-8 text, in base64.</summary>
    public string Sign(string text) => Sign(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public string Sign(string text, HashAlgorithmName hash, RSASignaturePadding padding)
    {
        lock (signing)
        {
            return Convert.ToBase64String(rsa.SignData(Encoding.UTF8.GetBytes(text), hash, padding));
        }
    }
}

/// <summary>The three values that authenticate a call.</summary>
public sealed record Credentials(string MemberId, string Signature, string Timestamp);
