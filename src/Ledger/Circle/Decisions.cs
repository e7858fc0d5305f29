namespace SecureChat.Ledger.Circle;

/// <summary>What follows from a command.</summary>
/// <param name="Events">What happens, in order; may be more than nothing even with a refusal, because overdue requests expire first.</param>
/// <param name="After">The circle after these events.</param>
/// <param name="Refusal">Why the command itself is refused, or null.</param>
/// <param name="Tally">How a vote left its request.</param>
/// <param name="Overdue">How many of the events, the first ones, are requests that were overdue and not what the command was about.</param>
public sealed record Decision(IReadOnlyList<CircleEvent> Events, CircleState After, Refusal? Refusal, Tally? Tally, int Overdue);

/// <summary>What a vote has made of its request.</summary>
public enum VoteResult
{
    /// <summary>Others have still to vote.</summary>
    Pending,

    /// <summary>It was the last approval that was missing.</summary>
    Approved,

    /// <summary>It was a rejection.</summary>
    Rejected,
}

/// <summary>Where a request stands after a vote.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Approvals">How many active members have approved.</param>
/// <param name="Members">How many active members there were when it was cast.</param>
public sealed record Tally(VoteResult Result, int Approvals, int Members);

/// <summary>
/// The rules of the circle: state, command and time give events or a refusal. Pure; no clock, no randomness, no storage.
/// </summary>
public static class Decisions
{
    /// <summary>How long a request can be voted on: 48 hours, in milliseconds.</summary>
    public const long RequestLifetime = 48L * 60 * 60 * 1000;

    /// <summary>Decides one command. The state is not changed.</summary>
    /// <param name="state">The circle as it is.</param>
    /// <param name="command">What is wanted.</param>
    /// <param name="now">Milliseconds since the Unix epoch.</param>
    public static Decision Decide(CircleState state, CircleCommand command, long now)
    {
        Course course = new(state, now);

        // First of all, so that no outcome can become due too late: what is overdue at this moment is no longer pending
        // for the command that follows.
        foreach (PendingRequest request in state.Pending.Where(request => now > request.Expires))
        {
            course.Then(new RequestExpired(request.Id));
        }

        int overdue = course.Events.Count;
        Refusal? refusal = null;
        Tally? tally = null;
        switch (command)
        {
            case RegisterFounder founding:
                refusal = Admission.Found(course, founding);
                break;
            case ImportCircle import:
                refusal = Admission.Import(course, import);
                break;
            case ExpireRequests:
                break;
            case var _ when !state.HasFounder:
                refusal = Refusals.NoFounderYet;
                break;
            case SubmitRequest submission:
                refusal = Admission.Submit(course, submission);
                break;
            case MemberCommand { Proof: null } unsigned when state.MemberOf(unsigned.MemberId) is { RequiresStatements: true }:
                refusal = Refusals.StatementRequired;
                break;
            case CastVote vote:
                refusal = Consensus.Vote(course, vote, out tally);
                break;
            case Leave departure:
                refusal = Consensus.Leave(course, departure);
                break;
            case ChangeRequestsLock change:
                refusal = Admission.ChangeLock(course, change);
                break;
            case RatifyHistory ratification:
                refusal = Admission.Ratify(course, ratification);
                break;
            case RequireStatements requirement:
                refusal = Admission.Require(course, requirement);
                break;
            case EraseAddenda erasure:
                foreach (AddendaErased erased in erasure.Erasures.Where(erased => state.MayErase(erased.Leaf)))
                {
                    course.Then(erased);
                }

                break;
            case AcceptRollback acceptance:
                course.Then(new RollbackAccepted(acceptance.Size, acceptance.Root));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command.GetType().Name, "There is no decision for this command.");
        }

        return new Decision(course.Events, course.State, refusal, tally, overdue);
    }

    /// <summary>The last millisecond of the request whose time is over first: a timer is due one later. Null when nothing is pending.</summary>
    /// <param name="state">The circle as it is.</param>
    public static long? NextExpiry(CircleState state) =>
        state.Pending.Count == 0 ? null : state.Pending.Min(request => request.Expires);
}

/// <summary>
/// The events of one decision as they come about, and the state after each: a decision that looks at the consequences of its
/// own first event (a departure that completes unanimity) reads them here.
/// </summary>
internal sealed class Course(CircleState start, long now)
{
    private readonly List<CircleEvent> events = [];

    /// <summary>The state after all events so far. A copy is made only once something happens.</summary>
    public CircleState State { get; private set; } = start;

    public IReadOnlyList<CircleEvent> Events => events;

    /// <summary>The moment of the decision, in milliseconds since the Unix epoch.</summary>
    public long Now => now;

    public void Then(CircleEvent happened)
    {
        if (events.Count == 0)
        {
            State = State.Copy();
        }

        State.Apply(happened, now);
        events.Add(happened);
    }
}
