using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Circle;

public class AdmissionTests
{
    [Fact]
    public void Locked_requests_are_refused_until_they_are_opened_again()
    {
        var story = Story.Of("ann");
        story.Do(new ChangeRequestsLock("ann", Locked: true)).Events.ShouldBe([new RequestsLockChanged(3, Locked: true)]);
        story.AskInVain("bob").ShouldBe("requests_locked");
        story.Do(new ChangeRequestsLock(Story.Founder, Locked: false)).Events.ShouldBe([new RequestsLockChanged(0, Locked: false)]);
        story.Ask("bob");
    }

    [Fact]
    public void Locked_requests_are_refused_before_anything_about_the_newcomer_is_told()
    {
        var story = Story.Of("ann");
        story.Ask("bob");
        story.Do(new ChangeRequestsLock("ann", Locked: true));
        story.AskInVain("ann").ShouldBe("requests_locked");
        story.AskInVain("bob").ShouldBe("requests_locked");
        story.AskInVain("cat", name: "Name ann").ShouldBe("requests_locked");
    }

    [Fact]
    public void What_was_pending_when_the_lock_came_can_be_voted_on()
    {
        var story = Story.Of();
        string request = story.Ask("ann");
        story.Do(new ChangeRequestsLock(Story.Founder, Locked: true));
        story.Approve(request, Story.Founder).Tally!.Result.ShouldBe(VoteResult.Approved);
    }

    [Fact]
    public void Saying_again_what_holds_is_recorded_again()
    {
        var story = Story.Of();
        story.Do(new ChangeRequestsLock(Story.Founder, Locked: false)).Events.ShouldBe([new RequestsLockChanged(0, Locked: false)]);
    }

    [Fact]
    public void Only_members_lock()
    {
        var story = Story.Of("ann");
        story.Leave("ann");
        story.Do(new ChangeRequestsLock("ann", Locked: true)).Refusal.ShouldBe(Refusals.MemberNotFound);
        story.State.RequestsLocked.ShouldBeFalse();
    }

    [Fact]
    public void A_member_does_not_ask() => Story.Of("ann").AskInVain("ann", name: "Another").ShouldBe("already_a_member");

    [Fact]
    public void Whoever_asks_already_is_told_which_request_is_pending()
    {
        var story = Story.Of();
        string request = story.Ask("ann");
        var decision = story.Do(new SubmitRequest("again", SomeNewcomer.Called("ann", "Another")));
        decision.Refusal.ShouldBe(Refusals.RequestAlreadyPending(request));
        decision.Refusal!.Request.ShouldBe(request);
    }

    [Theory]
    [InlineData("Name ann")]
    [InlineData("  NAME ANN ")]
    [InlineData("Name\u2003ann")]
    [InlineData("N\u0430me ann")]
    public void The_name_of_a_member_and_what_looks_like_it_are_taken(string name) =>
        Story.Of("ann").AskInVain("bob", name).ShouldBe("display_name_taken");

    [Fact]
    public void The_name_of_a_pending_requester_is_taken()
    {
        var story = Story.Of();
        story.Ask("ann");
        story.AskInVain("bob", "name ANN").ShouldBe("display_name_taken");
    }

    [Fact]
    public void A_name_is_free_again_after_departure_rejection_and_expiry()
    {
        var story = Story.Of("ann");
        story.AskInVain("bob", "Name ann").ShouldBe("display_name_taken");
        story.Leave("ann");
        string rejected = story.Ask("bob", "Name ann");
        story.Reject(rejected, Story.Founder);
        story.Ask("cat", "Name ann");
        story.AskInVain("dan", "Name ann").ShouldBe("display_name_taken");
        story.Now += Decisions.RequestLifetime + 1;
        story.Ask("dan", "Name ann");
    }

    [Fact]
    public void A_departed_id_comes_back_with_the_same_key_under_a_new_name()
    {
        var story = Story.Of("ann");
        story.Leave("ann");
        string request = story.Ask("ann", "Ann the second");
        long handle = story.State.Size + 1;
        story.Admit(request);
        story.State.MemberOf("ann")!.Handle.ShouldBe(handle);
        story.AskInVain("bob", "Ann the second").ShouldBe("display_name_taken");
        story.Ask("bob", "Name ann");
    }

    [Fact]
    public void A_departed_id_does_not_come_back_with_another_key()
    {
        var story = Story.Of("ann");
        story.Leave("ann");
        story.AskInVain("ann", key: "another key").ShouldBe("id_of_departed_member");
        story.Admit(story.Ask("ann"));
        story.Leave("ann");
        story.AskInVain("ann", key: "another key").ShouldBe("id_of_departed_member");
    }

    [Fact]
    public void An_id_whose_request_was_rejected_may_ask_with_another_key()
    {
        var story = Story.Of();
        story.Reject(story.Ask("ann"), Story.Founder);
        story.Ask("ann", key: "another key");
    }

    [Fact]
    public void The_same_key_may_stand_behind_another_id()
    {
        var story = Story.Of("ann");
        story.Ask("bob", key: "key of ann");
    }

    [Fact]
    public void Nothing_of_an_earlier_membership_counts_after_coming_back()
    {
        var story = Story.Of("ann");
        string request = story.Ask("cat");
        story.Approve(request, "ann");
        story.Leave("ann");
        story.Admit(story.Ask("ann"));
        story.State.RequestOf(request)!.Approvals.ShouldBeEmpty();
        story.Approve(request, Story.Founder).Tally.ShouldBe(new Tally(VoteResult.Pending, 1, 2));
        story.Approve(request, "ann").Tally.ShouldBe(new Tally(VoteResult.Approved, 2, 2));
    }
}
