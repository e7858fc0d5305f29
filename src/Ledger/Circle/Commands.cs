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

/// <summary>Start the circle. The founder key was right.</summary>
/// <param name="Founder">Who it is; both halves are there.</param>
public sealed record RegisterFounder(Newcomer Founder) : CircleCommand;

/// <summary>Ask to be let in.</summary>
/// <param name="Request">A fresh UUID.</param>
/// <param name="Newcomer">Who asks; both halves are there.</param>
public sealed record SubmitRequest(string Request, Newcomer Newcomer) : CircleCommand;

/// <summary>Vote on a request.</summary>
/// <param name="Request">The request's id, as the client wrote it.</param>
/// <param name="MemberId">Who votes.</param>
/// <param name="Approve">Whether the newcomer may come in.</param>
public sealed record CastVote(string Request, string MemberId, bool Approve) : CircleCommand;

/// <summary>Leave the circle.</summary>
/// <param name="MemberId">Who leaves.</param>
public sealed record Leave(string MemberId) : CircleCommand;

/// <summary>Close or open the circle for requests.</summary>
/// <param name="MemberId">Who does it.</param>
/// <param name="Locked">Whether requests are to be refused.</param>
public sealed record ChangeRequestsLock(string MemberId, bool Locked) : CircleCommand;

/// <summary>Let the requests expire whose time is over. Sent by the timer; every other command does the same first.</summary>
public sealed record ExpireRequests : CircleCommand;
