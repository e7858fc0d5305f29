using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Verification;

/// <summary>
/// Ledger format section 9, points 3 and 7, said once more over the whole list of events: slow, and nothing but the sentences.
/// </summary>
internal sealed class NaiveGrades
{
    private readonly IReadOnlyList<CircleEvent> events;
    private readonly HashSet<int> gaps = [];

    /// <summary>Of a ledger whose statements are all right; whoever ratifies has seen everything before.</summary>
    internal NaiveGrades(IReadOnlyList<CircleEvent> events)
    {
        this.events = events;
        for (int leaf = 0; leaf < events.Count; leaf++)
        {
            bool isGap = events[leaf] switch
            {
                FounderRegistered founding => founding.Founder.Proof is null && !RatifiedBy(leaf, leaf),
                MemberImported => !RatifiedBy(leaf, leaf),
                RequestSubmitted request => request.Newcomer.Proof is null && AdmissionOf(leaf) is { } handle && !RatifiedBy(handle, leaf),
                VoteCast { Approve: true, Proof: null } => IsCounted(leaf) && !IsVoteRatified(leaf),
                MemberLeft departure => departure.Proof is null,
                _ => false,
            };
            if (isGap)
            {
                gaps.Add(leaf);
            }
        }
    }

    internal IEnumerable<(long Handle, bool Proven)> Members() => Enumerable.Range(0, events.Count)
        .Where(leaf => events[leaf] is FounderRegistered or MemberImported or MemberAdmitted)
        .Select(leaf => ((long)leaf, !gaps.Any(gap => gap <= leaf)));

    /// <summary>The admission that followed from a request; requests have different ids here.</summary>
    private int? AdmissionOf(int submission) => Outcome(((RequestSubmitted)events[submission]).Request) is { } leaf && events[leaf] is MemberAdmitted
        ? leaf
        : null;

    private int? Outcome(string request)
    {
        int leaf = events.ToList().FindIndex(happened =>
            happened is MemberAdmitted admission && admission.Request == request
            || happened is RequestRejected rejection && rejection.Request == request
            || happened is RequestExpired expiry && expiry.Request == request);
        return leaf < 0 ? null : leaf;
    }

    private bool IsActive(long handle, int at) =>
        handle < at && !events.Take(at).Any(happened => happened is MemberLeft departure && departure.Member == handle);

    private bool IsCounted(int vote)
    {
        var cast = (VoteCast)events[vote];
        return Outcome(cast.Request) is { } leaf && events[leaf] is MemberAdmitted && IsActive(cast.Voter, leaf);
    }

    private bool RatifiedBy(long handle, int leaf) => Enumerable.Range(leaf + 1, events.Count - leaf - 1)
        .Any(later => events[later] is HistoryRatified ratification && ratification.Member == handle);

    // Also a vote on a request that was pending at that time, whatever became of it.
    private bool IsVoteRatified(int vote) => RatifiedBy(((VoteCast)events[vote]).Voter, vote);
}
