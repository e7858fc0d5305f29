namespace SecureChat.Admin.History;

/// <summary>One time that somebody was in the circle, from one event to another.</summary>
/// <param name="handle">The leaf index of the event that made it a member.</param>
/// <param name="joined">When, in milliseconds since the Unix epoch; for imported members as the older server had it, if it had.</param>
/// <param name="memberId">The id; null where the profile was erased.</param>
/// <param name="name">The display name; null where the profile was erased.</param>
internal sealed class Membership(long handle, long joined, string? memberId, string? name)
{
    public long Handle { get; } = handle;

    public long Joined { get; } = joined;

    public string? MemberId { get; } = memberId;

    public string? Name { get; } = name;

    /// <summary>The request by which it came in; null for the founder and for imported members.</summary>
    public JoinRequest? Request { get; init; }

    /// <summary>Whether the same id was a member before.</summary>
    public bool IsReturn { get; init; }

    /// <summary>The departure; null while it is a member.</summary>
    public (long Entry, long Time)? Left { get; set; }

    /// <summary>When it wanted unsigned calls in its name refused, or no longer.</summary>
    public List<(long Entry, bool Required)> Requirements { get; } = [];

    /// <summary>Whether it is in the circle after so many entries.</summary>
    public bool IsActive(long size) => Handle < size && (Left is not { } left || left.Entry >= size);

    /// <summary>Whether unsigned calls in its name are refused after so many entries.</summary>
    public bool RequiresStatements(long size) => Requirements.LastOrDefault(one => one.Entry < size).Required;
}

/// <summary>A vote.</summary>
internal readonly record struct Vote(long Entry, Membership Voter, bool Approve, bool IsSigned);

/// <summary>What became of a request.</summary>
internal enum Fate
{
    Admitted,
    Rejected,
    Expired,
}

/// <summary>Somebody who asked to be let in, and what became of it.</summary>
/// <param name="id">The request's id.</param>
/// <param name="entry">Its leaf index.</param>
/// <param name="time">When, in milliseconds since the Unix epoch.</param>
/// <param name="expires">The last millisecond at which it can be approved.</param>
/// <param name="memberId">The id; null where the profile was erased.</param>
/// <param name="name">The display name; null where the profile was erased.</param>
/// <param name="isSigned">Whether the newcomer signed it.</param>
internal sealed class JoinRequest(string id, long entry, long time, long expires, string? memberId, string? name, bool isSigned)
{
    public string Id { get; } = id;

    public long Entry { get; } = entry;

    public long Time { get; } = time;

    public long Expires { get; } = expires;

    public string? MemberId { get; } = memberId;

    public string? Name { get; } = name;

    public bool IsSigned { get; } = isSigned;

    public List<Vote> Votes { get; } = [];

    /// <summary>What became of it; null while it is pending.</summary>
    public (Fate Fate, long Entry)? Outcome { get; set; }

    /// <summary>Whether it is pending after so many entries.</summary>
    public bool IsPending(long size) => Entry < size && (Outcome is not { } outcome || outcome.Entry >= size);

    /// <summary>Those votes in favour that count after so many entries: whoever leaves drops out.</summary>
    public IEnumerable<Vote> Approvals(long size) => Votes.Where(vote => vote.Approve && vote.Entry < size && vote.Voter.IsActive(size));
}
