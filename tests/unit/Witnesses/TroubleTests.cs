using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using SecureChat.Ledger.Transparency;
using SecureChat.Tests.Shared;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Witnesses;

/// <summary>The collector with witnesses that are away, hostile, or have seen something else.</summary>
public class TroubleTests
{
    private static readonly TimeSpan s_longDelay = TimeSpan.FromMinutes(10);

    private static VerifierKey Key => Some.LogKey.VerifierKey;

    [Fact]
    public async Task A_witness_that_is_not_there_is_asked_again_until_it_is()
    {
        // Bound but not listening: the port is taken, and connections are refused.
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)nobody.LocalEndPoint!).Port;
        var key = Cosignature.VerifierKeyOf(StrictWitness.KeyOf("witness.example/one")).Format();
        await using var stage = new Stage(GrowingLog.Of(4), Stage.Policy($"witness one {key} http://127.0.0.1:{port}"));
        stage.Collector.Start();

        (await stage.NextDelayAsync()).ShouldBe(TimeSpan.FromSeconds(1));
        (await stage.NextDelayAsync()).ShouldBe(TimeSpan.FromSeconds(2));
        var third = await stage.Clock.NextDelayAsync();
        third.ShouldBe(TimeSpan.FromSeconds(4));
        stage.Append();
        nobody.Dispose();
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key, port);
        stage.Clock.Advance(third);

        (await stage.NextStoredAsync()).Size.ShouldBe(5);
        (await stage.Lines.NextAsync()).ShouldBe((LogLevel.Warning, "Witness one does not answer. It is skipped for now and asked again later."));
        (await stage.Lines.NextAsync()).ShouldBe((LogLevel.Information, "Witness one cosigns again, at size 5."));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_witness_with_trouble_of_its_own_is_asked_again_soon(int status)
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Interfere = (_, _) => Task.FromResult(WitnessReply.Text(status, "later"));
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        stage.Collector.Start();

        (await stage.NextDelayAsync()).ShouldBe(TimeSpan.FromSeconds(1));
        var second = await stage.Clock.NextDelayAsync();
        second.ShouldBe(TimeSpan.FromSeconds(2));
        one.Interfere = null;
        stage.Clock.Advance(second);
        (await stage.NextStoredAsync()).Size.ShouldBe(4);
    }

    [Fact]
    public async Task A_witness_that_takes_more_than_five_seconds_is_away()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Interfere = StrictWitness.Silence;
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        stage.Collector.Start();
        await one.NextRequestAsync();
        one.Interfere = null;
        stage.Clock.Advance(WatchedClock.AnswerWithin);

        (await stage.NextDelayAsync()).ShouldBe(TimeSpan.FromSeconds(1));
        (await stage.NextStoredAsync()).Size.ShouldBe(4);
    }

    [Theory]
    [InlineData(404, "Witness one does not know this ledger. Its operator has to add the ledger's key.")]
    [InlineData(403, "Witness one has another key for this ledger. Its operator has to correct it.")]
    [InlineData(400, "Witness one refused the checkpoint of size 4. Its address in the policy may be wrong.")]
    [InlineData(307, "Witness one refused the checkpoint of size 4. Its address in the policy may be wrong.")]
    public async Task A_witness_that_refuses_is_named_once_and_asked_rarely(int status, string line)
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Interfere = (_, _) => Task.FromResult(WitnessReply.Text(status, "no"));
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        stage.Collector.Start();

        (await stage.NextDelayAsync()).ShouldBe(s_longDelay);
        (await stage.NextDelayAsync()).ShouldBe(s_longDelay * 2);
        var third = await stage.Clock.NextDelayAsync();
        one.Interfere = null;
        stage.Clock.Advance(third);
        (await stage.NextStoredAsync()).Size.ShouldBe(4);
        (await stage.Lines.NextAsync()).ShouldBe((LogLevel.Warning, line));
        (await stage.Lines.NextAsync()).ShouldBe((LogLevel.Information, "Witness one cosigns again, at size 4."));
    }

    [Fact]
    public async Task A_wrong_cosignature_is_not_stored()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        var ofAnotherTree = Cosignature.Sign(StrictWitness.KeyOf("witness.example/one"), StrictWitness.Time, GrowingLog.Of(5).Newest().Note.Text);
        one.Interfere = (reply, _) => Task.FromResult(
            reply.Status == 200 ? reply with { Body = [.. reply.Body, .. Some.Utf8(ofAnotherTree.Format())] } : reply);
        stage.Collector.Start();

        (await stage.NextDelayAsync()).ShouldBe(s_longDelay);
        (await stage.Lines.NextAsync()).ShouldBe(
            (LogLevel.Warning, "Witness one answered the checkpoint of size 4 without a right cosignature. Its key in the policy may be wrong."));
        stage.HasStored.ShouldBeFalse();
    }

    public static TheoryData<int, string, string> Garbage => new()
    {
        { 200, "text/plain", "" },
        { 200, "text/html", "<html>It works!</html>" },
        { 200, "text/plain", "\u2014 witness.example/one AAAA\n" },
        { 200, "text/plain", "\u2014 witness.example/other AAAAAAAAAAAA\n" },
        { 200, "text/plain", "NOT UTF-8" },
        { 409, "text/plain", "no" },
        { 409, "text/plain", "9\n" },
        { 409, "text/x.tlog.size", "" },
        { 409, "text/x.tlog.size", "-1\n" },
        { 409, "text/x.tlog.size", "02\n" },
        { 409, "text/x.tlog.size", "9223372036854775808\n" },
        { 409, "text/x.tlog.size", "3\n" },
        { 200, "text/x.tlog.size", "9\n" },
    };

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Garbage_is_not_stored_and_ends_in_a_long_delay(int status, string contentType, string body)
    {
        byte[] bytes = body switch
        {
            "NOT UTF-8" => [0xE2, 0x80],
            _ => Some.Utf8(body),
        };
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Interfere = (_, _) => Task.FromResult(new WitnessReply(status, contentType, bytes));
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        stage.Collector.Start();

        (await stage.NextDelayAsync()).ShouldBe(s_longDelay);
        (await stage.Lines.NextAsync()).Text.ShouldStartWith("Witness one answered the checkpoint of size 4 without a right cosignature.");
        stage.HasStored.ShouldBeFalse();
    }

    [Fact]
    public async Task An_answer_is_read_to_a_limit_only()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        var wordy = Some.Utf8($"\u2014 {new string('a', 200_000)} AAAAAAAAAAAA\n");
        one.Interfere = (reply, _) => Task.FromResult(reply.Status == 200 ? reply with { Body = [.. reply.Body, .. wordy] } : reply);
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        stage.Collector.Start();

        (await stage.NextDelayAsync()).ShouldBe(s_longDelay);
        stage.HasStored.ShouldBeFalse();
    }

    [Fact]
    public async Task An_answer_that_is_no_strict_text_counts_for_nothing_even_with_a_right_line_in_it()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        byte[] broken = [.. Some.Utf8("\u2014 "), 0xFF, .. Some.Utf8(" AAAAAAAAAAAA\n")];
        one.Interfere = (reply, _) => Task.FromResult(reply.Status == 200 ? reply with { Body = [.. reply.Body, .. broken] } : reply);
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        stage.Collector.Start();

        (await stage.NextDelayAsync()).ShouldBe(s_longDelay);
        stage.HasStored.ShouldBeFalse();
    }

    [Fact]
    public async Task A_witness_cannot_send_us_to_another_address()
    {
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        await using var elsewhere = await StrictWitness.StartAsync("witness.example/elsewhere", Key);
        one.Interfere = (_, _) => Task.FromResult(WitnessReply.Text(307, "there") with { Location = $"{elsewhere.Url}/add-checkpoint" });
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        stage.Collector.Start();

        (await stage.NextDelayAsync()).ShouldBe(s_longDelay);
        elsewhere.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_witness_that_names_another_size_each_time_is_not_followed_for_ever()
    {
        var size = 0;
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Interfere = (_, _) => Task.FromResult(WitnessReply.Size(++size % 3));
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        stage.Collector.Start();

        (await stage.Clock.NextDelayAsync()).ShouldBe(s_longDelay);
        one.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_history_of_the_same_size_is_said_loudly(bool conflictNamesTheSize)
    {
        var other = GrowingLog.Of(4, "other");
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Sees(other.Newest(), other.ConsistencyProof);
        if (!conflictNamesTheSize)
        {
            // The protocol asks for the size only where the old sizes differ.
            one.Interfere = (reply, _) => Task.FromResult(one.Count % 2 == 1 ? WitnessReply.Text(409, "another root") : reply);
        }

        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        stage.Collector.Start();

        (await stage.NextDelayAsync()).ShouldBe(s_longDelay);
        (await stage.Lines.NextAsync()).ShouldBe(
            (LogLevel.Error, "Witness one saw another history: what it cosigned at size 4 is not how this ledger of size 4 begins."));
        stage.HasStored.ShouldBeFalse();
        one.Latest.ShouldBe(other.Newest().Checkpoint);
    }

    [Fact]
    public async Task Another_history_that_is_shorter_is_said_loudly()
    {
        var other = GrowingLog.Of(3, "other");
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        one.Sees(other.Newest(), other.ConsistencyProof);
        await using var stage = new Stage(GrowingLog.Of(4), ("one", one));
        stage.Collector.Start();

        (await stage.NextDelayAsync()).ShouldBe(s_longDelay);
        (await stage.Lines.NextAsync()).ShouldBe(
            (LogLevel.Error, "Witness one saw another history: what it cosigned at size 3 is not how this ledger of size 4 begins."));
        stage.HasStored.ShouldBeFalse();
    }

    [Fact]
    public async Task A_witness_that_knows_more_than_we_do_is_sent_nothing_more()
    {
        var lost = GrowingLog.Of(9);
        await using var one = await StrictWitness.StartAsync("witness.example/one", Key);
        await using var two = await StrictWitness.StartAsync("witness.example/two", Key);
        one.Sees(lost.Newest(), lost.ConsistencyProof);
        var stage = new Stage(GrowingLog.Of(4), ("one", one), ("two", two));
        stage.Collector.Start();
        (await stage.Lines.NextAsync()).ShouldBe(
            (LogLevel.Error,
                "Witness one knows this ledger at size 9, but it has size 4 here: this is an old copy, or there are two. Nothing more is sent to it."));

        (await stage.NextStoredAsync()).Size.ShouldBe(4);
        stage.Append(6);
        (await stage.NextStoredAsync()).Size.ShouldBe(10);
        await stage.DisposeAsync();
        one.Count.ShouldBe(1);
        stage.HasStored.ShouldBeFalse();
    }
}
