namespace SecureChat.Ledger.Circle.Names;

/// <summary>
/// The id by which a client names a member: 1 to 64 characters from <c>A-Za-z0-9._-</c>, normally a UUID.
/// </summary>
/// <remarks>
/// A DM channel is called <c>id:id</c>, so an id with a colon could pass for a channel.
/// Ids are compared as they stand: <c>a</c> and <c>A</c> are two members. What begins with <see cref="ErasedPrefix"/> is kept
/// for those whose profile was erased, so that no client can pass for one of them.
/// </remarks>
public static class MemberId
{
    /// <summary>The most characters that an id has.</summary>
    public const int MaxLength = 64;

    /// <summary>How an id begins that stands for somebody whose profile was erased; the handle follows.</summary>
    public const string ErasedPrefix = "erased-";

    /// <summary>The id that stands for somebody whose profile was erased.</summary>
    /// <param name="handle">The ledger position at which they came in.</param>
    public static string OfErased(long handle) => $"{ErasedPrefix}{handle}";

    /// <summary>Whether the text may be the id of somebody who comes in.</summary>
    public static bool IsValid(string? text)
    {
        if (text is not { Length: > 0 and <= MaxLength } || text.StartsWith(ErasedPrefix, StringComparison.Ordinal))
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
