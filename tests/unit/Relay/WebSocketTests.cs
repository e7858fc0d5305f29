using System.Text;
using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class WebSocketTests
{
    private static readonly byte[] Ping = Encoding.UTF8.GetBytes("""{"type":"PING"}""");

    public static TheoryData<string, byte[], int> Violations => new()
    {
        { "a frame without a mask", RawSocket.Frame(0x81, Ping, masked: false), 1002 },
        { "the first reserved bit, that of compression", RawSocket.Frame(0xC1, Ping), 1002 },
        { "the second reserved bit", RawSocket.Frame(0xA1, Ping), 1002 },
        { "the third reserved bit", RawSocket.Frame(0x91, Ping), 1002 },
        { "a reserved data opcode", RawSocket.Frame(0x83, Ping), 1002 },
        { "a reserved control opcode", RawSocket.Frame(0x8B, []), 1002 },
        { "a continuation of nothing", RawSocket.Frame(0x80, Ping), 1002 },
        { "a new message within a message", [.. RawSocket.Frame(0x01, Ping), .. RawSocket.Frame(0x81, Ping)], 1002 },
        { "a fragmented ping", RawSocket.Frame(0x09, []), 1002 },
        { "a long ping", RawSocket.Frame(0x89, new byte[126]), 1002 },
        { "a short length in 16 bits", [0x81, 0xFE, 0, 15, 0, 0, 0, 0, .. Ping], 1002 },
        { "a short length in 64 bits", [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0, 15, 0, 0, 0, 0, .. Ping], 1002 },
        { "a negative length", [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 15, 0, 0, 0, 0], 1002 },
        { "a frame of 2^62 bytes", [0x81, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1009 },
        { "a frame over the limit", [0x81, 0xFF, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0], 1009 },
        { "text that is no UTF-8", RawSocket.Frame(0x81, [0x22, 0xFF, 0x22]), 1007 },
        { "text with an encoded surrogate", RawSocket.Frame(0x81, [0x22, 0xED, 0xA0, 0x80, 0x22]), 1007 },
        { "a close code of one byte", RawSocket.Frame(0x88, [3]), 1002 },
        { "a close code that may not be sent", RawSocket.Frame(0x88, [0x03, 0xED]), 1002 },
        { "a close code out of range", RawSocket.Frame(0x88, [0x03, 0xE7]), 1002 },
        { "a close reason that is no UTF-8", RawSocket.Frame(0x88, [0x03, 0xE8, 0xFF]), 1007 },
        { "a proper close", RawSocket.Frame(0x88, [0x03, 0xE8, 0x41]), 1000 },
        { "a close with a code of the application", RawSocket.Frame(0x88, [0x0F, 0xA0]), 4000 },
        { "a close without a code", RawSocket.Frame(0x88, []), 0 },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task It_is_closed_with_the_code_of_the_RFC(string what, byte[] bytes, int code)
    {
        RelayLimits limits = new() { CloseWithin = TimeSpan.FromMilliseconds(200) };
        await using RelayHost host = await RelayHost.StartAsync(limits, TimeProvider.System, "ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");

        await ada.SendBytesAsync(bytes);

        (await ada.CloseCodeAsync()).ShouldBe(code, what);
        (await ada.ReceiveFrameAsync()).FirstByte.ShouldBe(-1);
        (await bob.ReceiveAsync()).ShouldBe("""{"type":"MEMBER_LEFT","payload":{"member_id":"ada"}}""");
        host.Hub.IsOnline(host.Circle["ada"].Member).ShouldBeFalse();
        await bob.PingPongAsync();
    }

    [Fact]
    public async Task A_message_may_have_1024_fragments_and_no_more()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada");
        using RawSocket ada = await host.LogInAsync("ada");
        byte[] blank = RawSocket.Frame(0x00, " "u8);
        List<byte> most = [.. RawSocket.Frame(0x01, Ping)];
        for (int i = 0; i < 1022; i++)
        {
            most.AddRange(blank);
        }

        await ada.SendBytesAsync([.. most, .. RawSocket.Frame(0x80, [])]);
        (await ada.ReceiveAsync()).ShouldBe("""{"type":"PONG"}""");
        await ada.SendBytesAsync([.. most, .. blank, .. RawSocket.Frame(0x80, [])]);
        (await ada.CloseCodeAsync()).ShouldBe(CloseCode.TooBig);
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_payload_and_a_lone_pong_with_nothing()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada");
        using RawSocket ada = await host.LogInAsync("ada");
        byte[] payload = Encoding.ASCII.GetBytes(new string('p', 125));

        await ada.SendAsync(0x8A, payload);
        await ada.SendAsync(0x89, payload);

        (await ada.ReceiveFrameAsync()).ShouldSatisfyAllConditions(
            frame => frame.FirstByte.ShouldBe(0x8A), frame => frame.Payload.ShouldBe(payload));
        await ada.PingPongAsync();
    }

    [Fact]
    public async Task A_frame_may_come_byte_by_byte_and_many_may_come_at_once()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada");
        using RawSocket ada = await host.LogInAsync("ada");

        foreach (byte one in RawSocket.Frame(0x81, Encoding.UTF8.GetBytes("""{"type":"PING","payload":{"x":"#"}}""".Replace("#", new string('y', 300)))))
        {
            await ada.SendBytesAsync([one]);
        }

        (await ada.ReceiveAsync()).ShouldBe("""{"type":"PONG"}""");
        byte[] ping = RawSocket.Frame(0x81, Ping);
        await ada.SendBytesAsync([.. Enumerable.Repeat(ping, 5000).SelectMany(bytes => bytes)]);
        for (int i = 0; i < 5000; i++)
        {
            (await ada.ReceiveAsync()).ShouldBe("""{"type":"PONG"}""");
        }
    }

    [Fact]
    public async Task Sixteen_MiB_go_through()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        string head = """{"type":"MESSAGE","payload":{"channel_id":"general","sender_id":"ada","encrypted_blob":" """;
        string blob = new('z', 16 * 1024 * 1024 - head.Length - 3);

        await ada.SendAsync(head + blob + "\"}}");

        (await bob.ReceiveAsync()).Length.ShouldBeGreaterThan(blob.Length);
        await ada.PingPongAsync();
    }

    public static TheoryData<string, string> BadHandshakes => new()
    {
        { "POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 0\r\n\r\n", "400" },
        { "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", "400" },
        { "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n", "400" },
        { "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "400" },
        { "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "400" },
        { "GET / HTTP/1.0\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "400" },
        { "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "426" },
    };

    [Theory]
    [MemberData(nameof(BadHandshakes))]
    public async Task A_bad_handshake_is_refused(string request, string status)
    {
        await using RelayHost host = await RelayHost.StartAsync("ada");
        using RawSocket socket = await RawSocket.OpenAsync(host.Port);

        string answer = await socket.AskAsync(request);

        answer.ShouldStartWith($"HTTP/1.1 {status} ");
        answer.ShouldContain("Content-Length: ");
        answer.Contains("Sec-WebSocket-Version: 13", StringComparison.OrdinalIgnoreCase).ShouldBe(status == "426");
    }

    [Fact]
    public async Task A_good_handshake_is_answered_as_in_the_RFC_and_negotiates_nothing()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada");
        using RawSocket socket = await RawSocket.OpenAsync(host.Port);

        string answer = await socket.AskAsync(
            "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 101 ");
        answer.ShouldContain("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        answer.ShouldNotContain("Extensions");
        answer.ShouldNotContain("Protocol:");
    }

    [Fact]
    public async Task Past_the_limits_an_upgrade_is_refused_with_503_until_somebody_goes()
    {
        await using RelayHost host = await RelayHost.StartAsync(new RelayLimits { MaxConnectionsPerAddress = 2 }, TimeProvider.System, "ada");
        using RawSocket first = await host.ConnectAsync();
        using RawSocket second = await host.ConnectAsync();
        using RawSocket third = await RawSocket.OpenAsync(host.Port);
        const string handshake =
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

        (await third.AskAsync(handshake)).ShouldStartWith("HTTP/1.1 503 ");
        await first.CloseAsync();

        string answer = "";
        while (!answer.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal))
        {
            using RawSocket fourth = await RawSocket.OpenAsync(host.Port);
            answer = await fourth.AskAsync(handshake);
        }
    }
}
