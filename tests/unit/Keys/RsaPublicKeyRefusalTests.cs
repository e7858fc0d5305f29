using System.Security.Cryptography;
using SecureChat.Ledger.Keys;

namespace SecureChat.UnitTests.Keys;

public class RsaPublicKeyRefusalTests
{
    private const string Begin = "-----BEGIN PUBLIC KEY-----";
    private const string End = "-----END PUBLIC KEY-----";

    public static TheoryData<string, string> Not_one_PEM => new()
    {
        { "nothing", "" },
        { "blanks", " \r\n\t" },
        { "no PEM", "hello" },
        { "the base64 alone", Convert.ToBase64String(SomeKeys.Der(SomeKeys.OpensslSpki)) },
        { "text before", "My key:\n" + SomeKeys.OpensslSpki },
        { "text after", SomeKeys.OpensslSpki + "that was it" },
        { "text after END on its line", SomeKeys.OpensslSpki.TrimEnd() + "x" },
        { "a byte order mark", "\uFEFF" + SomeKeys.OpensslSpki },
        { "a no-break space around", "\u00A0" + SomeKeys.OpensslSpki },
        { "a zero byte after", SomeKeys.OpensslSpki + "\0" },
        { "no BEGIN line", SomeKeys.OpensslSpki[Begin.Length..] },
        { "no END line", SomeKeys.OpensslSpki.Replace(End, "", StringComparison.Ordinal) },
        { "boundary lines that overlap", "-----BEGIN PUBLIC KEY-----END PUBLIC KEY-----" },
        { "boundary lines alone, on one line", Begin + End },
        { "all on one line", SomeKeys.OpensslSpki.Replace("\n", "", StringComparison.Ordinal) },
        { "line ends written as backslash n", SomeKeys.OpensslSpki.Replace("\n", "\\n", StringComparison.Ordinal) },
        { "BEGIN in small letters", SomeKeys.OpensslSpki.ToLowerInvariant() },
        { "other labels at begin and end", SomeKeys.OpensslSpki.Replace(End, "-----END RSA PUBLIC KEY-----", StringComparison.Ordinal) },
        { "an unknown label", SomeKeys.Pem(SomeKeys.Der(SomeKeys.OpensslSpki), "EC PUBLIC KEY") },
        { "a label of its own", SomeKeys.Pem(SomeKeys.Der(SomeKeys.OpensslSpki), "PUBLIC  KEY") },
    };

    public static TheoryData<string, string> Not_plain_base64 => new()
    {
        { "boundary lines alone", $"{Begin}\n{End}\n" },
        { "boundary lines around empty lines", $"{Begin}\n\n\n{End}\n" },
        { "two PEMs", SomeKeys.OpensslSpki + SomeKeys.OpensslSpki },
        { "headers inside", SomeKeys.OpensslSpki.Replace(Begin, Begin + "\nComment: mine\n", StringComparison.Ordinal) },
        { "blanks at the end of a line", SomeKeys.OpensslSpki.Replace("ijo\n", "ijo \n", StringComparison.Ordinal) },
        { "indented lines", SomeKeys.OpensslSpki.Replace("\nu0r", "\n  u0r", StringComparison.Ordinal) },
        { "a tab inside", SomeKeys.OpensslSpki.Replace("\nu0r", "\nu\t0r", StringComparison.Ordinal) },
        { "a character outside the alphabet", SomeKeys.OpensslSpki.Replace("\nu0r", "\nu*r", StringComparison.Ordinal) },
        { "the URL alphabet", SomeKeys.OpensslSpki.Replace('+', '-').Replace('/', '_') },
        { "a character too few", SomeKeys.OpensslSpki.Replace("\nMQIDAQAB", "\nMQIDAQA", StringComparison.Ordinal) },
        { "no padding", SomeKeys.OpensslExponent3.Replace("BAw==", "BAw", StringComparison.Ordinal) },
        { "bits to spare that are set", SomeKeys.OpensslExponent3.Replace("BAw==", "BAx==", StringComparison.Ordinal) },
    };

