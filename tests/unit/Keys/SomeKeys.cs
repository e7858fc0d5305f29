using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace SecureChat.UnitTests.Keys;

/// <summary>Keys as other programs wrote them, and a writer for keys that no program would write.</summary>
internal static class SomeKeys
{
    /// <summary><c>openssl genrsa 2048 | openssl rsa -pubout</c>; node-forge and Node.js write the same but for the line ends.</summary>
    internal const string OpensslSpki = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA30vtipKTVesc2+WAuijo
        gLZZm5ZO6Gz0YieCX8NrI0arpOPmfqHgnz1RNq/xTkh7C9OjXuflwO2aXIo2S0ki
        u0rIjN3CN37aAJyX8lpyBXtkyE9JgwRHRjeYFSWslhK9k0NKzTCvowNJ/6D9B5pL
        CIblGV9nUnWOvVKwrib22gM0SfHm5w//+qFpJQujSgDnOs6p9D1LyvLC7CK+1g+8
        t5bWQtKufyilmR6F8H6kudRXt2ctvpwVfKjhKcmVpfBTEgeUFYAaBA2xJYlvkkzd
        SspqU0ostxJaS6cSgsqaXy63Wum78izuNXpYzB1NIgJ76tBpbZQpZnXiEYIKtUmm
        MQIDAQAB
        -----END PUBLIC KEY-----

        """;

    /// <summary>The key of <see cref="OpensslSpki"/> by <c>openssl rsa -RSAPublicKey_out</c>.</summary>
    internal const string OpensslPkcs1 = """
        -----BEGIN RSA PUBLIC KEY-----
        MIIBCgKCAQEA30vtipKTVesc2+WAuijogLZZm5ZO6Gz0YieCX8NrI0arpOPmfqHg
        nz1RNq/xTkh7C9OjXuflwO2aXIo2S0kiu0rIjN3CN37aAJyX8lpyBXtkyE9JgwRH
        RjeYFSWslhK9k0NKzTCvowNJ/6D9B5pLCIblGV9nUnWOvVKwrib22gM0SfHm5w//
        +qFpJQujSgDnOs6p9D1LyvLC7CK+1g+8t5bWQtKufyilmR6F8H6kudRXt2ctvpwV
        fKjhKcmVpfBTEgeUFYAaBA2xJYlvkkzdSspqU0ostxJaS6cSgsqaXy63Wum78izu
        NXpYzB1NIgJ76tBpbZQpZnXiEYIKtUmmMQIDAQAB
        -----END RSA PUBLIC KEY-----

        """;

    /// <summary><c>openssl genrsa -3 2048 | openssl rsa -RSAPublicKey_out</c>: the exponent is 3.</summary>
    internal const string OpensslExponent3 = """
        -----BEGIN RSA PUBLIC KEY-----
        MIIBCAKCAQEAs+kIMagOy/5Z4ocCQ47guNPYNqCJfcVSViHkdQvi7e9Rm0K4QwWq
        ATED02Xs6QWTYcZss7eePY95FTPoRJH+ANyF8C8aDtiEI62Stb9RGwZW3REdFrK7
        FjjT0RL39oJkZCNUNMQD4cBRLonW8rkXanhUqK397y7JK8/hLslZ3P6U3rj7/XeK
        Qsnh8tXCezB5KSGDU6aM2JDWeJunU36fCoFbsMVgG6mf9hKsBpJrwuCwzzTEwMn3
        I2xzeuDxjKsgAxGoVHTmXRHNh3fdh9nQk3io6Rs5CPC6JSbF085dmd1tvsqrS840
        ZedGevLl5myQF7GE5obt5PyQrvwczzsRhwIBAw==
        -----END RSA PUBLIC KEY-----

