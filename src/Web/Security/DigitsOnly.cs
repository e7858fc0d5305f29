using System.Text;

namespace SecureChat.Web.Security;

/// <summary>
/// ASCII that knows digits only. Kestrel reads Content-Length with <c>long.TryParse</c>, which takes "+4" and " 4" for 4; a proxy in
/// front may read it differently and see two requests where we see one. Decoded by this, anything but 1 to 19 digits is no number
/// (RFC 9110, section 8.6) and refused with 400.
/// </summary>
internal sealed class DigitsOnly : ASCIIEncoding
{
    private const int MaxDigits = 19;
    private const char NoDigit = '?';

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        ReadOnlySpan<byte> text = bytes.Length > MaxDigits ? "?"u8 : bytes;
        for (int index = 0; index < text.Length; index++)
        {
            chars[index] = char.IsAsciiDigit((char)text[index]) ? (char)text[index] : NoDigit;
        }

        return text.Length;
    }
}
