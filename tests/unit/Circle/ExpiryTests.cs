using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Circle;

public class ExpiryTests
{
    [Fact]
    public void A_request_lives_for_48_hours()
    {
        var story = Story.Of();
        string request = story.Ask("ann");
        story.State.RequestOf(request)!.Expires.ShouldBe(story.Now + 172_800_000);
        Decisions.NextExpiry(story.State).ShouldBe(story.Now + 172_800_000);
    }

    [Fact]
    public void In_its_last_millisecond_a_request_can_be_approved()
    {
        var story = Story.Of();
        string request = story.Ask("ann");
        story.Now += Decisions.RequestLifetime;
        story.Approve(request, Story.Founder).Tally!.Result.ShouldBe(VoteResult.Approved);
    }

    [Fact]
    public void One_millisecond_later_it_has_expired_and_the_vote_is_told_so()
    {
        var story = Story.Of();
        string request = story.Ask("ann");
        story.Now += Decisions.RequestLifetime + 1;

        var decision = story.Approve(request, Story.Founder);

        decision.Refusal.ShouldBe(Refusals.RequestExpired);
        decision.Events.ShouldBe([new RequestExpired(request)]);
        decision.Overdue.ShouldBe(1);
        story.Approve(request, Story.Founder).Refusal.ShouldBe(Refusals.RequestExpired);
    }

    [Fact]
    public void The_timer_lets_expire_what_is_overdue_and_nothing_else()
    {
        var story = Story.Of();
        string first = story.Ask("ann");
        string second = story.Ask("bob");
        story.Now += 1;
        string third = story.Ask("cat");
        story.Now += Decisions.RequestLifetime;

        story.Do(new ExpireRequests()).Events.ShouldBe([new RequestExpired(first), new RequestExpired(second)]);

        story.Pending.ShouldBe([third]);
        story.Do(new ExpireRequests()).Events.ShouldBeEmpty();
        story.Now += 1;
        story.Do(new ExpireRequests()).Events.ShouldBe([new RequestExpired(third)]);
        Decisions.NextExpiry(story.State).ShouldBeNull();
    }

    [Fact]
    public void Whatever_is_asked_for_overdue_requests_expire_first()
    {
        CircleCommand[] commands =
        [
            new SubmitRequest("new", SomeNewcomer.Called("cat")),
            new ChangeRequestsLock("ann", Locked: true),
            new Leave("ann"),
        ];
        foreach (var command in commands)
        {
            var story = Story.Of("ann");
            string request = story.Ask("bob");
            story.Now += Decisions.RequestLifetime + 1;

            var decision = story.Do(command);

            decision.Refusal.ShouldBeNull(command.ToString());
            decision.Events[0].ShouldBe(new RequestExpired(request));
            decision.Events.Count.ShouldBe(2);
            decision.Overdue.ShouldBe(1);
        }
    }

    [Fact]
    public void They_expire_even_if_the_command_itself_is_refused()
    {
        CircleCommand[] commands =
        [
            new RegisterFounder(SomeNewcomer.Called("eve")),
            new SubmitRequest("new", SomeNewcomer.Called("ann")),
            new CastVote("no such request", "ann", Approve: true),
            new Leave("stranger"),
            new ChangeRequestsLock("stranger", Locked: true),
        ];
        foreach (var command in commands)
        {
            var story = Story.Of("ann");
            string request = story.Ask("bob");
            story.Now += Decisions.RequestLifetime + 1;

            var decision = story.Do(command);

            decision.Refusal.ShouldNotBeNull(command.ToString());
            decision.Events.ShouldBe([new RequestExpired(request)]);
            decision.Overdue.ShouldBe(1);
        }
    }

    [Fact]
    public void A_departure_does_not_admit_what_is_overdue()
    {
        var story = Story.Of("ann");
        string request = story.Ask("bob");
        story.Approve(request, Story.Founder);
        story.Now += Decisions.RequestLifetime + 1;
        story.Leave("ann").Events.ShouldBe([new RequestExpired(request), new MemberLeft(3)]);
    }

    [Fact]
    public void Whoever_asks_again_after_the_expiry_needs_no_timer_in_between()
    {
        var story = Story.Of();
        story.Ask("ann");
        story.Now += Decisions.RequestLifetime + 1;
        string again = story.Ask("ann");
        story.Pending.ShouldBe([again]);
    }

    [Fact]
    public void A_clock_that_goes_back_admits_nobody_and_loses_nobody()
    {
        var story = Story.Of("ann");
        string request = story.Ask("bob");
        story.Approve(request, "ann");
        story.Now -= 100 * Decisions.RequestLifetime;
        story.Do(new ExpireRequests()).Events.ShouldBeEmpty();
        story.Approve(request, Story.Founder).Tally!.Result.ShouldBe(VoteResult.Approved);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void No_ledger_admits_anybody_after_the_time(long time, bool possible)
    {
        CircleState state = new();
        state.Apply(new FounderRegistered(SomeNewcomer.Called("ann")), 1);
        state.Apply(new RequestSubmitted("request", 10, SomeNewcomer.Called("bob")), 2);
        state.Apply(new VoteCast("request", 0, Approve: true), 10);
        var admit = () => state.Apply(new MemberAdmitted("request"), time);
        if (possible)
        {
            admit();
        }
        else
        {
            Should.Throw<ImpossibleEventException>(admit);
        }
    }

    [Fact]
    public void Long_ago_expiries_are_forgotten()
    {
        var story = Story.Of();
        string[] requests = [.. Enumerable.Range(0, CircleState.RememberedExpiries + 1).Select(number => story.Ask($"id{number}"))];
        story.Now += Decisions.RequestLifetime + 1;
        story.Approve(requests[^1], Story.Founder).Refusal.ShouldBe(Refusals.RequestExpired);
        story.Approve(requests[1], Story.Founder).Refusal.ShouldBe(Refusals.RequestExpired);
        story.Approve(requests[0], Story.Founder).Refusal.ShouldBe(Refusals.RequestNotPending);
    }
}
