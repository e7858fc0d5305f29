using System.Globalization;
using System.Text;

namespace SecureChat.Web.Relay;

/// <summary>
/// The contents of JSON strings as bytes. Escapes are resolved to UTF-8, and a lone surrogate, which JSON allows and UTF-8
/// does not, to the three bytes that its number would have (WTF-8): so each value has exactly one form to compare.
/// </summary>
internal static class JsonText
{
    /// <summary>
    /// The value of a string: the text itself when it has no escapes, otherwise what was written into the space. Empty, like
    /// nothing that is looked for, when there is not enough space.
    /// </summary>
    /// <param name="raw">What stands between the quotes; valid JSON and UTF-8.</param>
    /// <param name="escaped">Whether there is an escape in it.</param>
    /// <param name="space">For a value with escapes.</param>
    public static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> raw, bool escaped, Span<byte> space)
    {
        if (!escaped)
        {
            return raw;
        }

        return TryUnescape(raw, space, out int written) ? space[..written] : default;
    }

    /// <summary>The value as a string; null when it is longer than any that is looked for, or has a lone surrogate in it.</summary>
    public static string? Text(ReadOnlySpan<byte> raw, bool escaped)
    {
        const int longest = 8 * 1024;
        Span<byte> space = stackalloc byte[longest];
        ReadOnlySpan<byte> value = Value(raw, escaped, space);
        bool readable = raw.Length <= longest && (value.Length > 0 || raw.IsEmpty) && System.Text.Unicode.Utf8.IsValid(value);
        return readable ? Encoding.UTF8.GetString(value) : null;
    }

    /// <summary>Resolves the escapes of RFC 8259 section 7; false when the space does not suffice.</summary>
    public static bool TryUnescape(ReadOnlySpan<byte> raw, Span<byte> space, out int written)
    {
        written = 0;
        while (true)
        {
            int plain = raw.IndexOf((byte)'\\');
            ReadOnlySpan<byte> before = plain < 0 ? raw : raw[..plain];
            if (!before.TryCopyTo(space[written..]))
            {
                return false;
            }

            written += before.Length;
            if (plain < 0)
            {
                return true;
            }

            int unit = Unit(raw[plain..], out int consumed);
            raw = raw[(plain + consumed)..];
            if (char.IsHighSurrogate((char)unit) && raw.StartsWith("\\u"u8) && char.IsLowSurrogate((char)Unit(raw, out consumed)))
            {
                unit = char.ConvertToUtf32((char)unit, (char)Unit(raw, out _));
                raw = raw[consumed..];
            }

            if (!TryEncode(unit, space[written..], out int length))
            {
                return false;
            }

            written += length;
        }
    }

    private static int Unit(ReadOnlySpan<byte> escape, out int consumed)
    {
        consumed = 2;
        switch (escape[1])
        {
            case (byte)'b':
                return '\b';
            case (byte)'f':
                return '\f';
            case (byte)'n':
                return '\n';
            case (byte)'r':
                return '\r';
            case (byte)'t':
                return '\t';
            case (byte)'u':
                consumed = 6;
                return ushort.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            default:
                return escape[1];
        }
    }

    // Rune refuses surrogates, which are to be kept.
    private static bool TryEncode(int value, Span<byte> space, out int length)
    {
        length = value switch { < 0x80 => 1, < 0x800 => 2, < 0x10000 => 3, _ => 4 };
        if (space.Length < length)
        {
            return false;
        }

        for (int i = length - 1; i > 0; i--)
        {
            space[i] = (byte)(0x80 | (value & 0x3F));
            value >>= 6;
        }

        space[0] = (byte)(length switch { 1 => value, 2 => 0xC0 | value, 3 => 0xE0 | value, _ => 0xF0 | value });
        return true;
    }
}
