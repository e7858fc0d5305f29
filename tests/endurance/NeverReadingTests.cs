using System.Diagnostics;
using System.Text;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// 480 MB in frames of 64 KiB are aimed at a member who never reads, and comes back as soon as it is cut: the relay's memory grows by at
/// most 8 MiB (24 beside other tests) over what the same traffic to somebody who reads needs, the member is cut within 15 s, and two others who talk meanwhile do
/// not wait. Whoever reads, but too slowly, is told 1013.
/// </summary>
/// <remarks>
/// The bound on the others' latency is generous, for busy machines: a server that waits for the one who is stuck makes them wait for
/// seconds. The measured figures are in the output.
/// </remarks>
[Collection(nameof(Alone))]
public sealed class NeverReadingTests(ITestOutputHelper output)
{
    private const int FrameBytes = 64 * 1024;
    private const int Frames = 480_000_000 / FrameBytes;

    // 8 MiB is the figure. Beside other tests the runtime keeps some more for a while; without the bound it is hundreds.
    private static readonly long Growth = Amount.Of(24, 8) * 1024L * 1024;

    private static readonly TimeSpan CutWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LatencyAtMost = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_member_who_never_reads_costs_no_memory_and_delays_nobody()
    {
        await using var circle = await Circle.Found(4);
        using var sending = await RawConnection.Open(circle.Relay);
        await sending.Authenticate(circle[0].Sign());
        var discarding = sending.Discard();
        await using var one = await circle[2].Connects();
        await using var other = await circle[3].Connects();
        var talk = new Talk(circle[2], one, circle[3], other);
        await using var watching = await circle[0].Connects();
        using var aimed = new MemoryOf(circle.Relay.ProcessId);

        await talk.While(Task.Delay(TimeSpan.FromSeconds(1))); // how fast it is when nothing else happens
        Tell("nothing else", talk.Take());

        using (var reading = await RawConnection.Open(circle.Relay))
        {
            await reading.Authenticate(circle[1].Sign());
            await Waiting.Until(() => circle[0].SeesOnline(circle[1]), "who reads is online");
            var read = reading.Discard();
            await talk.While(Aim(sending, circle, Frames));
            await Settled(circle[0]);
            reading.Reset();
            await read;
        }

        var before = aimed.Highest();
        Tell($"480 MB to one who reads, resident at most {before >> 10} KiB", talk.Take());

        (await watching.Expect("MEMBER_LEFT")).Text("member_id").ShouldBe(circle[1].Id);
        aimed.Forget();
        using var gone = new CancellationTokenSource();
        var deaf = BeDeaf(circle, watching, gone.Token);
        await talk.While(Aim(sending, circle, Frames));
        await Settled(circle[0]);
        await gone.CancelAsync();
        var cuts = await deaf;
        var most = aimed.Highest();
        var latencies = talk.Take();
        Tell($"480 MB to one who never reads, resident at most {most >> 10} KiB, cut after {string.Join(", ", cuts.Select(cut => $"{cut.TotalSeconds:0.0} s"))}", latencies);

        (most - before).ShouldBeLessThan(Growth, "growth in bytes");
        cuts.ShouldNotBeEmpty();
        cuts.Max().ShouldBeLessThan(CutWithin);
        latencies[^1].ShouldBeLessThan(LatencyAtMost, "the longest that the others waited");
        circle.Relay.Output.ShouldNotContain("Unexpected");
        sending.Reset();
        await discarding;
    }

    /// <summary>For each two frames one is read, so that what waits grows until it is too much; the farewell comes behind what was on its way.</summary>
    [Fact]
    public async Task Who_reads_too_slowly_is_told_1013()
    {
        await using var circle = await Circle.Found(2);
        await using var sender = await circle[0].Connects();
        using var slow = await RawConnection.Open(circle.Relay, receiveBuffer: FrameBytes);
        await slow.Authenticate(circle[1].Sign());
        await Waiting.Until(() => circle[0].SeesOnline(circle[1]), "the slow one is online");
        var frame = Encoding.ASCII.GetString(Message(circle));
        var steps = 0;
        List<byte> tail = [];
        while (true)
        {
            await sender.SendText(frame);
            await sender.SendText(frame);
            await sender.Settle();
            var read = await slow.ReadSome(FrameBytes);
            if (read.Length == 0)
            {
                break;
            }

            tail = [.. tail.TakeLast(200), .. read.TakeLast(200)];
            steps++;
        }

        output.WriteLine($"cut after {steps} steps");
        // FIN and close, a length below 126, 1013 = 0x03F5.
        tail.ToArray().AsSpan().IndexOf("Too much is waiting"u8).ShouldBeGreaterThan(0);
        var reason = tail.ToArray().AsSpan().IndexOf("Too much is waiting"u8);
        tail[(reason - 2)..reason].ShouldBe([0x03, 0xF5]);
        tail[reason - 4].ShouldBe((byte)0x88);
    }

    // It comes, reads nothing, and comes again when it was cut; gives how long each connection lived.
    private static async Task<List<TimeSpan>> BeDeaf(Circle circle, ClientSocket watching, CancellationToken gone)
    {
        List<TimeSpan> cuts = [];
        do
        {
            var came = Stopwatch.GetTimestamp();
            using var deaf = await RawConnection.Open(circle.Relay, receiveBuffer: 4096);
            await deaf.Authenticate(circle[1].Sign());
            (await watching.Expect("MEMBER_LEFT")).Text("member_id").ShouldBe(circle[1].Id);
            cuts.Add(Stopwatch.GetElapsedTime(came));
        }
        while (!gone.IsCancellationRequested);

        return cuts;
    }

    private static async Task Aim(RawConnection sending, Circle circle, int frames)
    {
        var frame = RawConnection.MaskedFrame(0x81, Message(circle));
        for (var number = 0; number < frames; number++)
        {
            await sending.Send(frame);
        }
    }

    // Without an id nobody has to remember it. With the name and the key that the relay adds the frame has 64 KiB when it waits; a little
    // more, and the buffers would have twice the size.
    private static byte[] Message(Circle circle)
    {
        var message = circle[0].Message(Envelope.DirectChannel(circle[0], circle[1]), "", (circle[1], ""));
        message.Remove("message_id");
        message["recipients"]![0]!["encrypted_blob"] = new string('x', FrameBytes - 512);
        return Encoding.ASCII.GetBytes(Text(message));

        static string Text(System.Text.Json.Nodes.JsonObject payload) => $$"""{"type":"MESSAGE","payload":{{payload.ToJsonString()}}}""";
    }

    // Everything that was sent over the other connection has been taken in: its member is answered.
    private static async Task Settled(Person sender) => (await sender.Get("/api/members")).Status.ShouldBe(200);

    private void Tell(string what, List<TimeSpan> latencies) => output.WriteLine(
        $"{what}: {latencies.Count} messages of two others, p50 {latencies[latencies.Count / 2].TotalMilliseconds:0.00} ms, "
        + $"p99 {latencies[latencies.Count * 99 / 100].TotalMilliseconds:0.00} ms, longest {latencies[^1].TotalMilliseconds:0.00} ms");
}
