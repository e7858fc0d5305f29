using System.Diagnostics.CodeAnalysis;
using SecureChat.Ledger.Circle.Names;

namespace SecureChat.Ledger.Circle;

/// <summary>An active member, as far as decisions need to know.</summary>
/// <param name="Handle">The ledger position of the event that admitted this incarnation.</param>
/// <param name="Id">The member's id.</param>
/// <param name="RsaSpki">See <see cref="MemberKeys.RsaSpki"/>.</param>
/// <param name="Name">What the display name is compared by.</param>
public sealed record Member(long Handle, string Id, string RsaSpki, NameKeys Name);

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
    /// <summary>The id of the one who asks.</summary>
    public string RequesterId => Newcomer.Profile!.MemberId;
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
    private readonly Dictionary<string, string> departedKeys;
    private readonly OrderedDictionary<string, PendingRequest> pending;
    private readonly Dictionary<string, string> pendingByRequester;
    private readonly Queue<string> expired;

    /// <summary>The state before the first event.</summary>
    public CircleState()
    {
        members = [];
        membersById = [];
        departedKeys = [];
        pending = [];
        pendingByRequester = [];
        expired = [];
    }

    private CircleState(CircleState other)
    {
        Size = other.Size;
        RequestsLocked = other.RequestsLocked;
        members = new(other.members);
        membersById = new(other.membersById);
        departedKeys = new(other.departedKeys);
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
    public bool IsDeparted(string id, [NotNullWhen(true)] out string? rsaSpki) => departedKeys.TryGetValue(id, out rsaSpki);

    /// <summary>Whether an active member or a pending requester has this name or one that looks like it.</summary>
    public bool IsNameTaken(NameKeys name) =>
        members.Values.Any(member => member.Name.ClashesWith(name)) || pending.Values.Any(request => request.Name.ClashesWith(name));

    /// <summary>Whether every active member has approved the request, and there is one.</summary>
    public bool IsUnanimous(PendingRequest request) => members.Count > 0 && request.Approvals.Count == members.Count;

    /// <summary>The same state, to be changed on its own.</summary>
    public CircleState Copy() => new(this);

    /// <summary>Folds one event, the one at position <see cref="Size"/>.</summary>
    /// <exception cref="ImpossibleEventException">The event cannot follow on what happened before.</exception>
    public void Apply(CircleEvent happened)
    {
        if (happened is FounderRegistered != (Size == 0))
        {
            throw new ImpossibleEventException("A circle starts with its founder, and only once.");
        }

        switch (happened)
        {
            case FounderRegistered founding:
                Admit(founding.Founder, NameOf(founding.Founder));
                break;
            case RequestSubmitted submission:
                Submit(submission);
                break;
            case VoteCast vote:
                PendingRequest voted = Resolvable(vote.Request);
                if (!members.ContainsKey(vote.Voter) || voted.Approvals.Contains(vote.Voter))
                {
                    throw new ImpossibleEventException("The voter is no active member or has voted before.");
                }

                pending[voted.Id] = vote.Approve ? voted with { Approvals = [.. voted.Approvals, vote.Voter] } : voted;
                break;
            case MemberAdmitted admission:
                PendingRequest admitted = Resolve(admission.Request);
                Admit(admitted.Newcomer, admitted.Name);
                break;
            case RequestRejected rejection:
                Resolve(rejection.Request);
                break;
            case RequestExpired expiry:
                Remember(Resolve(expiry.Request));
                break;
            case MemberLeft departure:
                Leave(departure.Member);
                break;
            case RequestsLockChanged change:
                RequestsLocked = change.Locked;
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
        if (!pending.TryAdd(request.Id, request))
        {
            throw new ImpossibleEventException("Two pending requests have the same id.");
        }

        if (submission.Newcomer.Profile is { } profile)
        {
            pendingByRequester[profile.MemberId] = request.Id;
        }
    }

    private PendingRequest Resolvable(string id) =>
        pending.GetValueOrDefault(id) ?? throw new ImpossibleEventException("The request is not pending.");

    private PendingRequest Resolve(string id)
    {
        PendingRequest request = Resolvable(id);
        pending.Remove(id);
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

    private void Admit(Newcomer newcomer, NameKeys name)
    {
        // A member who is erased has left later in the ledger; until then the fold needs an id that nobody can have chosen.
        string id = newcomer.Profile?.MemberId ?? $"erased:{Size}";
        Member member = new(Size, id, newcomer.Keys?.RsaSpki ?? "", name);
        if (!membersById.TryAdd(id, member))
        {
            throw new ImpossibleEventException("The newcomer is a member already.");
        }

        departedKeys.Remove(id);
        members.Add(member.Handle, member);
    }

    private void Leave(long handle)
    {
        if (!members.Remove(handle, out Member? member))
        {
            throw new ImpossibleEventException("Whoever leaves is no active member.");
        }

        membersById.Remove(member.Id);
        departedKeys[member.Id] = member.RsaSpki;
        foreach (PendingRequest request in pending.Values.Where(request => request.Approvals.Contains(handle)).ToList())
        {
            pending[request.Id] = request with { Approvals = [.. request.Approvals.Where(voter => voter != handle)] };
        }
    }

    private static NameKeys NameOf(Newcomer newcomer) => NameKeys.Of(newcomer.Profile?.DisplayName ?? "");
}

/// <summary>The ledger says something that its own rules exclude: it was damaged, or written by something else.</summary>
/// <param name="message">What is wrong.</param>
public sealed class ImpossibleEventException(string message) : Exception(message);