        """;

    /// <summary>A modulus of 2054 bits: its length is no whole number of bytes.</summary>
    internal const string Openssl2054Bits = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEuZhjBOdO3qxis4i7d552F
        xmeLEt/XgC8s7LmUldw2cAb3AK8ide3Tx1KXFH7+dE2pCrVgOh4181KVE0bRtLMo
        5ZBgiJ+Afmwu6CsqsHX/YJ5ycY7/vYM2ZptQPtZc6dGQ02v1+dEFfVfeiPmnMd4g
        uIbk9FREAIP+r8zMEWEmJDaRDKBmjZmUSLbFW3Lr0bVkOnD/TJI+yxEyDMeapSiZ
        cD4Ai00rPMn58FkGUGt/Xulv7ZrMKG9UWsq/oajrue45n7vgfd7ws717EhNgr4KN
        cRRCjO9AaFRguXqS0kmTiHxW6hSxtDmlq6o/Plc0q5n3b1ArPQxn7hqm/bAwxX7c
        0wIDAQAB
        -----END PUBLIC KEY-----

        """;

    /// <summary>By <see cref="Openssl2054Bits"/>, <c>openssl dgst -sha256 -sign</c>, of the login of member "a" at 1790000000000.</summary>
    internal const string SignatureBy2054Bits =
        "BYu5pVHRqZwwCBxFzmP4Ihjzqubjl2RfVCbNxGhTiE1E8qFRsAzsF2yYrvTI1/wg43t9SnjxbDw3+/X56z1qevtE3MBXOqafy5Ip" +
        "RVQYmwXS72siXXKKLIwaoQGmag0AnRhSkXUFmoITLw4zBeVUV2gDYBerSp7Qt4PKzNMhqSjgwvXCT7rp9MN+6QkOn+CiLAwJi/IH" +
        "qd/MOG7pmxq0y77EXl16mEn1SHChq3bVlbZ6Z1ektfmSWPbykG1aD31o1l7XwQwETd7DfJkGSdrcQr6L/Cj8oMm11AhO4H2qCN1u" +
        "JnUTuY0E5Jv+H0fDCymWbQddrIT2/TNEKW/6GjXorzc=";

    /// <summary><c>openssl genpkey -algorithm ed25519 | openssl pkey -pubout</c>.</summary>
    internal const string OpensslEd25519 = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAaj7kb8e+Gj3aDlA8Dr3GsDQ3y7kdtQiWH3KTnF5yO9I=
        -----END PUBLIC KEY-----

        """;

    /// <summary><c>openssl ecparam -name prime256v1 -genkey | openssl ec -pubout</c>.</summary>
    internal const string OpensslEc = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEHFjQsecFqf0maEtIDgC9Gi/nBx6C
        IyfzKPPy+czI8qFndxvWR7aNE8fLc9Ahy+ktpEw0mNDJ5u3svz76WNYzVg==
        -----END PUBLIC KEY-----

        """;

    /// <summary><c>openssl genpkey -algorithm rsa-pss</c>: an RSA key that may not sign with PKCS#1 v1.5.</summary>
    internal const string OpensslRsaPss = """
        -----BEGIN PUBLIC KEY-----
        MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAKiQQGjj5od9Ti4YU2ptwS8u
        tPC9DL3C+wmBVme1vNk11pl99c/sKc+Fb+PZY4VAF5DyYq8QJAvTbpFFUkuhFNAL
        SGU0VklA0fsS1kPhZUV6qabiVW59Ls0X3jNsBFVWXlj8RA66BAVFXV1BcjrFpTkE
        7vAhuzVmh1S8ym1Jjrsjlz+6GLML9fRU0RDB3qWZJAUqTx+NfQOCMm+uD4YSjFH2
        v6hamRCaEcL/San6Oa47uK81UjJkOSuS7CArC1ULXJ5rvNJQOq1gArtSdwJgHVib
        uQPNjK8pRx5qBvepjWt540mmVotBZ2CBaGXaJOAW9fSgIusUKadnrpyepLFeskkC
        AwEAAQ==
        -----END PUBLIC KEY-----

        """;

