using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Circle;

public class UnanimityTests
{
    [Fact]
    public void The_founder_alone_is_everybody()
    {
        var story = Story.Of();
        string request = story.Ask("ann");
        long vote = story.State.Size;

        var decision = story.Approve(request, Story.Founder);

        decision.Events.ShouldBe([new VoteCast(request, 0, Approve: true), new MemberAdmitted(request)]);
        decision.Tally.ShouldBe(new Tally(VoteResult.Approved, 1, 1));
        story.State.MemberOf("ann")!.Handle.ShouldBe(vote + 1);
    }

    [Fact]
    public void A_request_is_pending_until_the_last_member_has_approved()
    {
        var story = Story.Of("ann", "bob");
        string request = story.Ask("cat");
        story.Approve(request, "bob").Tally.ShouldBe(new Tally(VoteResult.Pending, 1, 3));
        story.Approve(request, Story.Founder).Tally.ShouldBe(new Tally(VoteResult.Pending, 2, 3));
        story.Members.ShouldNotContain("cat");
        story.Approve(request, "ann").Tally.ShouldBe(new Tally(VoteResult.Approved, 3, 3));
        story.Members.ShouldContain("cat");
    }

    [Fact]
    public void One_rejection_denies_at_once()
    {
        var story = Story.Of("ann", "bob");
        string request = story.Ask("cat");
        story.Approve(request, "ann");
        long vote = story.State.Size;

        var decision = story.Reject(request, "bob");

        decision.Events.ShouldBe([new VoteCast(request, story.State.MemberOf("bob")!.Handle, Approve: false), new RequestRejected(request, vote)]);
        decision.Tally.ShouldBe(new Tally(VoteResult.Rejected, 1, 3));
        story.Pending.ShouldBeEmpty();
        story.Approve(request, Story.Founder).Refusal.ShouldBe(Refusals.RequestNotPending);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_member_votes_once(bool again)
    {
        var story = Story.Of("ann");
        string request = story.Ask("bob");
        story.Approve(request, "ann");
        var decision = story.Do(new CastVote(request, "ann", again));
        decision.Refusal.ShouldBe(Refusals.AlreadyVoted);
        decision.Events.ShouldBeEmpty();
        decision.Tally.ShouldBeNull();
    }

    [Fact]
    public void Whoever_is_no_member_has_no_vote()
    {
        var story = Story.Of("ann");
        string request = story.Ask("bob");
        story.Leave("ann");
        story.Approve(request, "bob").Refusal.ShouldBe(Refusals.MemberNotFound);
        story.Approve(request, "ann").Refusal.ShouldBe(Refusals.MemberNotFound);
        story.Reject(request, "stranger").Refusal.ShouldBe(Refusals.MemberNotFound);
        story.Pending.ShouldBe([request]);
    }

    [Fact]
    public void An_unknown_request_and_one_that_is_decided_are_not_pending()
    {
        var story = Story.Of();
        string request = story.Ask("ann");
        story.Admit(request);
        story.Approve(request, "ann").Refusal.ShouldBe(Refusals.RequestNotPending);
        story.Approve("no such request", "ann").Refusal.ShouldBe(Refusals.RequestNotPending);
    }

    [Fact]
    public void A_member_admitted_while_a_request_is_pending_joins_its_electorate()
    {
        var story = Story.Of();
        string older = story.Ask("ann");
        string newer = story.Ask("bob");
        story.Approve(newer, Story.Founder);
        story.Members.ShouldContain("bob");

        story.Approve(older, Story.Founder).Tally.ShouldBe(new Tally(VoteResult.Pending, 1, 2));
        story.Approve(older, "bob").Tally.ShouldBe(new Tally(VoteResult.Approved, 2, 2));
    }

    [Fact]
    public void A_newly_admitted_member_can_deny_what_everybody_else_approved()
    {
        var story = Story.Of("ann");
        string older = story.Ask("bob");
        story.Approve(older, Story.Founder);
        string newer = story.Ask("cat");
        story.Admit(newer);
        story.Approve(older, "ann").Tally!.Result.ShouldBe(VoteResult.Pending);
        story.Reject(older, "cat").Tally!.Result.ShouldBe(VoteResult.Rejected);
    }

    [Fact]
    public void The_approval_of_a_member_who_leaves_no_longer_counts()
    {
        var story = Story.Of("ann", "bob");
        string request = story.Ask("cat");
        story.Approve(request, "ann");
        story.Leave("ann").Events.Count.ShouldBe(1);
        story.State.RequestOf(request)!.Approvals.ShouldBeEmpty();
        story.Approve(request, "bob").Tally.ShouldBe(new Tally(VoteResult.Pending, 1, 2));
    }

    [Fact]
    public void A_departure_can_complete_unanimity()
    {
        var story = Story.Of("ann", "bob");
        string request = story.Ask("cat");
        story.Approve(request, "ann");
        story.Approve(request, Story.Founder);
        long handle = story.State.MemberOf("bob")!.Handle;

        story.Leave("bob").Events.ShouldBe([new MemberLeft(handle), new MemberAdmitted(request)]);

        story.Members.ShouldBe([Story.Founder, "ann", "cat"]);
    }

    [Fact]
    public void Of_several_requests_that_a_departure_completes_the_oldest_is_admitted_and_the_next_one_waits_for_its_vote()
    {
        var story = Story.Of("ann");
        string first = story.Ask("bob");
        string second = story.Ask("cat");
        string third = story.Ask("dan");
        foreach (string request in new[] { third, second, first })
        {
            story.Approve(request, Story.Founder);
        }

        story.Leave("ann").Events.ShouldBe([new MemberLeft(3), new MemberAdmitted(first)]);

        story.Pending.ShouldBe([second, third]);
        story.Approve(second, "bob").Events[^1].ShouldBe(new MemberAdmitted(second));
        story.Approve(third, "bob").Tally.ShouldBe(new Tally(VoteResult.Pending, 2, 3));
    }

    [Fact]
    public void A_request_that_the_departure_does_not_complete_does_not_hold_back_a_later_one()
    {
        var story = Story.Of("ann");
        string first = story.Ask("bob");
        string second = story.Ask("cat");
        story.Approve(second, Story.Founder);
        story.Leave("ann").Events[^1].ShouldBe(new MemberAdmitted(second));
        story.Pending.ShouldBe([first]);
    }

    [Fact]
    public void Overlapping_requests_are_voted_on_apart()
    {
        var story = Story.Of("ann");
        string first = story.Ask("bob");
        string second = story.Ask("cat");
        story.Approve(first, "ann");
        story.Reject(second, "ann").Tally!.Result.ShouldBe(VoteResult.Rejected);
        story.Pending.ShouldBe([first]);
        story.Approve(first, Story.Founder).Tally!.Result.ShouldBe(VoteResult.Approved);
    }

    [Fact]
    public void An_empty_circle_admits_nobody()
    {
        var story = Story.Of();
        string request = story.Ask("ann");
        story.Leave(Story.Founder).Events.ShouldBe([new MemberLeft(0)]);
        story.Members.ShouldBeEmpty();
        story.Pending.ShouldBe([request]);
        story.Ask("bob");
        story.Members.ShouldBeEmpty();
    }

    [Fact]
    public void Whoever_left_cannot_leave_again()
    {
        var story = Story.Of("ann");
        story.Leave("ann");
        var decision = story.Leave("ann");
        decision.Refusal.ShouldBe(Refusals.MemberNotFound);
        decision.Events.ShouldBeEmpty();
    }
}
