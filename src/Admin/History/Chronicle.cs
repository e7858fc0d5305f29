using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.History;

/// <summary>An event of a ledger.</summary>
/// <param name="Position">The leaf index.</param>
/// <param name="Time">Milliseconds since the Unix epoch.</param>
/// <param name="Event">What happened; the persons in it are in the <see cref="Chronicle"/>.</param>
/// <param name="IsSigned">Whether a statement stands with it, right or wrong.</param>
internal readonly record struct Happening(long Position, long Time, CircleEvent Event, bool IsSigned);

/// <summary>
/// A ledger as a story: who came, asked, voted and left, so that the circle of any moment can be told. It believes what it is
/// given; whether that is right is the verifier's business.
/// </summary>
internal sealed class Chronicle
{
    private readonly List<Happening> happenings = [];
    private readonly Dictionary<long, Membership> memberships = [];
    private readonly List<Membership> everybody = [];
    private readonly Dictionary<string, JoinRequest> pending = [];
    private readonly Dictionary<long, JoinRequest> concerned = [];
    private readonly List<JoinRequest> requests = [];
    private readonly HashSet<string> knownIds = [];
    private readonly Dictionary<string, string> owners = [];
    private readonly HashSet<string> sharedNames = [];
    private readonly Dictionary<long, long> ratified = [];

    /// <summary>How many events there are.</summary>
    public long Size => happenings.Count;

    /// <summary>Every event in order.</summary>
    public IReadOnlyList<Happening> Happenings => happenings;

    /// <summary>Every membership in the order of the handles; whoever came back is here once for each time.</summary>
    public IReadOnlyList<Membership> Everybody => everybody;

    /// <summary>Every request in the order of submission.</summary>
    public IReadOnlyList<JoinRequest> Requests => requests;

    /// <summary>The membership of a handle.</summary>
    public Membership Member(long handle) => memberships[handle];

    /// <summary>The request that an event is about: its submission, a vote on it, its outcome.</summary>
    public JoinRequest RequestAt(long position) => concerned[position];

    /// <summary>How many entries a member stood by; null where its statement is gone.</summary>
    public long? RatifiedAt(long position) => ratified.TryGetValue(position, out long size) ? size : null;

    /// <summary>Whether several ids have had this name, so that it alone does not say who.</summary>
    public bool IsShared(string name) => sharedNames.Contains(name);

    /// <summary>The members after so many entries, in the order in which they came.</summary>
    public IEnumerable<Membership> MembersAt(long size) => everybody.Where(member => member.IsActive(size));

    /// <summary>The pending requests after so many entries.</summary>
    public IEnumerable<JoinRequest> PendingAt(long size) => requests.Where(request => request.IsPending(size));

    /// <summary>Whether the circle was closed for requests after so many entries, and by which entry; null if it never was touched.</summary>
    public (bool Locked, long Entry)? LockAt(long size)
    {
        for (long position = Math.Min(size, Size) - 1; position >= 0; position--)
        {
            if (happenings[(int)position].Event is RequestsLockChanged change)
            {
                return (change.Locked, position);
            }
        }

        return null;
    }

    /// <summary>Takes the next event.</summary>
    /// <param name="happened">What happened; of a newcomer only the profile is needed.</param>
    /// <param name="time">Milliseconds since the Unix epoch.</param>
    /// <param name="seen">Of a ratification: how many entries it is about, if that is known.</param>
    /// <exception cref="LogDamagedException">It speaks of somebody or something that did not come before.</exception>
    public void Add(CircleEvent happened, long time, long? seen = null)
    {
        long position = Size;
        switch (happened)
        {
            case FounderRegistered founding:
                Join(new Membership(position, time, founding.Founder.Profile?.MemberId, founding.Founder.Profile?.DisplayName));
                break;
            case MemberImported import:
                Join(new Membership(position, import.Joined ?? time, import.Newcomer.Profile?.MemberId, import.Newcomer.Profile?.DisplayName));
                break;
            case RequestSubmitted submission:
                Submit(submission, time);
                break;
            case VoteCast vote:
                About(vote.Request).Votes.Add(new Vote(position, Active(vote.Voter), vote.Approve, vote.Proof is not null));
                break;
            case MemberAdmitted admission:
                Admit(About(admission.Request), time);
                break;
            case RequestRejected rejection:
                Resolve(About(rejection.Request), Fate.Rejected);
                break;
            case RequestExpired expiry:
                Resolve(About(expiry.Request), Fate.Expired);
                break;
            case MemberLeft departure:
                Active(departure.Member).Left = (position, time);
                break;
            case RequestsLockChanged change:
                Active(change.Member);
                break;
            case HistoryRatified ratification:
                Active(ratification.Member);
                if (seen is { } size)
                {
                    ratified[position] = size;
                }

                break;
            case StatementsRequired requirement:
                Active(requirement.Member).Requirements.Add((position, requirement.Required));
                break;
        }

        happenings.Add(new Happening(position, time, happened, IsSigned(happened)));
    }

    private void Submit(RequestSubmitted submission, long time)
    {
        (string? id, string? name) = (submission.Newcomer.Profile?.MemberId, submission.Newcomer.Profile?.DisplayName);
        JoinRequest request = new(submission.Request, Size, time, submission.Expires, id, name, submission.Newcomer.Proof is not null);
        if (!pending.TryAdd(request.Id, request))
        {
            throw Damaged("a request with the same id is pending");
        }

        Name(id, name);
        requests.Add(request);
        concerned[Size] = request;
    }

    private void Admit(JoinRequest request, long time)
    {
        Resolve(request, Fate.Admitted);
        Join(new Membership(Size, time, request.MemberId, request.Name)
        {
            Request = request,
            IsReturn = request.MemberId is { } id && knownIds.Contains(id),
        });
    }

    private void Join(Membership member)
    {
        memberships.Add(member.Handle, member);
        everybody.Add(member);
        Name(member.MemberId, member.Name);
        if (member.MemberId is { } id)
        {
            knownIds.Add(id);
        }
    }

    private void Resolve(JoinRequest request, Fate decision)
    {
        request.Outcome = (decision, Size);
        pending.Remove(request.Id);
    }

    private void Name(string? id, string? name)
    {
        if (id is not null && name is not null && !owners.TryAdd(name, id) && owners[name] != id)
        {
            sharedNames.Add(name);
        }
    }

    private JoinRequest About(string id) => concerned[Size] =
        pending.GetValueOrDefault(id) ?? throw Damaged("it is about a request that is not pending");

    private Membership Active(long handle) =>
        memberships.TryGetValue(handle, out Membership? member) && member.Left is null ? member : throw Damaged($"it names entry {handle}, which is no member");

    private LogDamagedException Damaged(string why) => new($"Entry {Size} cannot be told: {why}.", Size);

    private static bool IsSigned(CircleEvent happened) => happened switch
    {
        FounderRegistered founding => founding.Founder.Proof is not null,
        RequestSubmitted submission => submission.Newcomer.Proof is not null,
        VoteCast vote => vote.Proof is not null,
        MemberLeft departure => departure.Proof is not null,
        RequestsLockChanged change => change.Proof is not null,
        HistoryRatified or StatementsRequired => true,
        _ => false,
    };
}
