using Microsoft.Extensions.Logging;
using SecureChat.Ledger.Transparency;
using SecureChat.Tests.Shared;
using SecureChat.UnitTests.Transparency;
using SecureChat.Web.Witnesses;

namespace SecureChat.UnitTests.Witnesses;

/// <summary>The collector with witnesses that do their work, over HTTP.</summary>
public class CollectingTests
{
    private static VerifierKey Key => Some.LogKey.VerifierKey;

    [Fact]
    public async Task Each_append_is_cosigned_so_that_the_quorum_of_the_policy_is_reached()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        await using var stage = new Stage(GrowingLog.Of(3), ("one", one));
        var policy = WitnessPolicy.Parse(Some.Utf8(stage.PolicyText.Replace("quorum none", "quorum one", StringComparison.Ordinal))).Value;
        stage.Collector.Start();

        foreach (var size in new long[] { 3, 4, 5, 9 })
        {
            var stored = await stage.NextStoredAsync();
            stored.Size.ShouldBe(size);
            var note = stage.Log.Newest().Note;
            policy.Open(note.Format()).TryGet(out _, out _).ShouldBeFalse();
            policy.Open(note.With([stored.Signature]).Format()).Value.Checkpoint.Size.ShouldBe(size);
            stage.Append(size == 5 ? 4 : 1);
        }

        stage.Lines.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_witness_that_never_saw_the_log_is_asked_twice_and_then_once_for_each_append()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        await using var stage = new Stage(GrowingLog.Of(7), ("one", one));
        stage.Collector.Start();
        await stage.NextStoredAsync();
        stage.Append();
        await stage.NextStoredAsync();

        var requests = new[] { await one.NextRequestAsync(), await one.NextRequestAsync(), await one.NextRequestAsync() };
        requests.Select(request => (request.OldSize, request.Status)).ShouldBe([(7, 409), (0, 200), (7, 200)]);
        one.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_witness_that_is_behind_is_sent_the_proof_from_where_it_stands()
    {
        var log = GrowingLog.Of(5);
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Sees(log.Newest(), log.ConsistencyProof);
        log.Append(8);
        await using var stage = new Stage(log, ("one", one));
        stage.Collector.Start();

        (await stage.NextStoredAsync()).Size.ShouldBe(13);
        (await one.NextRequestAsync()).Status.ShouldBe(409);
        (await one.NextRequestAsync()).ShouldSatisfyAllConditions(
            request => request.OldSize.ShouldBe(5),
            request => request.Status.ShouldBe(200));
        one.Latest.ShouldBe(log.Newest().Checkpoint);
    }

    [Fact]
    public async Task Appends_while_a_witness_is_busy_are_one_append()
    {
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Interfere = async (reply, _) =>
        {
            await busy.Task;
            return reply;
        };
        await using var stage = new Stage(GrowingLog.Of(1), ("one", one));
        stage.Collector.Start();
        await one.NextRequestAsync();
        for (var i = 0; i < 100; i++)
        {
            stage.Append();
        }

        busy.SetResult();

        (await stage.NextStoredAsync()).Size.ShouldBe(1);
        (await stage.NextStoredAsync()).Size.ShouldBe(101);
        one.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_witness_that_is_slow_delays_neither_another_one_nor_the_relay()
    {
        await using var slow = await StrictWitness.StartAsync("witness.example/slow", Key);
        await using var quick = await StrictWitness.StartAsync("witness.example/quick", Key);
        slow.Interfere = StrictWitness.Silence;
        await using var stage = new Stage(GrowingLog.Of(1), ("slow", slow), ("quick", quick));
        stage.Collector.Start();
        await slow.NextRequestAsync();

        for (var size = 1; size <= 5; size++)
        {
            var stored = await stage.NextStoredAsync();
            (stored.Size, stored.Signature.KeyName).ShouldBe((size, "witness.example/quick"));
            stage.Append();
        }

        slow.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stopping_waits_for_no_witness()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Interfere = StrictWitness.Silence;
        var stage = new Stage(GrowingLog.Of(1), ("one", one));
        stage.Collector.Start();
        await one.NextRequestAsync();

        // The clock stands still: nothing but being told to stop can end the request.
        await stage.DisposeAsync();
        stage.HasStored.ShouldBeFalse();
        stage.Lines.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Lines_of_keys_that_the_policy_does_not_know_are_ignored()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        await using var stage = new Stage(GrowingLog.Of(2), ("one", one));
        var stranger = Cosignature.Sign(Some.Key("witness.example/one", seed: 8), StrictWitness.Time, stage.Log.Newest().Note.Text);
        one.Interfere = (reply, _) => Task.FromResult(
            reply.Status == 200 ? reply with { Body = [.. Some.Utf8(stranger.Format()), .. reply.Body] } : reply);
        stage.Collector.Start();

        var stored = await stage.NextStoredAsync();
        one.Key.Verify(stage.Log.Newest().Note.Text, stored.Signature).ShouldBeTrue();
        stage.HasStored.ShouldBeFalse();
    }

    [Fact]
    public async Task A_cosignature_that_could_not_be_kept_is_asked_for_again()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        await using var stage = new Stage(GrowingLog.Of(2), ("one", one));
        var keep = stage.Store;
        stage.Store = (_, _) => throw new IOException("disk full");
        stage.Collector.Start();

        (await stage.Lines.NextAsync()).ShouldBe((LogLevel.Warning, "Witness one could not be served (IOException). It is tried again later."));
        stage.Store = keep;
        (await stage.NextDelayAsync()).ShouldBe(TimeSpan.FromSeconds(1));
        (await stage.NextStoredAsync()).Size.ShouldBe(2);
        (await stage.Lines.NextAsync()).ShouldBe((LogLevel.Information, "Witness one cosigns again, at size 2."));
    }

    [Fact]
    public async Task A_witness_without_an_address_is_left_alone()
    {
        var key = Cosignature.VerifierKeyOf(Some.Key("witness.example/mute", seed: 4)).Format();
        await using var stage = new Stage(GrowingLog.Of(1), Stage.Policy($"witness mute {key}"));
        (await stage.Collector.AskNewestAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://witness.example/prefix", true)]
    [InlineData("http://127.0.0.1:8080/", true)]
    [InlineData("witness.example", false)]
    [InlineData("ftp://witness.example", false)]
    [InlineData("https://user:password@witness.example", false)]
    [InlineData("https://witness.example/?to=", false)]
    [InlineData("https://witness.example/#", false)]
    public void An_address_has_to_be_one_that_can_be_posted_to(string url, bool good)
    {
        var key = Cosignature.VerifierKeyOf(Some.Key("witness.example/one", seed: 4)).Format();
        var policy = WitnessPolicy.Parse(Some.Utf8(Stage.Policy($"witness one {key} {url}"))).Value;
        CosignatureCollector.Problem(policy).ShouldBe(
            good ? null : "the URL of witness one is not an http or https address without query, fragment and password");
    }
}
