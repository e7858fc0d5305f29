using System.Buffers;
using System.Buffers.Text;

namespace SecureChat.Ledger.Keys;

/// <summary>
/// Base64 in the one spelling that RFC 4648 section 4 gives each sequence of bytes: standard alphabet, padded, no blanks or line ends,
/// and zero in the bits that the last character has to spare (section 3.5).
/// </summary>
/// <remarks>
/// The framework's decoders skip white space and ignore the spare bits, so that one signature has many texts. Whoever compares texts,
/// or counts them as used, must not be shown two that mean the same.
/// </remarks>
public static class CanonicalBase64
{
    /// <summary>Decodes <paramref name="text"/>; false if not canonical or too long for <paramref name="destination"/>.</summary>
    /// <param name="text">The text, of any length.</param>
    /// <param name="destination">Where the bytes go; undefined when the answer is false.</param>
    /// <param name="written">The number of bytes; 0 when the answer is false.</param>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        if (Convert.TryFromBase64Chars(text, destination, out written))
        {
            Span<char> lastGroup = stackalloc char[4];
            if (written == 0 && text.IsEmpty)
            {
                return true;
            }

            if (written > 0 && text.Length == Base64.GetMaxEncodedToUtf8Length(written)
                && Convert.TryToBase64Chars(LastGroup(destination[..written]), lastGroup, out _)
                && text[^4..].SequenceEqual(lastGroup))
            {
                return true;
            }
        }

        written = 0;
        return false;
    }

    /// <summary>Decodes <paramref name="utf8"/>; false if not canonical or too long for <paramref name="destination"/>.</summary>
    /// <inheritdoc cref="TryDecode(ReadOnlySpan{char}, Span{byte}, out int)"/>
    public static bool TryDecode(ReadOnlySpan<byte> utf8, Span<byte> destination, out int written)
    {
        if (Base64.DecodeFromUtf8(utf8, destination, out _, out written) == OperationStatus.Done)
        {
            Span<byte> lastGroup = stackalloc byte[4];
            if (written == 0 && utf8.IsEmpty)
            {
                return true;
            }

            if (written > 0 && utf8.Length == Base64.GetMaxEncodedToUtf8Length(written)
                && Base64.EncodeToUtf8(LastGroup(destination[..written]), lastGroup, out _, out _) == OperationStatus.Done
                && utf8[^4..].SequenceEqual(lastGroup))
            {
                return true;
            }
        }

        written = 0;
        return false;
    }

    /// <summary>Decodes <paramref name="text"/> into an array of its own; false if it is not canonical.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        byte[] buffer = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (TryDecode(text, buffer, out int written))
        {
            bytes = written == buffer.Length ? buffer : buffer[..written];
            return true;
        }

        bytes = [];
        return false;
    }

    // A skipped blank makes the text longer than its bytes need, so after the comparison of lengths there is none, and groups of four
    // characters stand for groups of three bytes. All but the last group have exactly one spelling: encoding that one again is enough.
    private static ReadOnlySpan<byte> LastGroup(ReadOnlySpan<byte> bytes) => bytes[((bytes.Length - 1) / 3 * 3)..];
}
