using System.Diagnostics.CodeAnalysis;
using SecureChat.Ledger.Circle.Names;

namespace SecureChat.Ledger.Circle;

/// <summary>An active member, as far as decisions need to know.</summary>
/// <param name="Handle">The ledger position of the event that admitted this incarnation.</param>
/// <param name="Newcomer">Who it is, as founder or requester; both halves are there unless the member leaves further on in the ledger.</param>
/// <param name="Name">What the display name is compared by.</param>
/// <param name="Leaf">The ledger position of the entry whose addenda say who it is: the founding, the import, or the request.</param>
public sealed record Member(long Handle, Newcomer Newcomer, NameKeys Name, long Leaf)
{
    /// <summary>Whether the member wants unsigned calls in its name refused.</summary>
    public bool RequiresStatements { get; init; }


    /// <summary>The member's id; where it was erased, one that nobody can have chosen.</summary>
    public string Id => Newcomer.Profile?.MemberId ?? MemberId.OfErased(Handle);

    /// <summary>See <see cref="MemberKeys.RsaSpki"/>; empty where it was erased.</summary>
    public string RsaSpki => Newcomer.Keys?.RsaSpki ?? "";
}

/// <summary>A request on which the circle has not decided.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Position">The ledger position of its submission; requests are decided in this order.</param>
/// <param name="Expires">The last millisecond at which it can be approved.</param>
/// <param name="Newcomer">Who asks; both halves are there while it is pending.</param>
/// <param name="Name">What the newcomer's display name is compared by.</param>
/// <param name="Approvals">Handles of the active members who approved; a member who leaves drops out.</param>
public sealed record PendingRequest(
    string Id, long Position, long Expires, Newcomer Newcomer, NameKeys Name, IReadOnlyList<long> Approvals)
{
    /// <summary>The ledger position of the vote that rejected it, between that vote and its outcome.</summary>
    public long? Rejection { get; init; }
}

/// <summary>
/// The circle as its decisions see it: folded from the events of the ledger, and nothing else. Only <see cref="Apply"/>
/// changes it. Whoever decides works on a <see cref="Copy"/>, so that a state which was handed out never changes.
/// </summary>
public sealed class CircleState
{
    /// <summary>How many expired requests are remembered, so that a late voter is told that the time was over.</summary>
    public const int RememberedExpiries = 1024;

    private readonly SortedDictionary<long, Member> members;
    private readonly Dictionary<string, Member> membersById;
    private readonly Dictionary<string, Member> departed;
    private readonly OrderedDictionary<string, PendingRequest> pending;
    private readonly Dictionary<string, string> pendingByRequester;
    private readonly Queue<string> expired;
    private long imported;

    /// <summary>The state before the first event.</summary>
    public CircleState()
    {
        members = [];
        membersById = [];
        departed = [];
        pending = [];
        pendingByRequester = [];
        expired = [];
    }

