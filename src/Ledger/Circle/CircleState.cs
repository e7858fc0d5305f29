using System.Diagnostics.CodeAnalysis;
using SecureChat.Ledger.Circle.Names;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Circle;

/// <summary>
/// The circle as its decisions see it: folded from the events of the ledger, and nothing else. Only <see cref="Apply"/>
/// changes it. Whoever decides works on a <see cref="Copy"/>, so that a state which was handed out never changes.
/// </summary>
public sealed class CircleState
{
    /// <summary>How many expired requests are remembered, so that a late voter is told that the time was over.</summary>
    public const int RememberedExpiries = 1024;

    private CopyOnWrite<SortedDictionary<long, Member>> members;
    private CopyOnWrite<Dictionary<string, Member>> membersById;
    private CopyOnWrite<Dictionary<string, Departed>> departed;
    private CopyOnWrite<OrderedDictionary<string, PendingRequest>> pending;
    private CopyOnWrite<Dictionary<string, string>> pendingByRequester;
    private CopyOnWrite<Queue<string>> expired;
    private long imported;

    /// <summary>The state before the first event.</summary>
    public CircleState()
    {
        members = new([], static members => new(members));
        membersById = new([], static members => new(members));
        departed = new([], static departed => new(departed));
        pending = new([], static pending => new(pending));
        pendingByRequester = new([], static pending => new(pending));
        expired = new([], static expired => new(expired));
    }

    private CircleState(CircleState other)
    {
        Size = other.Size;
        RequestsLocked = other.RequestsLocked;
        AcceptedLoss = other.AcceptedLoss;
        members = other.members.Share();
        membersById = other.membersById.Share();
        departed = other.departed.Share();
        imported = other.imported;
        pending = other.pending.Share();
        pendingByRequester = other.pendingByRequester.Share();
        expired = other.expired.Share();
    }

    /// <summary>How many events were folded: the position of the next one.</summary>
    public long Size { get; private set; }

    /// <summary>Whether the circle was started.</summary>
    public bool HasFounder => Size > 0;

    /// <summary>Whether join requests are refused.</summary>
    public bool RequestsLocked { get; private set; }

    /// <summary>The largest size of a lost head from which an operator went on, knowingly; 0 when there was none.</summary>
    public long AcceptedLoss { get; private set; }

    /// <summary>The active members in the order in which they came.</summary>
    public IReadOnlyCollection<Member> Members => members.Value.Values;

    /// <summary>The pending requests in the order in which they were submitted.</summary>
    public IReadOnlyList<PendingRequest> Pending => pending.Value.Values;

    /// <summary>The active member of this id.</summary>
    public Member? MemberOf(string id) => membersById.Value.GetValueOrDefault(id);

    /// <summary>The pending request of this id.</summary>
    public PendingRequest? RequestOf(string id) => pending.Value.GetValueOrDefault(id);

    /// <summary>The pending request that this id has submitted.</summary>
    public PendingRequest? RequestBy(string requesterId) =>
        pendingByRequester.Value.TryGetValue(requesterId, out string? id) ? pending.Value[id] : null;

    /// <summary>Whether the request of this id expired, as far as that is remembered.</summary>
    public bool IsExpired(string id) => expired.Value.Contains(id);

    /// <summary>Whether somebody of this id has left, who is not an active member again.</summary>
    /// <param name="id">The id.</param>
    /// <param name="key">The key with which that id may come back; null where it is not known any more, and no key fits.</param>
    public bool IsDeparted(string id, out Hash? key)
    {
        bool isDeparted = departed.Value.TryGetValue(id, out Departed gone);
        key = gone.Key;
        return isDeparted;
    }

    /// <summary>Whether the addenda of an entry say nothing about an active member or a pending requester.</summary>
    public bool MayErase(long leaf) =>
        members.Value.Values.All(member => member.Leaf != leaf) && pending.Value.Values.All(request => request.Position != leaf);

    /// <summary>Whether an active member or a pending requester has this name or one that looks like it.</summary>
    public bool IsNameTaken(NameKeys name) =>
        members.Value.Values.Any(member => member.Name.ClashesWith(name)) || pending.Value.Values.Any(request => request.Name.ClashesWith(name));

    /// <summary>The same state, to be changed on its own.</summary>
    public CircleState Copy() => new(this);

