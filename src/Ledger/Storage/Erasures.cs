using SecureChat.Ledger.Circle;

namespace SecureChat.Ledger.Storage;

/// <summary>Whom the ledger may forget: the persons of requests that were rejected or expired a while ago.</summary>
public static class Erasures
{
    private static readonly string[] Person = [Addendum.ProfileName, Addendum.KeysName];
    private static readonly string[] SignedPerson = [Addendum.ProfileName, Addendum.KeysName, Addendum.ProofName];

    /// <summary>What is due to be erased. The rejecting vote's proof stays: it is the circle's, not the newcomer's.</summary>
    /// <param name="events">The whole ledger, in order.</param>
    /// <param name="resolvedBefore">Milliseconds since the Unix epoch: requests that were resolved later are kept.</param>
    public static IReadOnlyList<AddendaErased> Due(IEnumerable<RecordedEvent> events, long resolvedBefore)
    {
        Dictionary<string, AddendaErased> pending = [];
        Dictionary<long, AddendaErased> due = [];
        foreach (RecordedEvent recorded in events)
        {
            switch (recorded.Event)
            {
                case RequestSubmitted submission:
                    string[] names = submission.Newcomer.Proof is null ? Person : SignedPerson;
                    pending[submission.Request] = new AddendaErased(recorded.Position, names);
                    break;
                case MemberAdmitted admission:
                    pending.Remove(admission.Request);
                    break;
                case RequestRejected rejection:
                    Resolve(rejection.Request, recorded.Time);
                    break;
                case RequestExpired expiry:
                    Resolve(expiry.Request, recorded.Time);
                    break;
                case AddendaErased erased:
                    due.Remove(erased.Leaf);
                    break;
            }
        }

        return [.. due.Values.OrderBy(erasure => erasure.Leaf)];

        void Resolve(string request, long time)
        {
            if (pending.Remove(request, out AddendaErased? erasure) && time < resolvedBefore)
            {
                due.Add(erasure.Leaf, erasure);
            }
        }
    }
}
