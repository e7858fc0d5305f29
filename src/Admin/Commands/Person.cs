using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;

namespace SecureChat.Admin.Commands;

/// <summary>Somebody who is to be erased: what the ledger holds of them and may let go.</summary>
/// <param name="Id">The request's or the member's id, as it was named.</param>
/// <param name="Erasures">What is deleted.</param>
/// <param name="Names">The display names by the entries that they belong to.</param>
/// <param name="Stays">A sentence on what stays besides the entries, or null.</param>
internal sealed record Person(string Id, IReadOnlyList<AddendaErased> Erasures, IReadOnlyDictionary<long, string> Names, string? Stays)
{
    /// <summary>Finds somebody who may be erased.</summary>
    /// <param name="circle">The circle, with nobody else at it.</param>
    /// <param name="folder">Its data folder.</param>
    /// <param name="now">Milliseconds since the Unix epoch.</param>
    /// <param name="request">The id of a request, or null.</param>
    /// <param name="member">The id of a member, or null.</param>
    /// <exception cref="CommandRefusedException">There is no such person, or it is active or pending.</exception>
    public static Person Find(LiveCircle circle, string folder, long now, string? request, string? member)
    {
        using LedgerReader reader = new(LedgerFile.In(folder));
        return request is not null
            ? OfRequest(circle, reader.Read(0), now, request)
            : OfMember(circle, reader.Read(0), now, member!);
    }

    private static Person OfRequest(LiveCircle circle, IEnumerable<RecordedEvent> events, long now, string id)
    {
        if (circle.State.RequestOf(id) is { } pending && now <= pending.Expires)
        {
            throw CommandRefusedException.Usage($"The request {id} is pending: the circle has yet to decide.");
        }

        (long Leaf, Newcomer Newcomer)? found = null;
        foreach (RecordedEvent recorded in events)
        {
            switch (recorded.Event)
            {
                case RequestSubmitted submission when submission.Request == id:
                    found = (recorded.Position, submission.Newcomer);
                    break;
                case MemberAdmitted admission when admission.Request == id:
                    throw CommandRefusedException.Usage($"The request {id} was approved: whoever came in by it is erased with --member ID, after leaving.");
            }
        }

        if (found is not { } request)
        {
            throw CommandRefusedException.Usage($"There is no request {id} in this ledger.");
        }

        // The rejecting vote's proof stands at another entry, and stays: it is the circle's.
        return Of(
            circle, id, [request],
            [Addendum.ProfileName, Addendum.KeysName, Addendum.ProofName],
            "The votes on the request stay, with the statements of those who cast them.");
    }

    private static Person OfMember(LiveCircle circle, IEnumerable<RecordedEvent> events, long now, string id)
    {
        if (circle.State.MemberOf(id) is not null)
        {
            throw CommandRefusedException.Usage($"{id} is a member: only who has left can be erased.");
        }

        if (circle.State.RequestBy(id) is { } pending && now <= pending.Expires)
        {
            throw CommandRefusedException.Usage($"{id} asks to be let in at present: the circle has yet to decide.");
        }

        Dictionary<string, (long Leaf, Newcomer Newcomer)> asking = [];
        List<(long Leaf, Newcomer Newcomer)> memberships = [];
        foreach (RecordedEvent recorded in events)
        {
            switch (recorded.Event)
            {
                case FounderRegistered { Founder: var founder } when founder.Profile?.MemberId == id:
                    memberships.Add((recorded.Position, founder));
                    break;
                case MemberImported { Newcomer: var imported } when imported.Profile?.MemberId == id:
                    memberships.Add((recorded.Position, imported));
                    break;
                case RequestSubmitted submission when submission.Newcomer.Profile?.MemberId == id:
                    asking[submission.Request] = (recorded.Position, submission.Newcomer);
                    break;
                case MemberAdmitted admission when asking.Remove(admission.Request, out (long, Newcomer) admitted):
                    memberships.Add(admitted);
                    break;
            }
        }

        if (memberships.Count == 0)
        {
            throw CommandRefusedException.Usage(asking.Count == 0
                ? $"No member of this ledger had the id {id}, or it is erased already."
                : $"{id} was never a member; what it asked for is erased with: --request {string.Join(", ", asking.Keys)}.");
        }

        string keys = "The keys and statements stay: other members' admissions rest on them. Whoever had the id can come back as a newcomer only.";
        return Of(
            circle, id, memberships, [Addendum.ProfileName],
            asking.Count == 0 ? keys : $"{keys} The same id in requests that came to nothing stays too, and is erased with: --request {string.Join(", ", asking.Keys)}.");
    }

    private static Person Of(LiveCircle circle, string id, IReadOnlyList<(long Leaf, Newcomer Newcomer)> found, string[] documents, string stays)
    {
        List<AddendaErased> erasures = [];
        foreach ((long leaf, _) in found)
        {
            string[] there = [.. circle.Ledger.AddendaOf(leaf).Select(addendum => addendum.Name).Where(documents.Contains)];
            if (there.Length > 0)
            {
                erasures.Add(new AddendaErased(leaf, there));
            }
        }

        return erasures.Count > 0
            ? new Person(id, erasures, found.ToDictionary(person => person.Leaf, person => person.Newcomer.Profile?.DisplayName ?? ""), stays)
            : throw CommandRefusedException.Usage($"What the ledger held of {id} is erased already.");
    }
}
