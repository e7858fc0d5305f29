using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace SecureChat.Ledger.Keys;

/// <summary>
/// The signature that a member puts on a request or an AUTH frame (protocol section 1):
/// <c>base64(RSASSA-PKCS1-v1_5-SHA256(utf8(member_id + timestamp)))</c>, nothing between the two, the timestamp in decimal digits.
/// </summary>
public static class LoginSignature
{
    private const int LongestTimestamp = 16;
    private const int LongestSignature = RsaPublicKey.MaxBits / 8;

    /// <summary>The bytes that are signed: <c>utf8(member_id + timestamp)</c>.</summary>
    /// <param name="memberId">The id of the one who signs.</param>
    /// <param name="timestamp">Milliseconds since the Unix epoch, as <see cref="Timestamp.TryParse"/> gives them.</param>
    public static byte[] Payload(string memberId, long timestamp) =>
        Encoding.UTF8.GetBytes(memberId + timestamp.ToString(CultureInfo.InvariantCulture));

    /// <summary>True if <paramref name="signature"/> is the canonical base64 of this member's signature for that moment.</summary>
    /// <param name="verifier">Of the key of the member whose id is <paramref name="memberId"/>.</param>
    /// <param name="memberId">The id that was signed.</param>
    /// <param name="timestamp">Milliseconds since the Unix epoch, as <see cref="Timestamp.TryParse"/> gives them.</param>
    /// <param name="signature">The text as received, of any length.</param>
    public static bool Verify(RsaVerifier verifier, string memberId, long timestamp, ReadOnlySpan<char> signature)
    {
        Span<byte> decoded = stackalloc byte[LongestSignature];
        if (signature.Length != Base64.GetMaxEncodedToUtf8Length(verifier.Key.SignatureLength)
            || !CanonicalBase64.TryDecode(signature, decoded, out int length))
        {
            return false;
        }

        const int onStack = 256;
        int longest = Encoding.UTF8.GetMaxByteCount(memberId.Length) + LongestTimestamp;
        Span<byte> payload = longest <= onStack ? stackalloc byte[onStack] : new byte[longest];
        int written = Encoding.UTF8.GetBytes(memberId, payload);
        if (!timestamp.TryFormat(payload[written..], out int digits, provider: CultureInfo.InvariantCulture))
        {
            return false;
        }

        return verifier.Verify(payload[..(written + digits)], decoded[..length]);
    }
}

/// <summary>The timestamps of signed requests: milliseconds since the Unix epoch.</summary>
public static class Timestamp
{
    /// <summary>How far a timestamp may lie from the server's clock, either way, in milliseconds.</summary>
    public const long Window = 60_000;

    /// <summary>2^53, the first number that JSON clients cannot count up to exactly.</summary>
    private const long End = 1L << 53;

    /// <summary>
    /// Reads decimal digits, and only the text that the number itself would be written as: no sign, blank, leading zero, exponent or other
    /// script's digits. So a member and a moment have one text, and a signature seen once is recognised.
    /// </summary>
    /// <param name="text">The text as received, of any length.</param>
    /// <param name="milliseconds">The number, from 0 to below 2^53; 0 when the answer is false.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out long milliseconds)
    {
        Span<char> rendered = stackalloc char[20];
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out milliseconds)
            && milliseconds < End
            && milliseconds.TryFormat(rendered, out int length, provider: CultureInfo.InvariantCulture)
            && text.SequenceEqual(rendered[..length]))
        {
            return true;
        }

        milliseconds = 0;
        return false;
    }

    /// <summary>True if <paramref name="timestamp"/> is at most 60 seconds before or after <paramref name="now"/>.</summary>
    public static bool WithinWindow(long timestamp, DateTimeOffset now)
    {
        long milliseconds = now.ToUnixTimeMilliseconds();
        return timestamp >= milliseconds - Window && timestamp <= milliseconds + Window;
    }
}
