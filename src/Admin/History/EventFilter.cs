using SecureChat.Ledger.Circle;

namespace SecureChat.Admin.History;

/// <summary>Which events are wanted: those between two places, about somebody, of certain types.</summary>
/// <param name="from">The first entry.</param>
/// <param name="to">The entry behind the last one.</param>
/// <param name="about">The memberships and requests of somebody, or null for everybody's.</param>
/// <param name="types">Names of events; none for all.</param>
internal sealed class EventFilter(long from, long to, IReadOnlySet<object>? about, IReadOnlySet<string> types)
{
    /// <summary>The names of all events.</summary>
    public static readonly string[] Types =
    [
        nameof(FounderRegistered), nameof(MemberImported), nameof(RollbackAccepted), nameof(RequestSubmitted), nameof(VoteCast), nameof(MemberAdmitted),
        nameof(RequestRejected), nameof(RequestExpired), nameof(MemberLeft), nameof(RequestsLockChanged), nameof(HistoryRatified), nameof(StatementsRequired),
        nameof(AddendaErased),
    ];

    /// <summary>A filter from the words of a command line.</summary>
    /// <exception cref="CommandRefusedException">A moment is none, or there is nobody of that name.</exception>
    public static EventFilter Of(Chronicle chronicle, TimeProvider clock, string? since, string? until, string? person, IReadOnlyCollection<string> types)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return new EventFilter(
            since is null ? 0 : First(chronicle, Moment.Parse(since, now, isEnd: false)),
            until is null ? chronicle.Size : Moment.Parse(until, now, isEnd: true).SizeIn(chronicle),
            person is null ? null : PersonSearch.Everything(chronicle, person),
            types.ToHashSet());
    }

    /// <summary>The events that are wanted, in order.</summary>
    public IEnumerable<Happening> Apply(Chronicle chronicle) => chronicle.Happenings
        .Take((int)to)
        .Skip((int)from)
        .Where(happening => types.Count == 0 || types.Contains(happening.Event.GetType().Name))
        .Where(happening => about is null || Concerned(chronicle, happening).Any(about.Contains));

    // Who did it, and whom it is about.
    private static IEnumerable<object> Concerned(Chronicle chronicle, Happening happening) => happening.Event switch
    {
        FounderRegistered or MemberImported => [chronicle.Member(happening.Position)],
        MemberAdmitted => [chronicle.Member(happening.Position), chronicle.RequestAt(happening.Position)],
        VoteCast vote => [chronicle.Member(vote.Voter), chronicle.RequestAt(happening.Position)],
        RequestSubmitted or RequestRejected or RequestExpired => [chronicle.RequestAt(happening.Position)],
        MemberLeft departure => [chronicle.Member(departure.Member)],
        RequestsLockChanged change => [chronicle.Member(change.Member)],
        HistoryRatified ratification => [chronicle.Member(ratification.Member)],
        StatementsRequired requirement => [chronicle.Member(requirement.Member)],
        _ => [],
    };

    // A moment in time stands before the first entry that is not earlier.
    private static long First(Chronicle chronicle, Moment since) =>
        since.Entry is { } entry ? entry : (since with { Time = since.Time - 1 }).SizeIn(chronicle);
}
