using System.Globalization;

namespace SecureChat.Admin.History;

/// <summary>Finds somebody by what a person types: an id, a display name, or the entry that made it a member.</summary>
internal static class PersonSearch
{
    /// <summary>All memberships and requests of somebody.</summary>
    /// <exception cref="CommandRefusedException">There is nobody, or several.</exception>
    public static HashSet<object> Everything(Chronicle chronicle, string word)
    {
        IEnumerable<(string? Id, string? Name, object What)> all =
        [
            .. chronicle.Everybody.Select(member => (member.MemberId, member.Name, (object)member)),
            .. chronicle.Requests.Select(request => (request.MemberId, request.Name, (object)request)),
        ];
        string? id = Id(all.Select(one => (one.Id, one.Name)), word);
        HashSet<object> found = [.. all.Where(one => id is not null && one.Id == id).Select(one => one.What)];
        if (found.Count == 0 && ByHandle(chronicle, word) is { } member)
        {
            // An erased member has no id by which the rest could be found.
            found = member.MemberId is { } known ? Everything(chronicle, known) : [member, .. member.Request is null ? [] : (object[])[member.Request]];
        }

        return found.Count > 0 ? found : throw CommandRefusedException.Usage($"Nobody with the id or name {word} was ever in this ledger, or it was erased.");
    }

    /// <summary>The newest membership of somebody.</summary>
    /// <exception cref="CommandRefusedException">There is nobody, or several.</exception>
    public static Membership Member(Chronicle chronicle, string word)
    {
        string? id = Id(chronicle.Everybody.Select(member => (member.MemberId, member.Name)), word);
        return chronicle.Everybody.LastOrDefault(member => id is not null && member.MemberId == id)
            ?? ByHandle(chronicle, word)
            ?? throw CommandRefusedException.Usage($"No member of this ledger had the id or name {word}, or it was erased: members --all names the entries.");
    }

    private static string? Id(IEnumerable<(string? Id, string? Name)> all, string word)
    {
        string[] named = [.. all.Where(one => one.Id is not null && one.Name == word).Select(one => one.Id!).Distinct()];
        return all.Any(one => one.Id == word) ? word
            : named.Length <= 1 ? named.FirstOrDefault()
            : throw CommandRefusedException.Usage($"Several had the name {word}; name one by its id: {string.Join(", ", named)}.");
    }

    private static Membership? ByHandle(Chronicle chronicle, string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long handle)
            ? chronicle.Everybody.FirstOrDefault(member => member.Handle == handle)
            : null;
}
