using System.Diagnostics;
using System.Text;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// How long the real process waits for somebody who has been heard of before and is not any more: for the next request on a connection, for
/// a byte to be taken, for the answer to a ping, for the end of a message. All at the same time, because it takes two minutes.
/// </summary>
public sealed class PatienceTests(ITestOutputHelper output)
{
    // The web server's clock, the farewell, and a busy machine.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(20);

    [Fact]
    public Task Nobody_is_waited_for_longer_than_is_promised() => Task.WhenAll(
        Closes("a connection without a further request", TimeSpan.FromSeconds(30), NoFurtherRequest),
        Closes("a connection that takes no byte", TimeSpan.FromSeconds(10), NothingTaken),
        Closes("a connection that answers no ping", TimeSpan.FromSeconds(60), NoPong),
        Closes("a connection whose message does not end", TimeSpan.FromSeconds(120), NoEnd));

    private async Task Closes(string what, TimeSpan after, Func<TimeSpan, Task<TimeSpan>> measure)
    {
        var lived = await measure(after + Late);
        output.WriteLine($"{what}: closed after {lived.TotalSeconds:0.0} s");
        lived.ShouldBeInRange(after - TimeSpan.FromSeconds(0.5), after + Late, what);
    }

    private static async Task<TimeSpan> NoFurtherRequest(TimeSpan within)
    {
        await using var relay = await RelayProcess.Run();
        using var connection = await RawConnection.Open(relay);
        await connection.Send("GET /api/status HTTP/1.1\r\nHost: relay\r\n\r\n");
        await connection.ReadUntil("}");
        var answered = Stopwatch.GetTimestamp();
        (await connection.ReadToEnd(within)).ShouldNotContain("HTTP/1.1");
        return Stopwatch.GetElapsedTime(answered);
    }

    // More than the two sockets hold between them, and less than the relay would keep.
    private static async Task<TimeSpan> NothingTaken(TimeSpan within)
    {
        await using var circle = await Circle.Found(2, ("MAX_OUTBOX_BYTES", $"{64 * 1024 * 1024}"));
        await using var sender = await circle[0].Connects();
        using var deaf = await RawConnection.Open(circle.Relay, receiveBuffer: 4096);
        await deaf.Authenticate(circle[1].Sign());
        await Waiting.Until(() => circle[0].SeesOnline(circle[1]), "the deaf one is online");
        var started = Stopwatch.GetTimestamp();
        for (var number = 0; number < 200; number++)
        {
            await sender.Send("MESSAGE", circle[0].Message("general", Envelope.NewId(), (circle[1], new string('x', 60_000))));
        }

        while (await circle[0].SeesOnline(circle[1]))
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(within);
            await Task.Delay(100); // between two questions
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<TimeSpan> NoPong(TimeSpan within)
    {
        await using var circle = await Circle.Found(1, ("PING_SECONDS", "1"));
        using var connection = await RawConnection.Open(circle.Relay);
        await connection.Authenticate(circle.Founder.Sign());
        await connection.ReadUntil("\u0089"); // FIN and the opcode of a ping
        var pinged = Stopwatch.GetTimestamp();
        await connection.ReadToEnd(within);
        return Stopwatch.GetElapsedTime(pinged);
    }

    // One more fragment each five seconds, so that it is not the silence that ends it.
    private static async Task<TimeSpan> NoEnd(TimeSpan within)
    {
        await using var circle = await Circle.Found(1);
        using var connection = await RawConnection.Open(circle.Relay);
        await connection.Authenticate(circle.Founder.Sign());
        await Waiting.Until(() => circle.Founder.SeesOnline(circle.Founder), "the founder is online");
        var begun = Stopwatch.GetTimestamp();
        await connection.Send(RawConnection.MaskedFrame(0x01, "{"u8));
        var reading = connection.ReadToEnd(within);
        while (await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(5))) != reading)
        {
            await connection.Send(RawConnection.MaskedFrame(0x00, " "u8));
        }

        var lived = Stopwatch.GetElapsedTime(begun);
        Encoding.Latin1.GetBytes(await reading).AsSpan().IndexOf((ReadOnlySpan<byte>)[0x03, 0xF0]).ShouldBeGreaterThan(0, "1008 in the farewell");
        return lived;
    }
}
