using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>
/// Raw WebSocket frames by hand against the real process: each line of <see cref="RawFrameCases"/> on a connection of its own, at once and
/// byte by byte, with the exact answer. Somebody else's connection goes on, and nothing is logged.
/// </summary>
public class RawFrameTests(RawFrameTests.Host host, ITestOutputHelper output) : IClassFixture<RawFrameTests.Host>, IAsyncLifetime
{
    private const int Required = 80;
    private const int LongToDrip = 400;

    public static TheoryData<string> Names => [.. RawFrameCases.All.Select(one => one.What)];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await host.Bystander.Settle();
        host.Circle.Relay.Output.ShouldBe(host.OutputBefore, "nothing that a client does is logged");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_frame_by_hand_is_answered_as_the_RFC_says(string what)
    {
        var tried = RawFrameCases.All.Single(one => one.What == what);
        (await Conversation(tried, drip: false)).ShouldBe(tried.Expected);
        if (tried.Sent.Length <= LongToDrip)
        {
            (await Conversation(tried, drip: true)).ShouldBe(tried.Expected, "byte by byte");
        }
    }

    [Fact]
    public void There_are_enough_of_them()
    {
        output.WriteLine($"{RawFrameCases.All.Count} cases");
        RawFrameCases.All.Count.ShouldBeGreaterThanOrEqualTo(Required);
        RawFrameCases.All.Select(one => one.What).ShouldBeUnique();
    }

    private async Task<string> Conversation(RawCase tried, bool drip)
    {
        using var socket = await RawSocket.Upgrade(host.Circle.Relay);
        if (!tried.BeforeLogin)
        {
            await socket.Send(ClientBytes.Frame(ServerFrame.Text, host.Circle.Founder.Auth()));
        }

        byte[] sent = [.. tried.Sent, .. ClientBytes.Frame(ServerFrame.Text, """{"type":"PING"}""")];
        foreach (var piece in drip ? sent.Chunk(1) : [sent])
        {
            await socket.Send(piece);
        }

        var wanted = tried.Expected.Split(", ").Length;
        List<string> heard = [];
        while (heard.Count < wanted && await socket.ReadFrame() is { } frame)
        {
            heard.Add(Words(frame));
        }

        // Nothing else comes: when it goes on, up to the answer to a close; when it was closed, at all.
        socket.EndSending();
        if (heard.Count == wanted && heard[^1].StartsWith("close", StringComparison.Ordinal))
        {
            await socket.ExpectEnd();
        }

        return string.Join(", ", heard);
    }

    private static string Words(ServerFrame frame)
    {
        switch (frame.First)
        {
            case ServerFrame.Close:
                return frame.Payload.Length == 0 ? "close" : $"close {(frame.Payload[0] << 8) | frame.Payload[1]}";
            case ServerFrame.Pong:
                return $"pong {Encoding.UTF8.GetString(frame.Payload)}";
            case ServerFrame.Ping:
                return "ping";
        }

        var json = JsonDocument.Parse(frame.Payload).RootElement;
        var type = json.Text("type");
        return type switch
        {
            "ERROR" => $"ERROR {json.GetProperty("payload").Text("code")}",
            "AUTH_FAILED" => $"AUTH_FAILED {json.GetProperty("payload").Text("reason")}",
            _ => type,
        };
    }

    /// <summary>A founder whose connections are broken, and somebody who is connected meanwhile.</summary>
    public sealed class Host : IAsyncLifetime
    {
        public Circle Circle { get; private set; } = null!;

        public ClientSocket Bystander { get; private set; } = null!;

        public string OutputBefore { get; private set; } = "";

        public async Task InitializeAsync()
        {
            Circle = await Circle.Found(2, ("MAX_MESSAGE_BYTES", "65536"));
            Bystander = await Circle[1].Connects();
            OutputBefore = Circle.Relay.Output;
        }

        public async Task DisposeAsync()
        {
            await Bystander.DisposeAsync();
            await Circle.DisposeAsync();
        }
    }
}
