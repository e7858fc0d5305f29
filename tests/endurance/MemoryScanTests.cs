using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// After 1,000 messages of every form and size, to members who are connected, absent, or never read: five seconds after the last one was
/// relayed no blob, and five seconds after the last one ended no message id, is found in any readable memory of the process. The sender's
/// frames are masked with zeros, so that what lies in buffers of the web server is found, too; ids are written with and without escapes.
/// The sockets stay open. TLS inside the process is another matter, see docs/threat-model.md.
/// </summary>
[Collection(nameof(Alone))]
public sealed class MemoryScanTests(ITestOutputHelper output)
{
    private const int Messages = 1_000;
    private const int Window = 4;

    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(5);

    // Without the first letter: an id that begins with an escape has the rest as it is.
    private readonly string blobs = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    private readonly string ids = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
    private readonly string server = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    [RootFact]
    public async Task Nothing_of_a_message_is_left_in_memory_after_five_seconds()
    {
        await using var circle = await Circle.Found(5, ("SERVER_NAME", server));
        var memory = new ForeignMemory(circle.Relay.ProcessId);
        using var sending = await RawConnection.Open(circle.Relay);
        await sending.Authenticate(circle[0].Sign());
        var discarding = sending.Discard();
        await using var seeing = await circle[0].Connects();
        using var deaf = await RawConnection.Open(circle.Relay, receiveBuffer: 4096);
        await deaf.Authenticate(circle[3].Sign());
        await Waiting.Until(() => circle[0].SeesOnline(circle[3]), "the one who never reads is online");
        await using var first = await circle[1].Connects();
        await using var second = await circle[2].Connects();

        var traffic = new Traffic(circle, sending, ids, blobs);
        using SemaphoreSlim firstIsReady = new(Window), secondIsReady = new(Window);
        var received = Task.WhenAll(Acknowledge(first, firstIsReady), Acknowledge(second, secondIsReady));
        for (var number = 0; number < Messages; number++)
        {
            // Nobody who reads is given so much at once that it is cut.
            await firstIsReady.WaitAsync();
            await secondIsReady.WaitAsync();
            await traffic.Send(number);
        }

        await received;
        (await seeing.Expect("MEMBER_LEFT")).Text("member_id").ShouldBe(circle[3].Id, "who never reads is cut");
        output.WriteLine($"{Messages} messages with {traffic.Bytes >> 20} MiB of blobs in {traffic.Elapsed.TotalSeconds:0.0} s: {traffic.Forms}");
        await Task.Delay(Forgotten); // what is tested is this time
        Show(memory, "blobs, 5 s after the last was relayed", blobs).ShouldBeEmpty();

        List<string> ends = [];
        await Waiting.Until(
            async () =>
            {
                ends.AddRange((await seeing.Drain()).Select(frame => frame.Type).Where(type => type is "DELIVERED" or "UNDELIVERED"));
                return ends.Count == Messages;
            },
            "every message has ended");
        ends.Distinct().Count().ShouldBe(2, "some messages were delivered, and some were not");
        await Task.Delay(Forgotten);
        Show(memory, "blobs and message ids, 5 s after the last ended", blobs, ids).ShouldBeEmpty();
        Show(memory, "control: the server's name", server).ShouldNotBeEmpty();
        await HeldMessageIsFound(circle, memory);
        sending.Dispose();
        await discarding;
        circle.Relay.Output.ShouldNotContain("Unexpected");
    }

    /// <summary>The other control: a message that has not come to its end is found, as often as it is there, and is gone with its connection.</summary>
    private async Task HeldMessageIsFound(Circle circle, ForeignMemory memory)
    {
        using var half = await RawConnection.Open(circle.Relay);
        await half.Authenticate(circle[0].Sign());
        var frame = RawConnection.MaskedFrame(0x81, Encoding.ASCII.GetBytes(Traffic.Blob(blobs, 100_000)));
        await half.Send(frame.AsMemory(0, frame.Length / 2));
        await Waiting.Until(() => memory.Find(blobs).Count > 0, "half a message is found in memory");
        half.Reset();
        await Task.Delay(Forgotten);
        Show(memory, "half a message, 5 s after its connection", blobs).ShouldBeEmpty();
    }

    private List<string> Show(ForeignMemory memory, string what, params string[] texts)
    {
        var started = Stopwatch.GetTimestamp();
        var found = memory.Find(texts);
        output.WriteLine($"{what}: {found.Count} copies in {memory.Read >> 20} MiB ({Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s)");
        foreach (var place in found.Take(20))
        {
            output.WriteLine("  " + place);
        }

        return found;
    }

    private static async Task Acknowledge(ClientSocket socket, SemaphoreSlim ready)
    {
        for (var number = 0; number < Messages; number++)
        {
            var payload = await socket.Expect("MESSAGE");
            await socket.Ack(payload.Text("message_id"));
            ready.Release();
        }
    }
}
