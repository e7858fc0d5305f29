namespace SecureChat.Ledger.Circle;

/// <summary>
/// Unanimity: a request is admitted at the moment when every member who is active at that moment has approved it, and one
/// rejection denies it at once. An outcome stands directly after its cause, in the same decision.
/// </summary>
internal static class Consensus
{
    public static Refusal? Vote(Course course, CastVote vote, out Tally? tally)
    {
        tally = null;
        CircleState state = course.State;
        if (state.MemberOf(vote.MemberId) is not { } voter)
        {
            return Refusals.MemberNotFound;
        }

        if (state.RequestOf(vote.Request) is not { } request)
        {
            return state.IsExpired(vote.Request) ? Refusals.RequestExpired : Refusals.RequestNotPending;
        }

        if (request.Approvals.Contains(voter.Handle))
        {
            return Refusals.AlreadyVoted;
        }

        int members = state.Members.Count;
        long position = state.Size;
        course.Then(new VoteCast(request.Id, voter.Handle, vote.Approve));
        if (!vote.Approve)
        {
            course.Then(new RequestRejected(request.Id, position));
            tally = new Tally("rejected", request.Approvals.Count, members);
            return null;
        }

        tally = new Tally(AdmitIfUnanimous(course, request.Id) ? "approved" : "pending", request.Approvals.Count + 1, members);
        return null;
    }

    public static Refusal? Leave(Course course, Leave departure)
    {
        if (course.State.MemberOf(departure.MemberId) is not { } member)
        {
            return Refusals.MemberNotFound;
        }

        course.Then(new MemberLeft(member.Handle));

        // In the order of the requests, the electorate looked at anew after each: whoever is admitted here has not approved
        // the next one.
        foreach (string request in course.State.Pending.Select(request => request.Id).ToList())
        {
            AdmitIfUnanimous(course, request);
        }

        return null;
    }

    private static bool AdmitIfUnanimous(Course course, string request)
    {
        bool unanimous = course.State.IsUnanimous(course.State.RequestOf(request)!);
        if (unanimous)
        {
            course.Then(new MemberAdmitted(request));
        }

        return unanimous;
    }
}