    /// <summary><c>openssl req -x509</c>.</summary>
    internal const string OpensslCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIC+TCCAeGgAwIBAgIUE9kSDOzjdvvsUgLSCuD7ZqcC4WYwDQYJKoZIhvcNAQEL
        BQAwDDEKMAgGA1UEAwwBeDAeFw0yNjExMjMxMDE3MzdaFw0yNjExMjQxMDE3Mzda
        MAwxCjAIBgNVBAMMAXgwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDf
        S+2KkpNV6xzb5YC6KOiAtlmblk7obPRiJ4Jfw2sjRquk4+Z+oeCfPVE2r/FOSHsL
        06Ne5+XA7ZpcijZLSSK7SsiM3cI3ftoAnJfyWnIFe2TIT0mDBEdGN5gVJayWEr2T
        Q0rNMK+jA0n/oP0HmksIhuUZX2dSdY69UrCuJvbaAzRJ8ebnD//6oWklC6NKAOc6
        zqn0PUvK8sLsIr7WD7y3ltZC0q5/KKWZHoXwfqS51Fe3Zy2+nBV8qOEpyZWl8FMS
        B5QVgBoEDbEliW+STN1KympTSiy3ElpLpxKCyppfLrda6bvyLO41eljMHU0iAnvq
        0GltlClmdeIRggq1SaYxAgMBAAGjUzBRMB0GA1UdDgQWBBR3CyOFmUJXGO9AmKRC
        30b6cMLJezAfBgNVHSMEGDAWgBR3CyOFmUJXGO9AmKRC30b6cMLJezAPBgNVHRMB
        Af8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQCv7Mcqf+fA1atckaChBYPJ4avL
        ZbfnoL6I9x0iukPdNlnoQ/HEFxjCgINoKqrAJhdl9GPEJEhWyZax8nP4Z5/0+b0I
        po3Ah14G6yR+jPTlfrfiJ25Z7/7Ws2Zes8mOl592om6Q/oGHdXh+oB/9FBVA9ZiG
        xT5s7+wP+B7LbZJFJWDFJon6mM5joknY9q/UjNzdVh3BnlTcAymEWatp3S06p2yK
        i/u3rgr2cRSvCWFXShv1VeuHOQ5ULlfmIg4nm2WVTfqKuSpWrLRV9jOzQOEBUrxG
        DE9w7jf0bZNTwFLrjrioAri5Zeb6mZqTtHnhFjZAjD1ic4P6dYjSJwE1Lb70
        -----END CERTIFICATE-----

        """;

    /// <summary>The modulus of <see cref="OpensslSpki"/>.</summary>
    internal static readonly BigInteger Modulus = ModulusOf(OpensslSpki);

    /// <summary>An odd number of exactly <paramref name="bits"/> bits without small factors: 2^(bits-1) + a little.</summary>
    internal static BigInteger SomeModulus(int bits)
    {
        var candidate = (BigInteger.One << (bits - 1)) + 1;
        while (Enumerable.Range(3, 750).Any(divisor => candidate % divisor == 0))
        {
            candidate += 2;
        }

        return candidate;
    }

    /// <summary>SPKI of any two integers, which may be no key at all.</summary>
    internal static byte[] Spki(BigInteger modulus, BigInteger exponent) => Spki(Pkcs1(modulus, exponent));

    /// <summary>SPKI around any content of the bit string.</summary>
    internal static byte[] Spki(byte[] content, string algorithm = "1.2.840.113549.1.1.1", bool withNull = true, int unusedBits = 0)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(algorithm);
                if (withNull)
                {
                    writer.WriteNull();
                }
            }

            writer.WriteBitString(content, unusedBits);
        }

        return writer.Encode();
    }

    /// <summary>PKCS#1 of any integers, normally modulus and exponent.</summary>
    internal static byte[] Pkcs1(params BigInteger[] integers)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var integer in integers)
            {
                writer.WriteInteger(integer);
            }
        }

        return writer.Encode();
    }

    /// <summary>PEM of any bytes.</summary>
    internal static string Pem(byte[] der, string label = "PUBLIC KEY", int width = 64, string lineEnd = "\n")
    {
        var lines = Convert.ToBase64String(der).Chunk(width).Select(line => new string(line));
        return string.Join(lineEnd, [$"-----BEGIN {label}-----", .. lines, $"-----END {label}-----", ""]);
    }

    /// <summary>The bytes inside a PEM.</summary>
    internal static byte[] Der(string pem)
    {
        var fields = PemEncoding.Find(pem);
        return Convert.FromBase64String(pem[fields.Base64Data]);
    }

    private static BigInteger ModulusOf(string pem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return new BigInteger(rsa.ExportParameters(includePrivateParameters: false).Modulus, isUnsigned: true, isBigEndian: true);
    }
}
