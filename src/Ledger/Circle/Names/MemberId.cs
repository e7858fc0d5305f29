namespace SecureChat.Ledger.Circle.Names;

/// <summary>
/// The id by which a client names a member: 1 to 64 characters from <c>A-Za-z0-9._-</c>, normally a UUID.
/// </summary>
/// <remarks>
/// A DM channel is called <c>id:id</c>, so an id with a colon could pass for a channel.
/// Ids are compared as they stand: <c>a</c> and <c>A</c> are two members.
/// </remarks>
public static class MemberId
{
    /// <summary>The most characters that an id has.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether the text may be a member id.</summary>
    public static bool IsValid(string? text)
    {
        if (text is not { Length: > 0 and <= MaxLength })
        {
            return false;
        }

        foreach (char character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
