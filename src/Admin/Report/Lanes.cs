namespace SecureChat.Admin.Report;

/// <summary>One line of the picture: everything about one person, or about a few who asked at different times and never came in.</summary>
/// <param name="Memberships">The times as a member; none for those who never came in.</param>
/// <param name="Requests">What was asked for: also requests that came to nothing.</param>
internal sealed record Lane(IReadOnlyList<Membership> Memberships, IReadOnlyList<Request> Requests)
{
    /// <summary>Votes that this person cast.</summary>
    public List<(Ballot Ballot, Request Request)> Ballots { get; } = [];
}

/// <summary>
/// Who gets which line. A person is known by its member id: whoever comes back goes on in the line of before. Those who never came in
/// share lines, as many as do not overlap.
/// </summary>
internal sealed record Lanes(IReadOnlyList<Lane> Members, IReadOnlyList<Lane> Others)
{
    // On the picture, in per cent: two requests in one line are told apart.
    private const double Apart = 2.5;

    /// <summary>The lines of a history.</summary>
    public static Lanes Of(History history, Scale scale)
    {
        List<Lane> members = [];
        Dictionary<long, Lane> byHandle = [];
        HashSet<Request> placed = [];
        foreach (IGrouping<string, Membership> person in history.Memberships.GroupBy(member => member.Person.Id ?? $"{member.Handle}\n"))
        {
            Lane lane = new([.. person], [.. history.Requests.Where(request => Belongs(request, person))]);
            members.Add(lane);
            placed.UnionWith(lane.Requests);
            foreach (Membership member in person)
            {
                byHandle[member.Handle] = lane;
            }
        }

        foreach (Request request in history.Requests)
        {
            foreach (Ballot ballot in request.Votes)
            {
                byHandle[ballot.Voter.Handle].Ballots.Add((ballot, request));
            }
        }

        return new Lanes(members, Shared(history.Requests.Where(request => !placed.Contains(request)), scale));
    }

    private static bool Belongs(Request request, IEnumerable<Membership> person) =>
        person.Any(member => member.By == request || (request.Person.Id is { } id && id == member.Person.Id));

    private static List<Lane> Shared(IEnumerable<Request> requests, Scale scale)
    {
        List<(List<Request> Requests, double End)> rows = [];
        foreach (Request request in requests)
        {
            double end = request.Decided is { } decided ? scale.Of(decided) : scale.End;
            double start = scale.Of(new Moment(request.Entry, request.Time));
            int free = rows.FindIndex(row => row.End + Apart <= start);
            if (free < 0)
            {
                rows.Add(([request], end));
            }
            else
            {
                rows[free].Requests.Add(request);
                rows[free] = (rows[free].Requests, end);
            }
        }

        return [.. rows.Select(row => new Lane([], row.Requests))];
    }
}
