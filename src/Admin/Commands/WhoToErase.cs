using System.Globalization;
using SecureChat.Ledger.Circle;

namespace SecureChat.Admin.Commands;

/// <summary>
/// Finds the request or the member that a word means: an id, a handle (the number of the entry by which somebody became a member),
/// or a display name. Ids come before handles, and handles before names; what could mean two is refused.
/// </summary>
internal sealed class WhoToErase
{
    private readonly Dictionary<string, (string Id, string Name)> asking = [];
    private readonly Dictionary<long, string> memberByHandle = [];
    private readonly HashSet<(string Name, string Member)> names = [];

    private WhoToErase(IEnumerable<RecordedEvent> events)
    {
        foreach (RecordedEvent recorded in events)
        {
            switch (recorded.Event)
            {
                case FounderRegistered { Founder.Profile: { } profile }:
                    Join(recorded.Position, profile.MemberId, profile.DisplayName);
                    break;
                case MemberImported { Newcomer.Profile: { } profile }:
                    Join(recorded.Position, profile.MemberId, profile.DisplayName);
                    break;
                case RequestSubmitted { Newcomer.Profile: { } profile } submission:
                    asking[submission.Request] = (profile.MemberId, profile.DisplayName);
                    break;
                case MemberAdmitted admission when asking.Remove(admission.Request, out (string Id, string Name) admitted):
                    Join(recorded.Position, admitted.Id, admitted.Name);
                    break;
            }
        }
    }

    /// <summary>Finds them.</summary>
    /// <param name="events">The ledger.</param>
    /// <param name="word">As it was typed.</param>
    /// <returns>A request's id or a member's; the other one is null.</returns>
    /// <exception cref="CommandRefusedException">Nobody is meant, or more than one.</exception>
    public static (string? Request, string? Member) Find(IEnumerable<RecordedEvent> events, string word)
    {
        WhoToErase who = new(events);
        List<(string? Request, string? Member)> meant = who.ByRequest(word);
        meant = meant.Count > 0 ? meant : who.ByMemberId(word);
        meant = meant.Count > 0 ? meant : who.ByHandle(word);
        meant = meant.Count > 0 ? meant : who.ByName(word);
        return meant switch
        {
            [var one] => one,
            [] => throw CommandRefusedException.Usage($"Nobody in this ledger has the id, the handle or the name {word}, or it is erased already."),
            _ => throw CommandRefusedException.Usage(
                $"{word} can mean several. Name one of them: {string.Join(", ", meant.Select(each => each.Request is null ? $"--member {each.Member}" : $"--request {each.Request}"))}."),
        };
    }

    private void Join(long handle, string id, string name)
    {
        memberByHandle.Add(handle, id);
        names.Add((name, id));
    }

    private List<(string?, string?)> ByRequest(string word) => asking.ContainsKey(word) ? [(word, null)] : [];

    // Whoever asked and was not let in has an id too, and no handle.
    private List<(string?, string?)> ByMemberId(string word) => memberByHandle.ContainsValue(word)
        ? [(null, word)]
        : [.. asking.Where(request => request.Value.Id == word).Select((string?, string?) (request) => (request.Key, null))];

    private List<(string?, string?)> ByHandle(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long handle) && memberByHandle.TryGetValue(handle, out string? id)
            ? [(null, id)]
            : [];

    private List<(string?, string?)> ByName(string word) =>
    [
        .. names.Where(name => name.Name == word).Select((string?, string?) (name) => (null, name.Member)).Distinct(),
        .. asking.Where(request => request.Value.Name == word).Select((string?, string?) (request) => (request.Key, null)),
    ];
}
