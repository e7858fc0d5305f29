using SecureChat.Ledger.Keys;
using SecureChat.Projections;

namespace SecureChat.Web.Relay;

/// <summary>
/// Which <c>sender_curve25519_public_key</c> a member's messages carry: the one that stands in the frame, unless it is another
/// member's; then, or when there is none, the member's own registered one.
/// </summary>
/// <remarks>
/// A key in a frame is read as the most lenient client would read it: both alphabets, and skipping what is in neither. A
/// stricter reader would let through another member's key in a spelling that some client still takes for it.
/// </remarks>
internal sealed class SenderKey(RosterMember member)
{
    private const int LongestKey = 44;
    private const int LongestRemembered = 64;

    private readonly byte[] registered = ServerFrames.Quoted(member.Curve25519PublicKey);

    // Clients send the same key with every message: the answer holds until the circle changes.
    private readonly byte[] lastText = new byte[LongestRemembered];
    private int lastLength;
    private Roster? lastRoster;

    /// <summary>The JSON string that goes into the message.</summary>
    public ReadOnlySpan<byte> Choose(JsonSlice field, ReadOnlySpan<byte> frame, Roster roster)
    {
        if (!field.IsText)
        {
            return registered;
        }

        ReadOnlySpan<byte> quoted = field.Quoted(frame);
        if (quoted.SequenceEqual(registered) || (lastRoster == roster && quoted.SequenceEqual(lastText.AsSpan(0, lastLength))))
        {
            return quoted;
        }

        if (IsOfSomebodyElse(field.Raw(frame), field.Escaped, roster))
        {
            return registered;
        }

        if (quoted.Length <= LongestRemembered)
        {
            quoted.CopyTo(lastText);
            (lastLength, lastRoster) = (quoted.Length, roster);
        }

        return quoted;
    }

    private bool IsOfSomebodyElse(ReadOnlySpan<byte> raw, bool escaped, Roster roster)
    {
        if (Read(raw, escaped) is not { } key || key.Equals(member.Curve25519))
        {
            return false;
        }

        foreach (RosterMember other in roster.Members)
        {
            if (other != member && key.Equals(other.Curve25519))
            {
                return true;
            }
        }

        return false;
    }

    private static Curve25519PublicKey? Read(ReadOnlySpan<byte> raw, bool escaped)
    {
        byte[] space = escaped ? ClearedBuffers.Rent(raw.Length) : [];
        Span<char> text = stackalloc char[LongestKey];
        int length = 0;
        foreach (byte letter in JsonText.Value(raw, escaped, space))
        {
            char standard = letter switch { (byte)'-' => '+', (byte)'_' => '/', _ => (char)letter };
            if (!char.IsAsciiLetterOrDigit(standard) && standard is not ('+' or '/'))
            {
                continue;
            }

            if (length == LongestKey)
            {
                length = 0;
                break;
            }

            text[length++] = standard;
        }

        ClearedBuffers.Return(space, space.Length);
        return Decode(text[..length]);
    }

    // 43 characters hold two bits more than 32 bytes; encoding the bytes again drops them, as a lenient client does.
    private static Curve25519PublicKey? Decode(ReadOnlySpan<char> text)
    {
        Span<char> padded = stackalloc char[LongestKey];
        padded.Fill('=');
        text.CopyTo(padded);
        Span<byte> bytes = stackalloc byte[LongestKey];
        int count = 0;
        bool decodes = text.Length >= LongestKey - 1 && Convert.TryFromBase64Chars(padded, bytes, out count);
        return decodes && Curve25519PublicKey.TryParse(Convert.ToBase64String(bytes[..count]), out Curve25519PublicKey? key, out _) ? key : null;
    }
}
