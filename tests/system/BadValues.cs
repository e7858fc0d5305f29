using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace SecureChat.SystemTests;

/// <summary>Ids, names and keys that no server should take, for whoever offers them.</summary>
public static class BadValues
{
    private static readonly KeyPair Good = KeyPair.FromPool(0);

    /// <summary>Field, value, and why it is bad.</summary>
    public static TheoryData<string, string, string> Identities()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (value, why) in Ids)
        {
            data.Add("id", value, why);
        }

        foreach (var (value, why) in Names)
        {
            data.Add("display_name", value, why);
        }

        foreach (var (value, why) in RsaKeys())
        {
            data.Add("public_key", value, why);
        }

        foreach (var (value, why) in CurveKeys)
        {
            data.Add("curve25519_public_key", value, why);
        }

        return data;
    }

    /// <summary>Each field of a person with each JSON type that it is not. (Null stands for absent where a field is optional.)</summary>
    public static TheoryData<string, string> WrongTypes()
    {
        var data = new TheoryData<string, string>();
        foreach (var field in new[] { "id", "display_name", "public_key", "curve25519_public_key" })
        {
            foreach (var json in new[] { "1", "-1.5e3", "true", "false", "[]", """["a"]""", "{}", """{"a":1}""" })
            {
                data.Add(field, json);
            }

            if (field != "curve25519_public_key")
            {
                data.Add(field, "null");
            }
        }

        return data;
    }

    private static readonly (string, string)[] Ids =
    [
        ("a:b", "could be taken for a DM channel"),
        ("with space", "outside the alphabet"),
        ("a/b", "outside the alphabet"),
        ("a\nb", "control character"),
        ("a\0b", "U+0000"),
        ("ä", "not ASCII"),
        ("'; DROP TABLE members; --", "outside the alphabet"),
        (new string('a', 65), "65 characters"),
        (new string('a', 10_000), "10,000 characters"),
    ];

    private static readonly (string, string)[] Names =
    [
        ("   ", "nothing but blanks"),
        (new string('n', 65), "65 characters"),
        (string.Concat(Enumerable.Repeat("\U0001F468\u200D\U0001F469\u200D\U0001F467", 20)), "more than 256 bytes"),
        ("a\nb", "line feed"),
        ("a\tb", "tab"),
        ("a\0b", "U+0000"),
        ("a\u0085b", "C1 control"),
        ("a\u001bb", "escape"),
        ("a\u202Eb", "right-to-left override"),
        ("a\u2066b", "directional isolate"),
        ("a\uE000b", "private use"),
        ("a\u0378b", "unassigned"),
        ("a\uFFFFb", "noncharacter"),
        ("a\u200Bb", "zero-width space"),
        ("a\u200Db", "joiner between Latin letters"),
        ("\u200D", "a joiner alone"),
    ];

    private static readonly (string, string)[] CurveKeys =
    [
        ("not base64!", "not base64"),
        (Convert.ToBase64String(new byte[31]), "31 bytes"),
        (Convert.ToBase64String(RandomNumberGenerator.GetBytes(31)), "31 bytes"),
        (Convert.ToBase64String(RandomNumberGenerator.GetBytes(34)), "34 bytes"),
        (Convert.ToBase64String([0x06, .. RandomNumberGenerator.GetBytes(32)]), "33 bytes with another first byte"),
        (Convert.ToBase64String(new byte[32]), "low order: zero"),
        (Convert.ToBase64String([1, .. new byte[31]]), "low order: one"),
        (Convert.ToBase64String([0x05, .. new byte[32]]), "low order: zero, with the type byte"),
        (Convert.ToBase64String(Convert.FromHexString("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")), "low order: order 8"),
        (Convert.ToBase64String(Convert.FromHexString("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")), "low order: order 8"),
        (Convert.ToBase64String(Convert.FromHexString("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")), "low order: p - 1"),
        (Convert.ToBase64String(Convert.FromHexString("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")), "low order: p"),
        (Convert.ToBase64String(Convert.FromHexString("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")), "low order: p + 1"),
    ];

    private static IEnumerable<(string Pem, string Why)> RsaKeys()
    {
        var parameters = ParametersOf(Good);
        using var small = RSA.Create(1024);
        using var elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        yield return ("no key", "no PEM");
        yield return (Good.PublicPem.Replace("PUBLIC", "GREAT", StringComparison.Ordinal), "another label");
        yield return (Good.PublicPem[..^40] + "\n-----END PUBLIC KEY-----", "cut short");
        yield return (Good.PublicPem.Replace("\nMII", "\n!!!", StringComparison.Ordinal), "not base64");
        yield return (Good.PublicPem + "\n" + KeyPair.FromPool(1).PublicPem, "two keys");
        yield return ("junk\n" + Good.PublicPem, "something before it");
        yield return (Good.PublicPem + "\njunk", "something after it");
        yield return (Good.PrivatePem, "a private key");
        yield return (small.ExportSubjectPublicKeyInfoPem(), "1024 bits");
        yield return (elliptic.ExportSubjectPublicKeyInfoPem(), "not RSA");
        yield return (Pkcs1(parameters.Modulus!, [1]), "exponent 1");
        yield return (Pkcs1(parameters.Modulus!, [2]), "even exponent");
        yield return (Pkcs1(parameters.Modulus!, [0x01, 0, 0, 0, 0x01]), "exponent above 2^31-1");
        yield return (Pkcs1([.. parameters.Modulus![..^1], (byte)(parameters.Modulus![^1] & 0xFE)], parameters.Exponent!), "even modulus");
        yield return (Pkcs1([0xC1, .. RandomNumberGenerator.GetBytes(2046), 0x01], parameters.Exponent!), "16,384 bits");
        yield return (new string('A', 60_000), "60,000 characters of nothing");
    }

    private static RSAParameters ParametersOf(KeyPair pair)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pair.PublicPem);
        return rsa.ExportParameters(includePrivateParameters: false);
    }

    private static string Pkcs1(byte[] modulus, byte[] exponent)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(modulus, isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(exponent, isUnsigned: true, isBigEndian: true));
        }

        return PemEncoding.WriteString("RSA PUBLIC KEY", writer.Encode());
    }
}
