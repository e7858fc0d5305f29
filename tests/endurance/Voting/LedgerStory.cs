using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;

namespace SecureChat.EnduranceTests.Voting;

/// <summary>A ledger as a list of what somebody did, one line an entry, in the words of <see cref="VotingLoad"/>; and what follows from it.</summary>
internal sealed class LedgerStory
{
    /// <summary>Begins the lines of entries that nobody asked for: they follow from the one before.</summary>
    public const string Derived = "so ";

    private readonly Dictionary<long, string> memberOf = [];
    private readonly Dictionary<string, string> requesterOf = [];

    private LedgerStory(DatabaseFile ledger)
    {
        using LedgerReader reader = new(ledger);
        foreach (RecordedEvent recorded in reader.Read(0))
        {
            Lines.Add(Line(recorded));
        }
    }

    public List<string> Lines { get; } = [];

    /// <summary>Every request that was ever made, and how it stands.</summary>
    public Dictionary<string, string> Requests { get; } = [];

    /// <summary>The ids of the active members.</summary>
    public HashSet<string> Members { get; } = [];

    public bool IsLocked { get; private set; }

    public IEnumerable<string> Pending => Requests.Where(request => request.Value == "pending").Select(request => request.Key);

    public static LedgerStory In(string dataFolder) => new(LedgerFile.In(dataFolder));

    private string Line(RecordedEvent recorded)
    {
        switch (recorded.Event)
        {
            case FounderRegistered founding:
                Admit(recorded.Position, founding.Founder.Profile!.MemberId);
                return $"found {memberOf[recorded.Position]}";
            case RequestSubmitted submission:
                requesterOf[submission.Request] = submission.Newcomer.Profile!.MemberId;
                Requests[submission.Request] = "pending";
                return $"ask {requesterOf[submission.Request]}";
            case VoteCast vote:
                return $"vote {vote.Request} {memberOf[vote.Voter]} {vote.Approve}";
            case MemberAdmitted admission:
                Admit(recorded.Position, requesterOf[admission.Request]);
                Requests[admission.Request] = "approved";
                return $"{Derived}{admission.Request} is approved";
            case RequestRejected rejection:
                Requests[rejection.Request] = "rejected";
                return $"{Derived}{rejection.Request} is rejected";
            case RequestExpired expiry:
                Requests[expiry.Request] = "expired";
                return $"{Derived}{expiry.Request} is expired";
            case MemberLeft departure:
                Members.Remove(memberOf[departure.Member]);
                return $"leave {memberOf[departure.Member]}";
            case RequestsLockChanged change:
                IsLocked = change.Locked;
                return $"lock {memberOf[change.Member]} {change.Locked}";
            default:
                throw new ArgumentOutOfRangeException(nameof(recorded), recorded.Event.GetType().Name, "Nobody here does that.");
        }
    }

    private void Admit(long handle, string id)
    {
        memberOf[handle] = id;
        Members.Add(id);
    }
}