    /// <summary>
    /// Folds one event, the one at position <see cref="Size"/>. Decisions and replay come through here alike, so nobody is let
    /// in by a ledger whom the circle has not let in.
    /// </summary>
    /// <param name="happened">What happened.</param>
    /// <param name="time">When, in milliseconds since the Unix epoch.</param>
    /// <exception cref="ImpossibleEventException">The event cannot follow on what happened before; the state is spoilt.</exception>
    public void Apply(CircleEvent happened, long time)
    {
        if (happened is FounderRegistered != (Size == 0))
        {
            throw new ImpossibleEventException("A circle starts with its founder, and only once.");
        }

        CircleEvent? due = Consensus.DueOutcome(this);
        if (due is null ? happened is MemberAdmitted or RequestRejected : happened != due)
        {
            throw new ImpossibleEventException("An outcome is not due, or one that is due does not follow at once.");
        }

        switch (happened)
        {
            case FounderRegistered founding:
                Admit(founding.Founder, Size);
                break;
            case MemberImported import:
                Require(Size == imported + 1, "Members are imported directly after the founder.");
                imported++;
                Admit(import.Newcomer, Size);
                break;
            case RequestSubmitted submission:
                Submit(submission);
                break;
            case VoteCast vote:
                Vote(vote, time);
                break;
            case MemberAdmitted admission:
                PendingRequest admitted = Resolve(admission.Request);
                Require(time <= admitted.Expires, "The request was admitted after its time.");
                Admit(admitted.Newcomer, admitted.Position);
                break;
            case RequestRejected rejection:
                Resolve(rejection.Request);
                break;
            case RequestExpired expiry:
                PendingRequest overdue = Resolve(expiry.Request);
                Require(time > overdue.Expires, "The request expired before its time.");
                Remember(overdue);
                break;
            case MemberLeft departure:
                Leave(departure.Member);
                break;
            case RequestsLockChanged change:
                Require(members.Value.ContainsKey(change.Member), "Whoever changed the lock is no active member.");
                RequestsLocked = change.Locked;
                break;
            case HistoryRatified ratification:
                Require(members.Value.ContainsKey(ratification.Member), "Whoever ratified is no active member.");
                break;
            case StatementsRequired requirement:
                Require(members.Value.TryGetValue(requirement.Member, out Member? member), "Whoever requires statements is no active member.");
                Replace(member with { RequiresStatements = requirement.Required });
                break;
            case AddendaErased erasure:
                Erase(erasure);
                break;
            case RollbackAccepted rollback:
                AcceptedLoss = Math.Max(AcceptedLoss, rollback.Size);
                break;
            default:
                throw new ImpossibleEventException($"The event {happened.GetType().Name} has no meaning here.");
        }

        Size++;
    }

    private void Submit(RequestSubmitted submission)
    {
        PendingRequest request = new(
            submission.Request, Size, submission.Expires, submission.Newcomer, []);
        Require(pending.Own().TryAdd(request.Id, request), "Two pending requests have the same id.");
        if (submission.Newcomer.Profile is { } profile)
        {
            Require(!membersById.Value.ContainsKey(profile.MemberId), "A member asks to be let in.");
            Require(pendingByRequester.Own().TryAdd(profile.MemberId, request.Id), "Somebody who asks already asks again.");
        }
    }

    private void Vote(VoteCast vote, long time)
    {
        Require(pending.Value.TryGetValue(vote.Request, out PendingRequest? request), "The request is not pending.");
        Require(time <= request.Expires, "The vote was cast after the request's time.");
        Require(members.Value.ContainsKey(vote.Voter) && !request.Approvals.Contains(vote.Voter), "The voter is no active member or has voted before.");
        pending.Own()[request.Id] = vote.Approve
            ? request with { Approvals = [.. request.Approvals, vote.Voter] }
            : request with { Rejection = Size };
    }

    private PendingRequest Resolve(string id)
    {
        Require(pending.Own().Remove(id, out PendingRequest? request), "The request is not pending.");
        if (request.Newcomer.Profile is { } profile)
        {
            pendingByRequester.Own().Remove(profile.MemberId);
        }

        return request;
    }

    private void Remember(PendingRequest request)
    {
        expired.Own().Enqueue(request.Id);
        if (expired.Value.Count > RememberedExpiries)
        {
            expired.Own().Dequeue();
        }
    }

    private void Admit(Newcomer newcomer, long leaf)
    {
        Member member = new(Size, newcomer, leaf);
        Require(membersById.Own().TryAdd(member.Id, member), "The newcomer is a member already.");
        if (departed.Value.ContainsKey(member.Id))
        {
            departed.Own().Remove(member.Id);
        }

        members.Own().Add(member.Handle, member);
    }

    private void Leave(long handle)
    {
        Require(members.Own().Remove(handle, out Member? member), "Whoever leaves is no active member.");
        membersById.Own().Remove(member.Id);
        departed.Own()[member.Id] = new Departed(member.Newcomer.Keys?.RsaKeyDigest, member.Leaf);
        foreach (PendingRequest request in pending.Value.Values.Where(request => request.Approvals.Contains(handle)).ToList())
        {
            pending.Own()[request.Id] = request with { Approvals = [.. request.Approvals.Where(voter => voter != handle)] };
        }
    }

    private void Replace(Member member)
    {
        members.Own()[member.Handle] = member;
        membersById.Own()[member.Id] = member;
    }

    // Whoever held the id of somebody erased comes back as a newcomer: nothing is kept that could say otherwise.
    private void Erase(AddendaErased erasure)
    {
        Require(erasure.Leaf < Size && MayErase(erasure.Leaf), "Whoever is erased is an active member, or asks to be one.");
        if (departed.Value.FirstOrDefault(gone => gone.Value.Leaf == erasure.Leaf).Key is { } id)
        {
            departed.Own().Remove(id);
        }
    }

    private static void Require([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ImpossibleEventException(otherwise);
        }
    }

    // Nothing else of whom the circle has seen is kept: a long ledger has seen many.
    private readonly record struct Departed(Hash? Key, long Leaf);
}

/// <summary>The ledger says something that its own rules exclude: it was damaged, or written by something else.</summary>
/// <param name="message">What is wrong.</param>
public sealed class ImpossibleEventException(string message) : Exception(message);
