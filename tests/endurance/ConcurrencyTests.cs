using SecureChat.EnduranceTests.Concurrency;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// Messages, ACKs, takeovers, departures and time, and votes and departures on a real ledger, in thousands of random plans on several
/// threads: whatever comes out is what some order of the same steps gives. The control is a presence with one race in it, which is found.
/// </summary>
/// <remarks>
/// Threads are held up at random wherever the relay asks for the roster or the time, or writes. A failure names its plan; the seed makes
/// the same plans again, though not the same moments.
/// </remarks>
[Collection(nameof(Alone))]
public sealed class ConcurrencyTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Messages_ACKs_takeovers_and_departures_have_an_order()
    {
        var count = Amount.Of(4_500, 95_000);
        using var schedules = new Schedules<RelayWorld>(() => new RelayWorld(), () => new RelayWorld(), RelayWorld.Outcome);
        (await schedules.ExploreAsync(count, Dice.Of(output), RelayWorld.MakePlan)).ShouldBeNull();
        output.WriteLine($"{count} schedules, {schedules.Outcomes.Count} different outcomes");
        schedules.Outcomes.Count.ShouldBeGreaterThan(50);
    }

    [Fact]
    public async Task Votes_and_departures_have_an_order()
    {
        var count = Amount.Of(500, 5_000);
        await using var ledger = VotingLedger.Open();
        using var schedules = new Schedules<VotingWorld>(ledger.Next, ledger.Again, VotingWorld.Outcome);
        (await schedules.ExploreAsync(count, Dice.Of(output), ledger.MakePlan)).ShouldBeNull();
        output.WriteLine($"{count} schedules, {schedules.Outcomes.Count} different outcomes");
        schedules.Outcomes.Count.ShouldBeGreaterThan(10);
    }

    /// <summary>Looking and doing are two steps here, as in a relay without its lock: the end of an old socket takes the new one along.</summary>
    [Fact]
    public async Task A_planted_race_is_found()
    {
        using var schedules = new Schedules<RacyPresence>(() => new RacyPresence(), () => new RacyPresence(), RacyPresence.Outcome);
        var found = await schedules.ExploreAsync(Amount.Of(4_500, 95_000), Dice.Of(output), RacyPresence.MakePlan);
        output.WriteLine($"after {schedules.Outcomes.Values.Sum()} schedules: {found}");
        found.ShouldNotBeNull().ShouldContain("enters");
    }
}
