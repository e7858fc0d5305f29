using SecureChat.Ledger.Circle.Names;

namespace SecureChat.Ledger.Circle;

/// <summary>An active member, as far as decisions need to know.</summary>
/// <param name="Handle">The ledger position of the event that admitted this incarnation.</param>
/// <param name="Newcomer">Who it is, as founder or requester; both halves are there unless the member leaves further on in the ledger.</param>
/// <param name="Leaf">The ledger position of the entry whose addenda say who it is: the founding, the import, or the request.</param>
public sealed record Member(long Handle, Newcomer Newcomer, long Leaf)
{
    private NameKeys? name;

    /// <summary>What the display name is compared by. Made when it is first needed, which replaying a ledger never does.</summary>
    public NameKeys Name => name ??= NameKeys.Of(Newcomer.DisplayName);

    /// <summary>Whether the member wants unsigned calls in its name refused.</summary>
    public bool RequiresStatements { get; init; }

    /// <summary>The member's id; where it was erased, one that nobody can have chosen.</summary>
    public string Id => Newcomer.Profile?.MemberId ?? MemberId.OfErased(Handle);
}

/// <summary>A request on which the circle has not decided.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Position">The ledger position of its submission; requests are decided in this order.</param>
/// <param name="Expires">The last millisecond at which it can be approved.</param>
/// <param name="Newcomer">Who asks; both halves are there while it is pending.</param>
/// <param name="Approvals">Handles of the active members who approved; a member who leaves drops out.</param>
public sealed record PendingRequest(
    string Id, long Position, long Expires, Newcomer Newcomer, IReadOnlyList<long> Approvals)
{
    private NameKeys? name;

    /// <summary>What the newcomer's display name is compared by. Made when it is first needed.</summary>
    public NameKeys Name => name ??= NameKeys.Of(Newcomer.DisplayName);

    /// <summary>The ledger position of the vote that rejected it, between that vote and its outcome.</summary>
    public long? Rejection { get; init; }
}
