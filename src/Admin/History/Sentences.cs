using System.Globalization;
using SecureChat.Ledger.Circle;

namespace SecureChat.Admin.History;

/// <summary>Each event as a sentence for people who read no ledger. Names are as they were then; whose profile was erased has none.</summary>
internal static class Sentences
{
    /// <summary>The sentence of an event.</summary>
    /// <param name="chronicle">The story that it is of.</param>
    /// <param name="happening">The event.</param>
    public static string Of(Chronicle chronicle, in Happening happening)
    {
        long position = happening.Position;
        return Capital(happening.Event switch
        {
            FounderRegistered => $"{Name(chronicle, chronicle.Member(position))} founded the circle.",
            MemberImported { Joined: { } joined } => $"{Name(chronicle, chronicle.Member(position))} came over from an older server, a member there since {Moment.Text(joined)}.",
            MemberImported => $"{Name(chronicle, chronicle.Member(position))} came over from an older server.",
            RollbackAccepted loss => string.Create(CultureInfo.InvariantCulture, $"the operator went on from an old copy: a ledger of {loss.Size} entries was lost."),
            RequestSubmitted => $"{Name(chronicle, chronicle.RequestAt(position))} asked to be let in.",
            VoteCast vote => $"{Name(chronicle, chronicle.Member(vote.Voter))} {(vote.Approve ? "approved" : "rejected")} the request of {Name(chronicle, chronicle.RequestAt(position))}.",
            MemberAdmitted => Admitted(chronicle, chronicle.Member(position)),
            RequestRejected rejection => $"{Name(chronicle, chronicle.RequestAt(position))} was not let in: {Rejecter(chronicle, position, rejection.Vote)} rejected the request.",
            RequestExpired => Expired(chronicle, chronicle.RequestAt(position), position),
            MemberLeft departure => $"{Name(chronicle, chronicle.Member(departure.Member))} left.",
            RequestsLockChanged change => $"{Name(chronicle, chronicle.Member(change.Member))} {(change.Locked ? "closed the circle for requests" : "opened the circle for requests")}.",
            HistoryRatified ratification => Ratified(chronicle, ratification, position),
            StatementsRequired { Required: true } requirement => $"{Name(chronicle, chronicle.Member(requirement.Member))} had unsigned calls in its name refused from here on.",
            StatementsRequired requirement => $"{Name(chronicle, chronicle.Member(requirement.Member))} had unsigned calls in its name accepted again.",
            AddendaErased erasure => string.Create(CultureInfo.InvariantCulture, $"what the ledger held with entry {erasure.Leaf} was erased: {Words.List(erasure.Erased)}."),
            _ => throw new ArgumentOutOfRangeException(nameof(happening), happening.Event.GetType().Name, "The event has no sentence."),
        });
    }

    /// <summary>What to call a member.</summary>
    public static string Name(Chronicle chronicle, Membership member) => member.Name is { } name
        ? Distinct(chronicle, name, member.MemberId)
        : string.Create(CultureInfo.InvariantCulture, $"an erased member (entry {member.Handle})");

    /// <summary>What to call whoever asked.</summary>
    public static string Name(Chronicle chronicle, JoinRequest request) => request.Name is { } name
        ? Distinct(chronicle, name, request.MemberId)
        : string.Create(CultureInfo.InvariantCulture, $"an erased person (entry {request.Entry})");

    private static string Admitted(Chronicle chronicle, Membership newcomer)
    {
        string approvers = Words.List([.. newcomer.Request!.Approvals(newcomer.Handle).Select(vote => Name(chronicle, vote.Voter))]);
        string cause = chronicle.Happenings[(int)newcomer.Handle - 1].Event is MemberLeft departure
            ? $" when {Name(chronicle, chronicle.Member(departure.Member))} left"
            : "";
        return $"{Name(chronicle, newcomer)} was admitted{(newcomer.IsReturn ? " again" : "")}{cause}: {approvers} approved.";
    }

    private static string Rejecter(Chronicle chronicle, long position, long vote) =>
        chronicle.RequestAt(position).Votes.FindLast(cast => cast.Entry == vote) is { Voter: { } voter } ? Name(chronicle, voter) : "somebody";

    private static string Expired(Chronicle chronicle, JoinRequest request, long position)
    {
        HashSet<Membership> voted = [.. request.Approvals(position).Select(vote => vote.Voter)];
        string[] silent = [.. chronicle.MembersAt(position).Where(member => !voted.Contains(member)).Select(member => Name(chronicle, member))];
        string why = voted.Count == 0 ? "nobody had voted" : $"{Words.List(silent)} had not voted";
        return $"the request of {Name(chronicle, request)} expired: {why}.";
    }

    private static string Ratified(Chronicle chronicle, HistoryRatified ratification, long position)
    {
        string name = Name(chronicle, chronicle.Member(ratification.Member));
        return chronicle.RatifiedAt(position) is { } size
            ? string.Create(CultureInfo.InvariantCulture, $"{name} stood by everything in its name within the first {size} entries.")
            : $"{name} stood by what had been recorded in its name.";
    }

    private static string Distinct(Chronicle chronicle, string name, string? id) => chronicle.IsShared(name) ? $"{name} ({id})" : name;

    // Only sentences of our own begin small: a name stands as its owner wrote it.
    private static string Capital(string sentence) =>
        sentence.StartsWith("an erased ", StringComparison.Ordinal) || sentence.StartsWith("the ", StringComparison.Ordinal) || sentence.StartsWith("what ", StringComparison.Ordinal)
            ? char.ToUpperInvariant(sentence[0]) + sentence[1..]
            : sentence;
}
