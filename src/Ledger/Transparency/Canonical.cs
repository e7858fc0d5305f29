using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using SecureChat.Ledger.Keys;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// One spelling per value. What is hashed and signed must have a single form, otherwise the same statement
/// could stand under two digests; so every reader here accepts only what its writer would have written.
/// </summary>
internal static class Canonical
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");

    /// <summary>Text from bytes, or null if they are not strict UTF-8 (overlong forms, surrogates, truncated sequences).</summary>
    public static string? Text(ReadOnlySpan<byte> utf8) => Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;

    /// <summary>The bytes of a text.</summary>
    /// <exception cref="ArgumentException">The text holds a lone surrogate, which has no bytes.</exception>
    public static byte[] Bytes(string text) =>
        IsWellFormed(text) ? Encoding.UTF8.GetBytes(text) : throw new ArgumentException("the text holds a lone surrogate", nameof(text));

    /// <summary>Whether a text has a UTF-8 form at all: no lone surrogates.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out int length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    /// <summary>Whether a text holds ASCII control characters (below U+0020) other than LF, which signed-note forbids.</summary>
    public static bool HasControlCharacters(ReadOnlySpan<char> text)
    {
        foreach (char character in text)
        {
            if (character < ' ' && character != '\n')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>RFC 4648 section 4 with padding; null for blanks, missing padding or padding bits that are not zero.</summary>
    public static byte[]? Base64(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[(text.Length + 3) / 4 * 3];
        if (!CanonicalBase64.TryDecode(text, bytes, out int length))
        {
            return null;
        }

        Array.Resize(ref bytes, length);
        return bytes;
    }

    /// <summary>Decimal digits without sign, blanks or leading zeroes, at most 2^63 - 1.</summary>
    public static bool TryDecimal(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        return text.Length is > 0 and <= 19
            && !text.ContainsAnyExcept(Digits)
            && (text[0] != '0' || text.Length == 1)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Decimal digits of a number.</summary>
    public static string Decimal(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Takes one line off the front of the text, without its LF; false when no LF is left.</summary>
    [SuppressMessage("Design", "CA1045", Justification = "The reader's position is what changes.")]
    public static bool TryTakeLine(scoped ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> line)
    {
        int end = rest.IndexOf('\n');
        line = end < 0 ? default : rest[..end];
        if (end >= 0)
        {
            rest = rest[(end + 1)..];
        }

        return end >= 0;
    }
}
