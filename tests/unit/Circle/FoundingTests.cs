using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Circle;

public class FoundingTests
{
    [Fact]
    public void The_founder_comes_in_without_a_vote()
    {
        var founder = SomeNewcomer.Called("ann");
        Decisions.Decide(new CircleState(), new RegisterFounder(founder), 5).Events.ShouldBe([new FounderRegistered(founder)]);
    }

    [Theory]
    [InlineData("founder")]
    [InlineData("another")]
    public void Registration_works_once(string id) =>
        Story.Of().Do(new RegisterFounder(SomeNewcomer.Called(id))).Refusal.ShouldBe(Refusals.FounderAlreadyRegistered);

    [Fact]
    public void Registration_stays_closed_when_everybody_has_left()
    {
        var story = Story.Of();
        story.Leave(Story.Founder);
        story.Do(new RegisterFounder(SomeNewcomer.Called("next"))).Refusal.ShouldBe(Refusals.FounderAlreadyRegistered);
    }

    [Fact]
    public void Nothing_else_happens_before_there_is_a_founder()
    {
        CircleCommand[] commands =
        [
            new SubmitRequest("request", SomeNewcomer.Called("ann")),
            new CastVote("request", "ann", Approve: true),
            new Leave("ann"),
            new ChangeRequestsLock("ann", Locked: true),
        ];
        foreach (var command in commands)
        {
            var decision = Decisions.Decide(new CircleState(), command, 5);
            decision.Refusal.ShouldBe(Refusals.NoFounderYet, command.ToString());
            decision.Events.ShouldBeEmpty();
        }
    }

    [Fact]
    public void The_timer_finds_nothing_to_do_before_there_is_a_founder()
    {
        var decision = Decisions.Decide(new CircleState(), new ExpireRequests(), 5);
        decision.Refusal.ShouldBeNull();
        decision.Events.ShouldBeEmpty();
    }
}