    private CircleState(CircleState other)
    {
        Size = other.Size;
        RequestsLocked = other.RequestsLocked;
        AcceptedLoss = other.AcceptedLoss;
        members = new(other.members);
        membersById = new(other.membersById);
        departed = new(other.departed);
        imported = other.imported;
        pending = new(other.pending);
        pendingByRequester = new(other.pendingByRequester);
        expired = new(other.expired);
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
    public IReadOnlyCollection<Member> Members => members.Values;

    /// <summary>The pending requests in the order in which they were submitted.</summary>
    public IReadOnlyList<PendingRequest> Pending => pending.Values;

    /// <summary>The active member of this id.</summary>
    public Member? MemberOf(string id) => membersById.GetValueOrDefault(id);

    /// <summary>The pending request of this id.</summary>
    public PendingRequest? RequestOf(string id) => pending.GetValueOrDefault(id);

    /// <summary>The pending request that this id has submitted.</summary>
    public PendingRequest? RequestBy(string requesterId) =>
        pendingByRequester.TryGetValue(requesterId, out string? id) ? pending[id] : null;

    /// <summary>Whether the request of this id expired, as far as that is remembered.</summary>
    public bool IsExpired(string id) => expired.Contains(id);

    /// <summary>The RSA key with which a departed id may come back.</summary>
    public bool IsDeparted(string id, [NotNullWhen(true)] out string? rsaSpki)
    {
        rsaSpki = departed.GetValueOrDefault(id)?.RsaSpki;
        return rsaSpki is not null;
    }

    /// <summary>Whether the addenda of an entry say nothing about an active member or a pending requester.</summary>
    public bool MayErase(long leaf) =>
        members.Values.All(member => member.Leaf != leaf) && pending.Values.All(request => request.Position != leaf);

    /// <summary>Whether an active member or a pending requester has this name or one that looks like it.</summary>
    public bool IsNameTaken(NameKeys name) =>
        members.Values.Any(member => member.Name.ClashesWith(name)) || pending.Values.Any(request => request.Name.ClashesWith(name));

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
                Admit(founding.Founder, NameOf(founding.Founder), Size);
                break;
            case MemberImported import:
                Require(Size == imported + 1, "Members are imported directly after the founder.");
                imported++;
                Admit(import.Newcomer, NameOf(import.Newcomer), Size);
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
                Admit(admitted.Newcomer, admitted.Name, admitted.Position);
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
                Require(members.ContainsKey(change.Member), "Whoever changed the lock is no active member.");
                RequestsLocked = change.Locked;
                break;
            case HistoryRatified ratification:
                Require(members.ContainsKey(ratification.Member), "Whoever ratified is no active member.");
                break;
            case StatementsRequired requirement:
                Require(members.TryGetValue(requirement.Member, out Member? member), "Whoever requires statements is no active member.");
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
            submission.Request, Size, submission.Expires, submission.Newcomer, NameOf(submission.Newcomer), []);
        Require(pending.TryAdd(request.Id, request), "Two pending requests have the same id.");
        if (submission.Newcomer.Profile is { } profile)
        {
            Require(!membersById.ContainsKey(profile.MemberId), "A member asks to be let in.");
            Require(pendingByRequester.TryAdd(profile.MemberId, request.Id), "Somebody who asks already asks again.");
        }
    }

    private void Vote(VoteCast vote, long time)
    {
        Require(pending.TryGetValue(vote.Request, out PendingRequest? request), "The request is not pending.");
        Require(time <= request.Expires, "The vote was cast after the request's time.");
        Require(members.ContainsKey(vote.Voter) && !request.Approvals.Contains(vote.Voter), "The voter is no active member or has voted before.");
        pending[request.Id] = vote.Approve
            ? request with { Approvals = [.. request.Approvals, vote.Voter] }
            : request with { Rejection = Size };
    }

    private PendingRequest Resolve(string id)
    {
        Require(pending.Remove(id, out PendingRequest? request), "The request is not pending.");
        if (request.Newcomer.Profile is { } profile)
        {
            pendingByRequester.Remove(profile.MemberId);
        }

        return request;
    }

    private void Remember(PendingRequest request)
    {
        expired.Enqueue(request.Id);
        if (expired.Count > RememberedExpiries)
        {
            expired.Dequeue();
        }
    }

    private void Admit(Newcomer newcomer, NameKeys name, long leaf)
    {
        Member member = new(Size, newcomer, name, leaf);
        Require(membersById.TryAdd(member.Id, member), "The newcomer is a member already.");
        departed.Remove(member.Id);
        members.Add(member.Handle, member);
    }

    private void Leave(long handle)
    {
        Require(members.Remove(handle, out Member? member), "Whoever leaves is no active member.");
        membersById.Remove(member.Id);
        departed[member.Id] = member;
        foreach (PendingRequest request in pending.Values.Where(request => request.Approvals.Contains(handle)).ToList())
        {
            pending[request.Id] = request with { Approvals = [.. request.Approvals.Where(voter => voter != handle)] };
        }
    }

    private void Replace(Member member)
    {
        members[member.Handle] = member;
        membersById[member.Id] = member;
    }

    // Whoever held the id of somebody erased comes back as a newcomer: nothing is kept that could say otherwise.
    private void Erase(AddendaErased erasure)
    {
        Require(erasure.Leaf < Size && MayErase(erasure.Leaf), "Whoever is erased is an active member, or asks to be one.");
        if (departed.Values.FirstOrDefault(member => member.Leaf == erasure.Leaf) is { } gone)
        {
            departed.Remove(gone.Id);
        }
    }

    private static void Require([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ImpossibleEventException(otherwise);
        }
    }

    private static NameKeys NameOf(Newcomer newcomer) => NameKeys.Of(newcomer.Profile?.DisplayName ?? "");
}

/// <summary>The ledger says something that its own rules exclude: it was damaged, or written by something else.</summary>
/// <param name="message">What is wrong.</param>
public sealed class ImpossibleEventException(string message) : Exception(message);
