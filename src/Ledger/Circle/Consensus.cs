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

        course.Then(new VoteCast(request.Id, voter.Handle, vote.Approve, vote.Proof));
        Settle(course);
        VoteResult result = course.State.RequestOf(request.Id) is not null ? VoteResult.Pending
            : vote.Approve ? VoteResult.Approved
            : VoteResult.Rejected;
        tally = new Tally(result, request.Approvals.Count + (vote.Approve ? 1 : 0), state.Members.Count);
        return null;
    }

    public static Refusal? Leave(Course course, Leave departure)
    {
        if (course.State.MemberOf(departure.MemberId) is not { } member)
        {
            return Refusals.MemberNotFound;
        }

        course.Then(new MemberLeft(member.Handle, departure.Proof));
        Settle(course);
        return null;
    }

    /// <summary>
    /// The outcome that the circle has come to: the next event must be this one, and without it no request is admitted or
    /// rejected. Null when nothing is decided. Of several requests the first one submitted; whoever is admitted has not
    /// approved the next one, so that after each the electorate is another.
    /// </summary>
    public static CircleEvent? DueOutcome(CircleState state)
    {
        foreach (PendingRequest request in state.Pending)
        {
            if (request.Rejection is { } vote)
            {
                return new RequestRejected(request.Id, vote);
            }

            // A departure takes the approval with it, so as many approvals as members means one of each. Of nobody: nobody.
            if (state.Members.Count > 0 && request.Approvals.Count == state.Members.Count)
            {
                return new MemberAdmitted(request.Id);
            }
        }

        return null;
    }

    private static void Settle(Course course)
    {
        while (DueOutcome(course.State) is { } outcome)
        {
            course.Then(outcome);
        }
    }
}
