namespace SecureChat.Ledger.Keys;

/// <summary>The two kinds of PEM in which clients send an RSA public key.</summary>
internal enum PublicKeyEncoding
{
    /// <summary><c>BEGIN PUBLIC KEY</c>: SubjectPublicKeyInfo, RFC 5280 section 4.1.2.7.</summary>
    SubjectPublicKeyInfo,

    /// <summary><c>BEGIN RSA PUBLIC KEY</c>: RSAPublicKey, RFC 8017 appendix A.1.1.</summary>
    Pkcs1,
}

/// <summary>
/// PEM text (RFC 7468) to DER and back. Clients differ in line ends, line lengths and white space around the text, and those
/// differences are welcome; everything else is not: no text before or after, no second PEM, no header lines, no blanks inside.
/// </summary>
internal static class PublicKeyPem
{
    /// <summary>
    /// The longest text that is looked at, in characters. A key of 8192 bits needs 1,500; the room above is for short lines and for keys
    /// that are somewhat too large, so that they are told why they are refused. No parser ever sees more.
    /// </summary>
    internal const int MaxLength = 4096;

    private const int LineLength = 64;
    private const string WhiteSpace = " \t\r\n";

    internal static bool TryRead(string pem, out PublicKeyEncoding encoding, out byte[] der, out string problem)
    {
        encoding = default;
        der = [];
        // A private key of 8192 bits is itself longer than the limit: its first line is enough to warn the one who sent it.
        ReadOnlySpan<char> start = pem.AsSpan(0, Math.Min(pem.Length, MaxLength));
        if (start.Contains("PRIVATE KEY", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse(RsaPublicKeyProblem.PrivateKey, out problem);
        }

        if (pem.Length > MaxLength)
        {
            return Refuse(RsaPublicKeyProblem.TooLong, out problem);
        }

        ReadOnlySpan<char> text = start.Trim(WhiteSpace);
        if (TryFrame(text, "PUBLIC KEY", out ReadOnlySpan<char> body))
        {
            encoding = PublicKeyEncoding.SubjectPublicKeyInfo;
        }
        else if (TryFrame(text, "RSA PUBLIC KEY", out body))
        {
            encoding = PublicKeyEncoding.Pkcs1;
        }
        else if (text.StartsWith("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
        {
            return Refuse(RsaPublicKeyProblem.Certificate, out problem);
        }
        else
        {
            return Refuse(RsaPublicKeyProblem.NotPem, out problem);
        }

        Span<char> base64 = stackalloc char[body.Length];
        int length = 0;
        foreach (char character in body)
        {
            if (character is not ('\r' or '\n'))
            {
                base64[length++] = character;
            }
        }

        if (length == 0 || !CanonicalBase64.TryDecode(base64[..length], out der))
        {
            return Refuse(RsaPublicKeyProblem.NotBase64, out problem);
        }

        problem = "";
        return true;
    }

    /// <summary><c>-----BEGIN PUBLIC KEY-----</c>, lines of 64 characters, <c>-----END PUBLIC KEY-----</c>, LF each.</summary>
    internal static string WriteSubjectPublicKeyInfo(ReadOnlySpan<byte> der) => WriteSubjectPublicKeyInfo(Convert.ToBase64String(der));

    /// <summary>The same from the bytes in base64 already.</summary>
    internal static string WriteSubjectPublicKeyInfo(string base64)
    {
        const string First = "-----BEGIN PUBLIC KEY-----\n";
        const string Last = "-----END PUBLIC KEY-----\n";
        int lines = (base64.Length + LineLength - 1) / LineLength;
        return string.Create(First.Length + base64.Length + lines + Last.Length, base64, static (pem, base64) =>
        {
            First.CopyTo(pem);
            pem = pem[First.Length..];
            for (int line = 0; line < base64.Length; line += LineLength)
            {
                ReadOnlySpan<char> text = base64.AsSpan(line, Math.Min(LineLength, base64.Length - line));
                text.CopyTo(pem);
                pem[text.Length] = '\n';
                pem = pem[(text.Length + 1)..];
            }

            Last.CopyTo(pem);
        });
    }

    // The two boundary lines, and between them a body that starts and ends with a line end of its own.
    private static bool TryFrame(ReadOnlySpan<char> text, string label, out ReadOnlySpan<char> body)
    {
        string first = $"-----BEGIN {label}-----";
        string last = $"-----END {label}-----";
        body = default;
        if (text.Length <= first.Length + last.Length
            || !text.StartsWith(first, StringComparison.Ordinal) || !text.EndsWith(last, StringComparison.Ordinal))
        {
            return false;
        }

        body = text[first.Length..^last.Length];
        return body[0] is '\r' or '\n' && body[^1] is '\r' or '\n';
    }

    private static bool Refuse(string sentence, out string problem)
    {
        problem = sentence;
        return false;
    }
}
