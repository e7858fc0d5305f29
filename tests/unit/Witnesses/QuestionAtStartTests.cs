using Microsoft.Extensions.Logging;
using SecureChat.Ledger.Transparency;
using SecureChat.Tests.Shared;
using SecureChat.UnitTests.Transparency;
using SecureChat.Web.Witnesses;

namespace SecureChat.UnitTests.Witnesses;

/// <summary>What witnesses say before the relay goes on with a ledger.</summary>
public class QuestionAtStartTests
{
    private static VerifierKey Key => Some.LogKey.VerifierKey;

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_witness_that_knows_no_more_than_we_do_cosigns(int known)
    {
        var log = GrowingLog.Of(known);
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Sees(log.Newest(), log.ConsistencyProof);
        log.Append(6 - known);
        await using var stage = new Stage(log, ("one", one));

        var report = (await stage.Collector.AskNewestAsync(CancellationToken.None)).ShouldHaveSingleItem();
        report.Witness.ShouldBe("one");
        report.Outcome.ShouldBeOfType<WitnessOutcome.Cosigned>().Size.ShouldBe(6);
        stage.HasStored.ShouldBeFalse();
        stage.Lines.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8)]
    public async Task An_old_copy_is_recognised_by_the_size_that_a_witness_knows(int left)
    {
        var lost = GrowingLog.Of(9);
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Sees(lost.Newest(), lost.ConsistencyProof);
        await using var stage = new Stage(GrowingLog.Of(left), ("one", one));

        var reports = await stage.Collector.AskNewestAsync(CancellationToken.None);
        reports.ShouldBe([new WitnessReport("one", new WitnessOutcome.KnowsNewer(9))]);
        one.Latest.Size.ShouldBe(9);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    public async Task An_old_copy_that_has_grown_again_is_recognised_too(int size)
    {
        var lost = GrowingLog.Of(9, "lost");
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Sees(lost.Newest(), lost.ConsistencyProof);
        await using var stage = new Stage(GrowingLog.Of(size), ("one", one));

        var reports = await stage.Collector.AskNewestAsync(CancellationToken.None);
        reports.ShouldBe([new WitnessReport("one", new WitnessOutcome.Diverged(9))]);
    }

    [Fact]
    public async Task A_witness_that_does_not_answer_is_skipped_after_five_seconds_with_a_warning()
    {
        await using var silent = await StrictWitness.StartAsync("witness.example/silent", Key);
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        silent.Interfere = StrictWitness.Silence;
        await using var stage = new Stage(GrowingLog.Of(4), ("silent", silent), ("one", one));

        var asking = stage.Collector.AskNewestAsync(CancellationToken.None);
        await silent.NextRequestAsync();
        await one.NextRequestAsync();
        (await one.NextRequestAsync()).Status.ShouldBe(200);
        asking.IsCompleted.ShouldBeFalse();
        stage.Clock.Advance(WatchedClock.AnswerWithin);
        var reports = await asking.WaitAsync(TimeSpan.FromSeconds(30));
        reports.Select(report => report.Witness).ShouldBe(["silent", "one"]);
        reports[0].Outcome.ShouldBe(new WitnessOutcome.Away());
        stage.Lines.Rest().ShouldContain((LogLevel.Warning, "Witness silent does not answer. It is skipped for now and asked again later."));
    }

    [Fact]
    public async Task Several_requests_to_one_witness_have_five_seconds_together()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        one.Interfere = (reply, aborted) =>
        {
            if (reply.Status == 200)
            {
                return StrictWitness.Silence(reply, aborted);
            }

            stage.Clock.Advance(TimeSpan.FromSeconds(4));
            return Task.FromResult(reply);
        };

        var asking = stage.Collector.AskNewestAsync(CancellationToken.None);
        await one.NextRequestAsync();
        await one.NextRequestAsync();
        stage.Clock.Advance(TimeSpan.FromSeconds(1));
        (await asking.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe([new WitnessReport("one", new WitnessOutcome.Away())]);
    }

    [Fact]
    public async Task Whoever_starts_may_give_up_asking()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Interfere = StrictWitness.Silence;
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        using var giveUp = new CancellationTokenSource();
        var asking = stage.Collector.AskNewestAsync(giveUp.Token);
        await one.NextRequestAsync();
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => asking.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task What_was_learned_is_used_once_the_collector_starts()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        await stage.Collector.AskNewestAsync(CancellationToken.None);
        stage.Log.Append();
        stage.Collector.Start();

        (await stage.NextStoredAsync()).Size.ShouldBe(5);
        one.Count.ShouldBe(3);
        one.Latest.Size.ShouldBe(5);
    }
}
