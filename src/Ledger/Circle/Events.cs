using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Circle;

/// <summary>
/// Something that happened to the circle. The hierarchy is closed: every event that may stand in a ledger is in this file,
/// and every reader of events names each of them or fails.
/// </summary>
/// <remarks>
/// A handle is the ledger position of the event that made somebody a member; it names one incarnation, so nothing of an
/// earlier membership counts after coming back.
/// </remarks>
public abstract record CircleEvent
{
    private protected CircleEvent()
    {
    }
}

/// <summary>The first member came in, without a vote. Always at position 0, and only there.</summary>
/// <param name="Founder">Who it is.</param>
public sealed record FounderRegistered(Newcomer Founder) : CircleEvent;

/// <summary>Somebody asked to be let in.</summary>
/// <param name="Request">The request's id, a UUID chosen by the relay.</param>
/// <param name="Expires">The last millisecond at which it can be approved.</param>
/// <param name="Newcomer">Who asks.</param>
public sealed record RequestSubmitted(string Request, long Expires, Newcomer Newcomer) : CircleEvent;

/// <summary>A member voted on a request.</summary>
/// <param name="Request">The request's id.</param>
/// <param name="Voter">The voter's handle.</param>
/// <param name="Approve">Whether the vote lets the newcomer in.</param>
/// <param name="Proof">The voter's statement, when it was signed.</param>
public sealed record VoteCast(string Request, long Voter, bool Approve, Proof? Proof = null) : CircleEvent;

/// <summary>Everybody who was a member had approved; stands directly after the event that completed unanimity.</summary>
/// <param name="Request">The request's id.</param>
public sealed record MemberAdmitted(string Request) : CircleEvent;

/// <summary>One member rejected; stands directly after that vote.</summary>
/// <param name="Request">The request's id.</param>
/// <param name="Vote">The ledger position of the rejecting vote.</param>
public sealed record RequestRejected(string Request, long Vote) : CircleEvent;

/// <summary>A request was still pending after its time.</summary>
/// <param name="Request">The request's id.</param>
public sealed record RequestExpired(string Request) : CircleEvent;

/// <summary>A member left.</summary>
/// <param name="Member">The member's handle.</param>
/// <param name="Proof">The member's statement, when it was signed.</param>
public sealed record MemberLeft(long Member, Proof? Proof = null) : CircleEvent;

/// <summary>A member closed or opened the circle for join requests.</summary>
/// <param name="Member">The member's handle.</param>
/// <param name="Locked">Whether requests are refused from here on.</param>
/// <param name="Proof">The member's statement, when it was signed.</param>
public sealed record RequestsLockChanged(long Member, bool Locked, Proof? Proof = null) : CircleEvent;

/// <summary>A member of an older server's database came over with it. Only directly after the founder, or another one of these.</summary>
/// <param name="Newcomer">Who it is.</param>
/// <param name="Joined">When it joined there, in milliseconds since the Unix epoch, if that is known.</param>
public sealed record MemberImported(Newcomer Newcomer, long? Joined) : CircleEvent;

/// <summary>A member stands by what was recorded in its name, up to what it has seen, before it could sign.</summary>
/// <param name="Member">The member's handle.</param>
/// <param name="Proof">The member's statement.</param>
public sealed record HistoryRatified(long Member, Proof Proof) : CircleEvent;

/// <summary>From here on unsigned votes, lock changes and departures in this member's name are refused, or no longer refused.</summary>
/// <param name="Member">The member's handle.</param>
/// <param name="Required">Whether they are refused.</param>
/// <param name="Proof">The member's statement.</param>
public sealed record StatementsRequired(long Member, bool Required, Proof Proof) : CircleEvent;

/// <summary>Addenda of an entry were deleted; their digests stay in it.</summary>
/// <param name="Leaf">The entry's position.</param>
/// <param name="Erased">Their names.</param>
public sealed record AddendaErased(long Leaf, IReadOnlyList<string> Erased) : CircleEvent;

/// <summary>An operator went on from an old copy, knowingly: the newest head that is known to be lost.</summary>
/// <param name="Size">How many entries it had.</param>
/// <param name="Root">Its root.</param>
public sealed record RollbackAccepted(long Size, Hash Root) : CircleEvent;

/// <summary>An event with its place and time in the ledger.</summary>
/// <param name="Position">The leaf index, from 0.</param>
/// <param name="Time">Milliseconds since the Unix epoch, by the relay's clock.</param>
/// <param name="Event">What happened.</param>
/// <param name="LeafHash">RFC 6962 hash of the entry that holds it.</param>
public sealed record RecordedEvent(long Position, long Time, CircleEvent Event, Hash LeafHash);