    public static TheoryData<string, string> Not_DER => new()
    {
        { "SPKI under the label of PKCS#1", SomeKeys.Pem(SomeKeys.Der(SomeKeys.OpensslSpki), "RSA PUBLIC KEY") },
        { "PKCS#1 under the label of SPKI", SomeKeys.Pem(SomeKeys.Der(SomeKeys.OpensslPkcs1)) },
        { "one byte", SomeKeys.Pem([0x30]) },
        { "an empty sequence", SomeKeys.Pem([0x30, 0x00]) },
        { "cut off", SomeKeys.Pem(SomeKeys.Der(SomeKeys.OpensslSpki)[..^1]) },
        { "bytes after the key", SomeKeys.Pem([.. SomeKeys.Der(SomeKeys.OpensslSpki), 0]) },
        { "bytes after the PKCS#1 key", SomeKeys.Pem([.. SomeKeys.Der(SomeKeys.OpensslPkcs1), 0], "RSA PUBLIC KEY") },
        { "bytes after the key inside the bit string", SomeKeys.Pem(SomeKeys.Spki([.. SomeKeys.Der(SomeKeys.OpensslPkcs1), 0])) },
        { "no NULL", SomeKeys.Pem(SomeKeys.Spki(SomeKeys.Der(SomeKeys.OpensslPkcs1), withNull: false)) },
        { "unused bits", SomeKeys.Pem(SomeKeys.Spki(SomeKeys.Pkcs1(SomeKeys.Modulus, 65536), unusedBits: 4)) },
        { "a third integer", SomeKeys.Pem(SomeKeys.Pkcs1(SomeKeys.Modulus, 65537, 1), "RSA PUBLIC KEY") },
        { "the modulus alone", SomeKeys.Pem(SomeKeys.Pkcs1(SomeKeys.Modulus), "RSA PUBLIC KEY") },
        { "indefinite length", SomeKeys.Pem([0x30, 0x80, .. SomeKeys.Der(SomeKeys.OpensslPkcs1)[4..], 0, 0], "RSA PUBLIC KEY") },
        { "a length with a leading zero", SomeKeys.Pem(LongerLength(SomeKeys.Der(SomeKeys.OpensslSpki))) },
        { "a PKCS#1 length with a leading zero", SomeKeys.Pem(LongerLength(SomeKeys.Der(SomeKeys.OpensslPkcs1)), "RSA PUBLIC KEY") },
        { "a modulus with two leading zeros", SomeKeys.Pem(PaddedModulus(0x00), "RSA PUBLIC KEY") },
    };

    public static TheoryData<string, string> Not_RSA => new()
    {
        { "Ed25519", SomeKeys.OpensslEd25519 },
        { "P-256", SomeKeys.OpensslEc },
        { "RSA-PSS", SomeKeys.OpensslRsaPss },
        { "another algorithm around an RSA key", SomeKeys.Pem(SomeKeys.Spki(SomeKeys.Der(SomeKeys.OpensslPkcs1), "2.5.8.1.1")) },
    };

    [Theory]
    [MemberData(nameof(Not_one_PEM))]
    public void Whatever_is_not_exactly_one_PEM_is_refused(string what, string pem) => Refuse(pem, "must be one PEM text", what);

    [Theory]
    [MemberData(nameof(Not_plain_base64))]
    public void Nothing_but_canonical_base64_may_stand_in_the_PEM(string what, string pem) => Refuse(pem, "nothing but the base64", what);

    [Theory]
    [MemberData(nameof(Not_DER))]
    public void Only_strict_DER_of_the_announced_kind_is_a_key(string what, string pem) => Refuse(pem, "not the DER encoding", what);

    [Theory]
    [MemberData(nameof(Not_RSA))]
    public void Other_algorithms_are_refused(string what, string pem) => Refuse(pem, "must be an RSA key (rsaEncryption)", what);

    [Fact]
    public void A_certificate_is_refused_as_one() => Refuse(SomeKeys.OpensslCertificate, "is a certificate");

