namespace SecureChat.Web.Security;

/// <summary>
/// The members of a dictionary in a header (RFC 9651 section 3.2), cut apart and otherwise left as they were written: what is
/// signed is the text of a value, so nothing here reads one and writes it again.
/// </summary>
internal static class HeaderDictionary
{
    /// <summary>The members in their order. One that is not <c>key=value</c> has an empty value.</summary>
    /// <param name="header">All lines of the header, joined with commas.</param>
    public static List<(string Key, string Value)> Read(string header)
    {
        List<(string Key, string Value)> members = [];
        int start = 0;
        bool quoted = false;
        for (int index = 0; index <= header.Length; index++)
        {
            if (index < header.Length && quoted && header[index] == '\\')
            {
                index++;
            }
            else if (index < header.Length && header[index] == '"')
            {
                quoted = !quoted;
            }
            else if (index == header.Length || (header[index] == ',' && !quoted))
            {
                members.Add(Member(header[start..index].Trim(' ', '\t')));
                start = index + 1;
            }
        }

        return members;
    }

    /// <summary>The bytes of <c>:base64:</c> (RFC 9651 section 3.3.5) in its one spelling, or null.</summary>
    public static byte[]? Bytes(string value) =>
        value.Length > 2 && value[0] == ':' && value[^1] == ':' && Ledger.Keys.CanonicalBase64.TryDecode(value.AsSpan()[1..^1], out byte[] bytes) ? bytes : null;

    private static (string Key, string Value) Member(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (text, "") : (text[..equals], text[(equals + 1)..]);
    }
}
