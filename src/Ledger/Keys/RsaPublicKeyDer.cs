using System.Formats.Asn1;

namespace SecureChat.Ledger.Keys;

/// <summary>
/// DER of RSA public keys, read strictly: minimal lengths and integers, nothing left over, and the NULL that RFC 3279 section 2.3.1
/// demands as the parameters of rsaEncryption (every client library writes it). So a key has one SPKI and one PKCS#1 encoding.
/// </summary>
internal static class RsaPublicKeyDer
{
    private const string RsaEncryption = "1.2.840.113549.1.1.1";

    /// <summary>Reads <c>SubjectPublicKeyInfo</c>; its integers come as DER has them: big-endian, two's complement, not judged.</summary>
    internal static bool TryReadSubjectPublicKeyInfo(
        byte[] der, out ReadOnlyMemory<byte> modulus, out ReadOnlyMemory<byte> exponent, out string problem)
    {
        modulus = exponent = default;
        try
        {
            AsnReader info = ReadWhole(der);
            AsnReader algorithm = info.ReadSequence();
            if (algorithm.ReadObjectIdentifier() != RsaEncryption)
            {
                problem = RsaPublicKeyProblem.NotRsa;
                return false;
            }

            algorithm.ReadNull();
            algorithm.ThrowIfNotEmpty();
            byte[] key = info.ReadBitString(out int unusedBits);
            info.ThrowIfNotEmpty();
            if (unusedBits == 0)
            {
                return TryReadPkcs1(key, out modulus, out exponent, out problem);
            }
        }
        catch (AsnContentException)
        {
            // Not DER: the sentence below says so.
        }

        problem = Malformed(der);
        return false;
    }

    /// <summary>Reads <c>RSAPublicKey</c>; its integers come as DER has them: big-endian, two's complement, not judged.</summary>
    internal static bool TryReadPkcs1(
        byte[] der, out ReadOnlyMemory<byte> modulus, out ReadOnlyMemory<byte> exponent, out string problem)
    {
        modulus = exponent = default;
        try
        {
            AsnReader key = ReadWhole(der);
            modulus = key.ReadIntegerBytes();
            exponent = key.ReadIntegerBytes();
            key.ThrowIfNotEmpty();
            problem = "";
            return true;
        }
        catch (AsnContentException)
        {
            problem = Malformed(der);
            return false;
        }
    }

    /// <summary>The SPKI of a key given by its unsigned big-endian numbers, without leading zeros.</summary>
    internal static byte[] WriteSubjectPublicKeyInfo(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        AsnWriter key = new AsnWriter(AsnEncodingRules.DER);
        using (key.PushSequence())
        {
            key.WriteIntegerUnsigned(modulus);
            key.WriteIntegerUnsigned(exponent);
        }

        AsnWriter info = new AsnWriter(AsnEncodingRules.DER);
        using (info.PushSequence())
        {
            using (info.PushSequence())
            {
                info.WriteObjectIdentifier(RsaEncryption);
                info.WriteNull();
            }

            info.WriteBitString(key.Encode());
        }

        return info.Encode();
    }

    private static AsnReader ReadWhole(byte[] der)
    {
        AsnReader reader = new AsnReader(der, AsnEncodingRules.DER);
        AsnReader sequence = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        return sequence;
    }

    private static string Malformed(byte[] der) => IsPrivateKey(der) ? RsaPublicKeyProblem.PrivateKey : RsaPublicKeyProblem.NotDer;

    // A private key under a public label, as a script that only exchanges the words of the boundary lines makes it. They all start with
    // a version: PKCS#8 goes on with an algorithm, SEC 1 with a string of bytes, PKCS#1 with more integers than a public key has.
    private static bool IsPrivateKey(byte[] der)
    {
        try
        {
            AsnReader key = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            if (!key.TryReadInt32(out int version) || version is not (0 or 1))
            {
                return false;
            }

            Asn1Tag next = key.PeekTag();
            if (next.HasSameClassAndValue(Asn1Tag.Sequence) || next.HasSameClassAndValue(Asn1Tag.PrimitiveOctetString))
            {
                return true;
            }

            key.ReadIntegerBytes();
            return key.HasData;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
