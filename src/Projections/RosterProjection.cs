using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Storage;

namespace SecureChat.Projections;

/// <summary>Folds the roster from events, and gives a snapshot of it. Owned by the first pass, and from there on by the runner.</summary>
internal sealed class RosterProjection
{
    private readonly List<Admission> members = [];
    private readonly Dictionary<long, string> ids = [];
    private readonly OrderedDictionary<string, Submission> pending = [];
    private long size;
    private bool requestsLocked;
    private Roster? lastSnapshot;
    private bool membersChanged;

    public long Size => size;

    public void Apply(RecordedEvent recorded)
    {
        switch (recorded.Event)
        {
            case FounderRegistered founding:
                Admit(recorded, founding.Founder);
                break;
            case RequestSubmitted submission:
                pending.Add(submission.Request, new Submission(recorded, submission, []));
                break;
            case VoteCast { Approve: true } vote:
                Submission voted = pending[vote.Request];
                pending[vote.Request] = voted with { Approvals = [.. voted.Approvals, vote.Voter], Shown = null };
                break;
            case VoteCast:
                break;
            case MemberAdmitted admission:
                pending.Remove(admission.Request, out Submission? admitted);
                Admit(recorded, admitted!.Event.Newcomer);
                break;
            case RequestRejected rejection:
                pending.Remove(rejection.Request);
                break;
            case RequestExpired expiry:
                pending.Remove(expiry.Request);
                break;
            case MemberLeft departure:
                Leave(departure.Member);
                break;
            case RequestsLockChanged change:
                requestsLocked = change.Locked;
                break;
            case MemberImported import:
                Admit(recorded, import.Newcomer, import.Joined);
                break;
            case HistoryRatified or StatementsRequired or AddendaErased or RollbackAccepted:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(recorded), recorded.Event.GetType().Name, "The roster does not know the event.");
        }

        size = recorded.Position + 1;
    }

    public Roster Snapshot()
    {
        List<RosterRequest> requests = [.. pending.Values.Select(submission => submission.Shown ??= submission.Show(ids))];
        lastSnapshot = lastSnapshot is null || membersChanged
            ? new Roster(size, requestsLocked, [.. members.Select(admission => admission.Member)], requests)
            : lastSnapshot.WithSameMembers(size, requestsLocked, requests);
        membersChanged = false;
        return lastSnapshot;
    }

    private void Admit(RecordedEvent recorded, Newcomer newcomer, long? joined = null)
    {
        membersChanged = true;
        if (newcomer is not { Profile: { } profile, Keys: { } keys })
        {
            // Erased, so this member leaves further on in the ledger: nobody who could ask for anything.
            return;
        }

        ids.Add(recorded.Position, profile.MemberId);
        members.Add(new Admission(recorded.Position, profile, keys, joined ?? recorded.Time));
    }

    private void Leave(long handle)
    {
        membersChanged = true;
        members.RemoveAll(admission => admission.Handle == handle);
        ids.Remove(handle);
        foreach (string request in pending.Keys.ToList())
        {
            Submission submission = pending[request];
            pending[request] = submission with { Approvals = [.. submission.Approvals.Where(voter => voter != handle)], Shown = null };
        }
    }

    /// <summary>
    /// Somebody who was admitted. Reading a key costs as much as a hundred other entries, and most of those whom a long ledger admits have left
    /// before anybody looks.
    /// </summary>
    private sealed class Admission(long handle, Profile profile, MemberKeys keys, long joined)
    {
        private RosterMember? member;

        public long Handle => handle;

        public RosterMember Member => member ??= new RosterMember(
            handle,
            profile.MemberId,
            profile.DisplayName,
            keys.PublicKey,
            keys.Curve25519,
            joined,
            VerifierOf(keys, handle),
            Curve25519PublicKey.TryParse(keys.Curve25519, out Curve25519PublicKey? curve25519, out _) ? curve25519 : null);

        private static RsaVerifier VerifierOf(MemberKeys keys, long position)
        {
            try
            {
                return new RsaVerifier(RsaPublicKey.FromCanonicalSpki(Convert.FromBase64String(keys.RsaSpki)));
            }
            catch (Exception none) when (none is FormatException or InvalidDataException)
            {
                throw new LedgerDamagedException($"The ledger is damaged: the RSA key of entry {position} is none. Restore a backup.", none);
            }
        }
    }

    private sealed record Submission(RecordedEvent Recorded, RequestSubmitted Event, IReadOnlyList<long> Approvals)
    {
        /// <summary>How members see it, made once for as long as nobody votes.</summary>
        public RosterRequest? Shown { get; set; }

        public RosterRequest Show(Dictionary<long, string> ids) => new(
            Event.Request,
            Recorded.Position,
            Event.Newcomer.Profile?.MemberId ?? "",
            Event.Newcomer.Profile?.DisplayName ?? "",
            Event.Newcomer.Keys?.PublicKey ?? "",
            Event.Newcomer.Keys?.Curve25519 ?? "",
            Recorded.Time,
            Event.Expires,
            [.. Approvals.Select(voter => ids.GetValueOrDefault(voter) ?? Tables.MembersTable.IdOf(profile: null, voter))]);
    }
}
