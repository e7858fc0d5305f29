using System.Security.Cryptography;
using SecureChat.Ledger.Keys;

namespace SecureChat.FuzzTests;

/// <summary>The keys that strangers bring, and the base64 around them.</summary>
internal static class KeyTargets
{
    /// <summary>A made key, the same in each run: what is found with it can be found again.</summary>
    public const string SomeCurve25519 = "KCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCg=";

    private static readonly Lazy<string> Pem = new(() =>
    {
        byte[] modulus = new byte[256];
        modulus.AsSpan().Fill(0xD5);
        using RSA rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = [1, 0, 1] });
        return rsa.ExportSubjectPublicKeyInfoPem() + "\n";
    });

    public static string SomePem => Pem.Value;

    public static Target Rsa => new("public-key", ReadRsa, SeedsOfRsa);

    public static Target Curve25519 => new("curve25519-key", ReadCurve25519, () => new[] { SomeCurve25519, "BQ" + new string('A', 42) }.Select(Target.Bytes));

    public static Target Base64 => new("base64", ReadBase64, () => new[] { "", "AA==", "AAA=", "+/+/" }.Select(Target.Bytes));

    private static void ReadRsa(byte[] input)
    {
        bool taken = RsaPublicKey.TryParse(Target.Text(input), out RsaPublicKey? key, out string problem);
        Target.Must(taken == (problem.Length == 0) && taken == key is not null, "there is a key or a sentence");
        if (key is null)
        {
            return;
        }

        Target.Must(key.Bits is >= 2048 and <= 8192, "the length is within the bounds");
        Target.Must(RsaPublicKey.FromCanonicalSpki(key.CanonicalSpki.Span).Equals(key), "it reads back from the ledger");
        Target.Must(RsaPublicKey.TryParse(key.CanonicalPem, out RsaPublicKey? again, out _) && again.Equals(key), "its canonical PEM is the same key");
        using RSA rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.CanonicalSpki.Span, out int read);
        Target.Must(read == key.CanonicalSpki.Length && rsa.KeySize == key.Bits, "to .NET it is the same key");
    }

    private static void ReadCurve25519(byte[] input)
    {
        bool taken = Ledger.Keys.Curve25519PublicKey.TryParse(Target.Text(input), out Curve25519PublicKey? key, out string problem);
        Target.Must(taken == (problem.Length == 0) && taken == key is not null, "there is a key or a sentence");
        Target.Must(key is null || key.Coordinate.Length == 32, "a key has 32 bytes");
    }

    private static void ReadBase64(byte[] input)
    {
        string text = Target.Text(input);
        if (CanonicalBase64.TryDecode(text, out byte[] bytes))
        {
            Target.Must(Convert.ToBase64String(bytes) == text, "there is one text for the bytes");
        }

        Span<byte> space = stackalloc byte[64];
        if (CanonicalBase64.TryDecode((ReadOnlySpan<byte>)input, space, out int written))
        {
            Target.Must(Convert.ToBase64String(space[..written]) == text, "there is one text for the bytes");
        }
    }

    private static IEnumerable<byte[]> SeedsOfRsa()
    {
        using RSA rsa = RSA.Create();
        rsa.ImportFromPem(SomePem);
        yield return Target.Bytes(SomePem);
        yield return Target.Bytes(SomePem.ReplaceLineEndings("\r\n"));
        yield return Target.Bytes(rsa.ExportRSAPublicKeyPem());
        yield return "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"u8.ToArray();
    }
}
