using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Circle;

/// <summary>
/// What somebody wants to happen. Whatever can be judged by looking at it alone (ids, names, keys, signatures) was judged
/// before; a command is only about the circle.
/// </summary>
public abstract record CircleCommand
{
    private protected CircleCommand()
    {
    }
}

/// <summary>What a member wants, who may have signed it.</summary>
/// <param name="MemberId">Who wants it.</param>
public abstract record MemberCommand(string MemberId) : CircleCommand
{
    /// <summary>The member's statement, judged before the command is decided; null when it is not signed.</summary>
    public Proof? Proof { get; init; }
}

/// <summary>Start the circle. The founder key was right.</summary>
/// <param name="Founder">Who it is; both halves are there.</param>
public sealed record RegisterFounder(Newcomer Founder) : CircleCommand;

/// <summary>Start the circle as it was on an older server. Only its operator can want that, before anything else has happened.</summary>
/// <param name="Founder">Who takes the first place; both halves are there.</param>
/// <param name="Others">The other members, in the order in which they come.</param>
public sealed record ImportCircle(Newcomer Founder, IReadOnlyList<MemberImported> Others) : CircleCommand;

/// <summary>Ask to be let in.</summary>
/// <param name="Request">A fresh UUID.</param>
/// <param name="Newcomer">Who asks; both halves are there.</param>
public sealed record SubmitRequest(string Request, Newcomer Newcomer) : CircleCommand;

/// <summary>Vote on a request.</summary>
/// <param name="Request">The request's id, as the client wrote it.</param>
/// <param name="MemberId">Who votes.</param>
/// <param name="Approve">Whether the newcomer may come in.</param>
public sealed record CastVote(string Request, string MemberId, bool Approve) : MemberCommand(MemberId);

/// <summary>Leave the circle.</summary>
/// <param name="MemberId">Who leaves.</param>
public sealed record Leave(string MemberId) : MemberCommand(MemberId);

/// <summary>Close or open the circle for requests.</summary>
/// <param name="MemberId">Who does it.</param>
/// <param name="Locked">Whether requests are to be refused.</param>
public sealed record ChangeRequestsLock(string MemberId, bool Locked) : MemberCommand(MemberId);

/// <summary>Stand by what was recorded in one's name before one could sign. Always signed.</summary>
/// <param name="MemberId">Who does it.</param>
public sealed record RatifyHistory(string MemberId) : MemberCommand(MemberId);

/// <summary>Have unsigned calls in one's name refused, or no longer refused. Always signed.</summary>
/// <param name="MemberId">Who wants it.</param>
/// <param name="Required">Whether they are refused.</param>
public sealed record RequireStatements(string MemberId, bool Required) : MemberCommand(MemberId);

/// <summary>Delete addenda of entries.</summary>
/// <param name="Erasures">Which ones; those of active members and pending requests are passed over.</param>
public sealed record EraseAddenda(IReadOnlyList<AddendaErased> Erasures) : CircleCommand;

/// <summary>Go on from an old copy of the ledger, knowingly. Only its operator can want that.</summary>
/// <param name="Size">The size of the newest head that is known to be lost.</param>
/// <param name="Root">Its root.</param>
public sealed record AcceptRollback(long Size, Hash Root) : CircleCommand;

/// <summary>Let the requests expire whose time is over. Sent by the timer; every other command does the same first.</summary>
public sealed record ExpireRequests : CircleCommand;