    [Theory]
    [InlineData(0)]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2047)]
    [InlineData(8193)]
    [InlineData(16384)]
    public void Keys_under_2048_or_over_8192_bits_are_refused(int bits)
    {
        var modulus = bits == 0 ? 0 : SomeKeys.SomeModulus(bits);

        Refuse(SomeKeys.Pem(SomeKeys.Spki(modulus, 65537)), "2048 to 8192 bits");
        Refuse(SomeKeys.Pem(SomeKeys.Pkcs1(modulus, 65537), "RSA PUBLIC KEY"), "2048 to 8192 bits");
    }

    [Fact]
    public void A_text_longer_than_any_key_is_not_read()
    {
        Refuse(SomeKeys.Pem(SomeKeys.Spki(SomeKeys.SomeModulus(65536), 65537)), "longer than any RSA key");
        Refuse(SomeKeys.OpensslSpki + new string(' ', 4096), "longer than any RSA key");
    }

    [Fact]
    public void Even_and_negative_moduli_are_refused()
    {
        Refuse(SomeKeys.Pem(SomeKeys.Spki(SomeKeys.Modulus - 1, 65537)), "modulus must be");
        Refuse(SomeKeys.Pem(SomeKeys.Spki(-SomeKeys.Modulus, 65537)), "modulus must be");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(31)]
    [InlineData(751)]
    public void Moduli_with_small_factors_are_refused(int factor) =>
        Refuse(SomeKeys.Pem(SomeKeys.Spki(SomeKeys.SomeModulus(2050) * factor, 65537)), "modulus must be");

    [Theory]
    [InlineData(-65537)]
    [InlineData(-3)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(65536)]
    [InlineData(2147483648)]
    [InlineData(2147483649)]
    [InlineData(4294967297)]
    [InlineData(long.MaxValue)]
    public void Exponents_that_are_even_or_outside_3_to_2147483647_are_refused(long exponent) =>
        Refuse(SomeKeys.Pem(SomeKeys.Spki(SomeKeys.Modulus, exponent)), "public exponent must be");

    [Fact]
    public void A_private_key_is_refused_with_a_warning_that_it_is_compromised()
    {
        using var rsa = RSA.Create(2048);
        using var large = RSA.Create(4096);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string[] privateKeys =
        [
            rsa.ExportPkcs8PrivateKeyPem(),
            rsa.ExportRSAPrivateKeyPem(),
            rsa.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)),
            ec.ExportECPrivateKeyPem(),
            "text before\n" + rsa.ExportPkcs8PrivateKeyPem(),
            SomeKeys.OpensslSpki + rsa.ExportRSAPrivateKeyPem(),
            large.ExportPkcs8PrivateKeyPem() + new string('\n', 5000),
            SomeKeys.Pem(new byte[200], "OPENSSH PRIVATE KEY"),
            SomeKeys.Pem(new byte[200], "PGP PRIVATE KEY BLOCK"),
        ];

        foreach (var pem in privateKeys)
        {
            RefusePrivateKey(pem);
        }
    }

    [Fact]
    public void A_private_key_under_a_public_label_is_recognised()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        RefusePrivateKey(SomeKeys.Pem(rsa.ExportRSAPrivateKey(), "RSA PUBLIC KEY"));
        RefusePrivateKey(SomeKeys.Pem(rsa.ExportPkcs8PrivateKey(), "PUBLIC KEY"));
        RefusePrivateKey(SomeKeys.Pem(rsa.ExportPkcs8PrivateKey(), "RSA PUBLIC KEY"));
        RefusePrivateKey(SomeKeys.Pem(rsa.ExportRSAPrivateKey(), "PUBLIC KEY"));
        RefusePrivateKey(SomeKeys.Pem(ec.ExportECPrivateKey(), "PUBLIC KEY"));
    }

    private static void RefusePrivateKey(string pem)
    {
        var sentence = Refuse(pem, "compromised");
        var beginnings = pem.Split('\n').Where(line => line.Length > 20 && !line.StartsWith('-')).Select(line => line[..8]);
        beginnings.ShouldAllBe(beginning => !sentence.Contains(beginning, StringComparison.Ordinal));
    }

    private static string Refuse(string pem, string words, string? what = null)
    {
        RsaPublicKey.TryParse(pem, out var key, out var problem).ShouldBeFalse(what);
        key.ShouldBeNull(what);
        problem.ShouldContain(words, Case.Sensitive, what);
        return problem;
    }

    // 30 82 xx yy -> 30 83 00 xx yy
    private static byte[] LongerLength(byte[] der) => [der[0], 0x83, 0x00, .. der[2..]];

    // The modulus of a PKCS#1 key of 2048 bits stands behind 30 82 .. .. 02 82 01 01 and starts with its sign byte already.
    private static byte[] PaddedModulus(byte padding)
    {
        var der = SomeKeys.Der(SomeKeys.OpensslPkcs1);
        return [0x30, 0x82, der[2], (byte)(der[3] + 1), 0x02, 0x82, 0x01, 0x02, padding, .. der[8..]];
    }
}
