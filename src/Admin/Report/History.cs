using System.Security.Cryptography;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>Somebody, as the documents beside one entry say.</summary>
/// <param name="Leaf">The entry of the founding, the import or the request.</param>
/// <param name="Id">The member id; null where it was erased.</param>
/// <param name="Name">The display name; null where it was erased.</param>
/// <param name="Fingerprint">SHA-256 of the RSA key's SubjectPublicKeyInfo; null where the keys are missing.</param>
internal sealed record Person(long Leaf, string? Id, string? Name, byte[]? Fingerprint);

/// <summary>One membership, from coming to leaving.</summary>
/// <param name="Handle">The entry that began it.</param>
/// <param name="Since">When, in milliseconds since the Unix epoch.</param>
/// <param name="Person">Who it is.</param>
/// <param name="By">The request by which it came; null for the founder and for imported members.</param>
internal sealed record Membership(long Handle, long Since, Person Person, Request? By)
{
    /// <summary>When it left, if it has.</summary>
    public Moment? Left { get; set; }
}

/// <summary>An entry and its time.</summary>
/// <param name="Entry">The leaf index.</param>
/// <param name="Time">Milliseconds since the Unix epoch.</param>
internal sealed record Moment(long Entry, long Time);

/// <summary>A vote.</summary>
internal sealed record Ballot(long Entry, long Time, Membership Voter, bool Approve);

/// <summary>What became of a request.</summary>
internal enum Outcome
{
    Pending,
    Admitted,
    Rejected,
    Expired,
}

/// <summary>Somebody's wish to be let in.</summary>
internal sealed record Request(string Id, long Entry, long Time, long Expires, Person Person)
{
    public List<Ballot> Votes { get; } = [];

    public Outcome Outcome { get; set; }

    /// <summary>The entry of the outcome.</summary>
    public Moment? Decided { get; set; }
}

/// <summary>Something else that a person may want to know of.</summary>
internal sealed record OtherEvent(long Entry, long Time, CircleEvent Event, Membership? Member);

/// <summary>
/// What is told and drawn: the events of a ledger, put together. It judges nothing, so that a ledger which breaks its rules can be
/// shown too; whether it holds, the verdict says.
/// </summary>
internal sealed class History
{
    private readonly Dictionary<long, Membership> byHandle = [];
    private readonly Dictionary<string, Request> pending = [];

    public List<Membership> Memberships { get; } = [];

    public List<Request> Requests { get; } = [];

    public List<OtherEvent> Others { get; } = [];

    /// <summary>The time of each entry that could be read.</summary>
    public List<long> Times { get; } = [];

    public bool IsLocked { get; private set; }

    public IEnumerable<Membership> Active => Memberships.Where(member => member.Left is null);

    public IEnumerable<Request> Pending => Requests.Where(request => request.Outcome == Outcome.Pending);

    /// <summary>Reads a ledger, up to the first entry that is none.</summary>
    public static History Of(ReportedLedger ledger)
    {
        History history = new();
        foreach (StoredEntry stored in ledger.Entries)
        {
            try
            {
                (CircleEvent happened, long time) = Entry.Read(stored.Bytes.Span, digest => ledger.Addenda.GetValueOrDefault(digest));
                history.Take(happened, history.Times.Count, time);
                history.Times.Add(time);
            }
            catch (FormatException)
            {
                break;
            }
        }

        return history;
    }

    private void Take(CircleEvent happened, long entry, long time)
    {
        switch (happened)
        {
            case FounderRegistered founding:
                Join(new Membership(entry, time, PersonOf(founding.Founder, entry), By: null));
                break;
            case MemberImported import:
                Join(new Membership(entry, time, PersonOf(import.Newcomer, entry), By: null));
                break;
            case RequestSubmitted submission:
                Request asked = new(submission.Request, entry, time, submission.Expires, PersonOf(submission.Newcomer, entry));
                Requests.Add(asked);
                pending[asked.Id] = asked;
                break;
            case VoteCast vote when pending.TryGetValue(vote.Request, out Request? request) && byHandle.TryGetValue(vote.Voter, out Membership? voter):
                request.Votes.Add(new Ballot(entry, time, voter, vote.Approve));
                break;
            case MemberAdmitted admission when Decide(admission.Request, Outcome.Admitted, entry, time) is { } admitted:
                Join(new Membership(entry, time, admitted.Person, admitted));
                break;
            case RequestRejected rejection:
                Decide(rejection.Request, Outcome.Rejected, entry, time);
                break;
            case RequestExpired expiry:
                Decide(expiry.Request, Outcome.Expired, entry, time);
                break;
            case MemberLeft departure when byHandle.TryGetValue(departure.Member, out Membership? left):
                left.Left = new Moment(entry, time);
                Note(happened, entry, time, departure.Member);
                break;
            case RequestsLockChanged change:
                IsLocked = change.Locked;
                Note(happened, entry, time, change.Member);
                break;
            case HistoryRatified ratification:
                Note(happened, entry, time, ratification.Member);
                break;
            case StatementsRequired requirement:
                Note(happened, entry, time, requirement.Member);
                break;
            case AddendaErased or RollbackAccepted:
                Others.Add(new OtherEvent(entry, time, happened, Member: null));
                break;
        }
    }

    private void Note(CircleEvent happened, long entry, long time, long handle) =>
        Others.Add(new OtherEvent(entry, time, happened, byHandle.GetValueOrDefault(handle)));

    private void Join(Membership member)
    {
        Memberships.Add(member);
        byHandle[member.Handle] = member;
    }

    private Request? Decide(string id, Outcome outcome, long entry, long time)
    {
        if (pending.Remove(id, out Request? request))
        {
            request.Outcome = outcome;
            request.Decided = new Moment(entry, time);
        }

        return request;
    }

    private static Person PersonOf(Newcomer newcomer, long leaf) => new(
        leaf, newcomer.Profile?.MemberId, newcomer.Profile?.DisplayName,
        newcomer.Keys is { } keys ? SHA256.HashData(Convert.FromBase64String(keys.RsaSpki)) : null);
}
