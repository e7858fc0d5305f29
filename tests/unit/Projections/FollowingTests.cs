using System.Reactive.Subjects;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;

namespace SecureChat.UnitTests.Projections;

/// <summary>Following live: what is applied is applied as a whole, once, and before anybody is told.</summary>
public class FollowingTests
{
    private const string Plant = """
        CREATE TRIGGER planted BEFORE INSERT ON channels WHEN NEW.type = 'dm' BEGIN SELECT RAISE(ABORT, 'planted'); END
        """;

    [Fact]
    public async Task Whoever_is_answered_can_read_it()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.Ask("r", "bob");
        circle.Live.FindJoinRequest("r").ShouldNotBeNull();
        circle.Live.Roster.Pending.ShouldHaveSingleItem().Id.ShouldBe("r");
    }

    [Fact]
    public async Task Listeners_are_told_of_each_event_once_and_in_order_with_the_roster_before_and_after()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        List<Applied> told = [];
        circle.Live.Applied += told.Add;
        await circle.Ask("r", "bob");
        await circle.Vote("r", "ada");

        told.SelectMany(applied => applied.Events).Select(recorded => recorded.Position).ShouldBe([1, 2, 3]);
        told[^1].Events.Select(recorded => recorded.Event.GetType()).ShouldBe([typeof(VoteCast), typeof(MemberAdmitted)]);
        told[^1].Before.MemberOf("bob").ShouldBeNull();
        told[^1].After.MemberOf("bob").ShouldNotBeNull();
        told[^1].After.ShouldBeSameAs(circle.Live.Roster);
    }

    [Fact]
    public async Task A_failure_in_the_middle_leaves_neither_rows_nor_position_and_is_tried_again_until_it_passes()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.Ask("r", "bob");
        string before = circle.Tables().All();
        circle.Tables().Execute(Plant);

        // The row in members goes in before the one in channels fails.
        Task<Outcome> vote = circle.Vote("r", "ada");
        await Waiting.Until(() => circle.Live.State.MemberOf("bob") is not null);
        circle.Tables().All().ShouldBe(before);
        circle.Live.Roster.MemberOf("bob").ShouldBeNull();
        vote.IsCompleted.ShouldBeFalse();

        circle.Tables().Execute("DROP TRIGGER planted");
        (await vote).Tally!.Result.ShouldBe(VoteResult.Approved);
        circle.Live.Roster.MemberOf("bob").ShouldNotBeNull();
        circle.Tables().Rows("SELECT id FROM members").ShouldBe(["ada", "bob"]);
        circle.Tables().Rows("SELECT id FROM channels WHERE type = 'dm'").ShouldBe(["ada:bob"]);
    }

    [Fact]
    public async Task Whoever_waits_for_tables_that_stay_behind_is_told_so_and_the_change_stands()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.Ask("r", "bob");
        circle.Tables().Execute(Plant);
        Task<Outcome> vote = circle.Vote("r", "ada");
        await Waiting.Until(() => circle.Live.State.MemberOf("bob") is not null);
        await Waiting.Until(() =>
        {
            circle.Clock.Advance(TimeSpan.FromSeconds(11));
            return vote.IsCompleted;
        });

        await Should.ThrowAsync<LedgerUnavailableException>(vote);
        circle.Tables().Execute("DROP TRIGGER planted");
        await Waiting.Until(() => circle.Live.Roster.MemberOf("bob") is not null);
    }

    [Fact]
    public async Task A_crash_before_the_tables_had_it_is_caught_up_at_the_start()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.Ask("r", "bob");
        circle.Tables().Execute(Plant);
        Task<Outcome> vote = circle.Vote("r", "ada");
        await Waiting.Until(() => circle.Live.State.MemberOf("bob") is not null);
        await circle.Close();
        await Should.ThrowAsync<LedgerUnavailableException>(vote);

        circle.Tables().Execute("DROP TRIGGER planted");
        circle.OpenAgain();
        circle.Live.Roster.MemberOf("bob").ShouldNotBeNull();
        circle.Tables().Rows("SELECT id FROM channels WHERE type = 'dm'").ShouldBe(["ada:bob"]);
    }

    [Fact]
    public async Task A_listener_that_throws_stops_the_following_and_nobody_waits_for_it()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        InvalidOperationException defect = new("planted");
        circle.Live.Applied += _ => throw defect;
        await Should.ThrowAsync<LedgerUnavailableException>(circle.Ask("r", "bob"));
        (await circle.Live.Broken).ShouldBeSameAs(defect);
        await Should.ThrowAsync<LedgerUnavailableException>(circle.Ask("s", "cy"));
        circle.Live.State.Pending.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_ledger_that_is_damaged_while_it_is_followed_is_not_followed_any_further()
    {
        using SomeLedger ledger = new();
        ledger.Append(new FounderRegistered(SomeCircle.Person("ada")));
        using ProjectionRunner runner = ledger.Follow(out Subject<long> durable);
        ledger.AppendDamaged(new RequestsLockChanged(0, Locked: true));
        durable.OnNext(ledger.Size);
        (await runner.Broken).ShouldBeOfType<LedgerDamagedException>().Message.ShouldContain("entry 1 does not match its hash");
        runner.WhenApplied(ledger.Size).IsFaulted.ShouldBeTrue();
    }

    [Fact]
    public void A_ledger_with_a_key_that_is_none_is_damaged()
    {
        using SomeLedger ledger = new();
        ledger.Append(new FounderRegistered(new Newcomer(new Profile("ada", "Ada"), new MemberKeys("AAAA", "", "AAAA"))));
        Should.Throw<LedgerDamagedException>(() => ledger.Follow(out _)).Message.ShouldContain("the RSA key of entry 0");
    }

    [Fact]
    public async Task Closing_writes_and_applies_what_was_accepted()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        Task<Outcome>[] asking = [.. Enumerable.Range(0, 50).Select(number => circle.Ask($"r{number}", $"m{number}"))];
        await circle.Close();
        foreach (Outcome outcome in await Task.WhenAll(asking))
        {
            outcome.Refusal.ShouldBeNull();
        }

        circle.Tables().Cell("SELECT count(*) FROM join_requests").ShouldBe("50");
    }
}
