using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace SecureChat.SystemTests;

/// <summary>Frames that a member should not send: the answer is an ERROR, silence, or the end of that connection alone.</summary>
public class FramesTests(ConnectedCircle connected) : IClassFixture<ConnectedCircle>, IAsyncLifetime
{
    private readonly Circle circle = connected.Circle;
    private ClientSocket[] sockets = [];

    public async Task InitializeAsync() => sockets = await connected.Sockets();

    /// <summary>Whatever one connection did, the others go on.</summary>
    public async Task DisposeAsync()
    {
        await sockets[1].Settle();
        await sockets[2].Settle();
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"PING\"")]
    [InlineData("")]
    [InlineData("""{"type":"PING"} {"type":"PING"}""")]
    [InlineData("""{"type":"MESSAGE"}""")]
    [InlineData("""{"type":"MESSAGE","payload":null}""")]
    [InlineData("""{"type":"MESSAGE","payload":[]}""")]
    [InlineData("""{"type":"MESSAGE","payload":"x"}""")]
    [InlineData("""{"type":"MESSAGE","payload":{}}""")]
    [InlineData("""{"type":"JOIN_RESPONSE","payload":{}}""")]
    [InlineData("""{"type":"JOIN_RESPONSE"}""")]
    [InlineData("""{"type":"KEY_DISTRIBUTION","payload":1}""")]
    [InlineData("""{"type":"ACK","payload":"x"}""")]
    public async Task A_frame_that_makes_no_sense_is_an_error_and_the_connection_stays(string text)
    {
        await sockets[0].SendText(text);
        await sockets[0].ExpectError();
        await sockets[0].ExpectSilence();
    }

    [Fact]
    public async Task Bytes_that_are_no_JSON_are_an_error_and_the_connection_stays()
    {
        await sockets[0].SendBytes(new byte[] { 0xFF, 0xFE, 0x00, 0x7B }, WebSocketMessageType.Binary);
        await sockets[0].ExpectError();
        await sockets[0].ExpectSilence();
    }

    [Fact]
    public async Task Duplicate_fields_are_refused()
    {
        await sockets[0].SendText($$$"""
            {"type":"MESSAGE","payload":{"channel_id":"general","sender_id":"{{{circle[1].Id}}}","sender_id":"{{{circle[0].Id}}}","encrypted_blob":"x"}}
            """);
        await sockets[0].ExpectError();
        await sockets[1].ExpectNo("MESSAGE");
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_reach_nobody()
    {
        var text = $$$"""{"type":"MESSAGE","payload":{"channel_id":"general","message_id":"ID","sender_id":"{{{circle[0].Id}}}","encrypted_blob":"?"}}""";
        foreach (var field in new[] { "encrypted_blob\":\"", "message_id\":\"" })
        {
            // The frame would break the connection of every recipient: text frames are UTF-8.
            var bytes = Encoding.UTF8.GetBytes(text);
            bytes[text.IndexOf(field, StringComparison.Ordinal) + field.Length] = 0xFF;
            await sockets[0].SendBytes(bytes, WebSocketMessageType.Binary);
            await sockets[0].ExpectError();
            await sockets[1].ExpectNo("MESSAGE");
        }
    }

    [Fact]
    public async Task Deep_nesting_is_survived()
    {
        await sockets[0].SendText("""{"type":"MESSAGE","payload":""" + new string('[', 100_000));
        await sockets[0].ExpectError();
        await sockets[0].ExpectSilence();
    }

    [Theory]
    [InlineData("""{"type":"SOMETHING_NEW","payload":{"a":1}}""")]
    [InlineData("""{"type":"SOMETHING_NEW"}""")]
    [InlineData("""{"type":"ping"}""")]
    [InlineData("""{"type":"DELIVERED","payload":{"message_id":"x"}}""")]
    [InlineData("""{"type":"MEMBER_LEFT","payload":{"member_id":"x"}}""")]
    public async Task Unknown_types_are_ignored_without_an_answer(string text)
    {
        await sockets[0].SendText(text);
        foreach (var socket in sockets)
            await socket.ExpectSilence();
    }

    [Theory]
    [InlineData("""{"type":"PING"}""")]
    [InlineData("""{"type":"PING","payload":{}}""")]
    [InlineData(""" { "payload" : null , "type" : "PING" } """)]
    [InlineData("""{"type":"\u0050ING"}""")]
    public async Task PING_is_answered_with_PONG(string ping)
    {
        await sockets[0].SendText(ping);
        (await sockets[0].ExpectFrame("PONG")).Text.ShouldBe("""{"type":"PONG"}""");
        await sockets[0].ExpectSilence();
    }

    [Fact]
    public async Task Compression_is_never_agreed_on()
    {
        using var connection = await RawConnection.Open(circle.Relay);
        var head = await connection.Upgrade(furtherHeaders: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
        head.ShouldStartWith("HTTP/1.1 101");
        head.ShouldContain("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        head.ShouldNotContain("deflate", Case.Insensitive);
        head.ShouldNotContain("\r\nServer:", Case.Insensitive);
    }

    [Fact]
    public async Task A_protocol_ping_is_answered_with_the_same_bytes()
    {
        using var connection = await RawConnection.Open(circle.Relay);
        await connection.Authenticate(circle[0].Sign());
        await connection.Send(RawConnection.MaskedFrame(0x89, "hello"u8));
        (await connection.ReadUntil("hello"))[..2].ShouldBe("\u008A\u0005");
    }

    [Theory]
    [InlineData("unmasked")]
    [InlineData("reserved bit")]
    [InlineData("reserved opcode")]
    [InlineData("fragmented ping")]
    [InlineData("ping of 126 bytes")]
    [InlineData("continuation of nothing")]
    [InlineData("claims 2^62 bytes")]
    [InlineData("claims -1 bytes")]
    public async Task A_connection_that_breaks_the_protocol_is_closed(string how)
    {
        using var connection = await RawConnection.Open(circle.Relay);
        await connection.Authenticate(circle[0].Sign());
        var claim = new byte[14];
        (claim[0], claim[1]) = (0x81, 0xFF);
        BinaryPrimitives.WriteUInt64BigEndian(claim.AsSpan(2), how == "claims -1 bytes" ? ulong.MaxValue : 1UL << 62);
        await connection.Send(how switch
        {
            "unmasked" => (byte[])[0x81, 2, (byte)'{', (byte)'}'],
            "reserved bit" => RawConnection.MaskedFrame(0xC1, "{}"u8),
            "reserved opcode" => RawConnection.MaskedFrame(0x83, "{}"u8),
            "fragmented ping" => RawConnection.MaskedFrame(0x09, "x"u8),
            "ping of 126 bytes" => RawConnection.MaskedFrame(0x89, new byte[126]),
            "continuation of nothing" => RawConnection.MaskedFrame(0x80, "{}"u8),
            _ => claim,
        });
        await connection.ReadToEnd();
    }

    [Fact]
    public async Task A_request_without_a_key_is_no_upgrade()
    {
        using var connection = await RawConnection.Open(circle.Relay);
        await connection.Send("GET /api/members HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n\r\n");
        (await connection.ReadToEnd()).ShouldMatch("^HTTP/1.1 4");
    }
}

/// <summary>Bounds on what a connection may send, hold or be, each on a relay with small settings.</summary>
public class ConnectionLimitsTests
{
    [Fact]
    public async Task A_message_over_the_limit_closes_its_connection_only()
    {
        await using var circle = await Circle.Found(2, ("MAX_MESSAGE_BYTES", "100000"));
        await using var sender = await circle[0].Connects();
        await using var receiver = await circle[1].Connects();
        await sender.Send("MESSAGE", circle[0].Message("general", "fits", (circle[1], new string('x', 90_000))));
        await receiver.Expect("MESSAGE", Envelope.Fields);
        try
        {
            await sender.Send("MESSAGE", circle[0].Message("general", "too large", (circle[1], new string('x', 100_001))));
        }
        catch (WebSocketException)
        {
            // Closed while it was still sending.
        }
        (await sender.ExpectClosed()).ShouldBeOneOf(WebSocketCloseStatus.MessageTooBig, null);
        (await receiver.Expect("MEMBER_LEFT")).Text("member_id").ShouldBe(circle[0].Id);
        await receiver.ExpectSilence();
    }

    [Fact]
    public async Task A_connection_that_does_not_read_is_closed_and_delays_nobody()
    {
        const int Count = 60;
        await using var circle = await Circle.Found(3, ("MAX_OUTBOX_BYTES", "1048576"));
        var (sender, reader, stuck) = (circle[0], circle[1], circle[2]);
        using var deaf = await RawConnection.Open(circle.Relay, receiveBuffer: 4096);
        await deaf.Authenticate(stuck.Sign());
        await Waiting.Until(
            async () => (await sender.Get("/api/members")).Json.GetProperty("members").One("id", stuck.Id).Flag("online"), "the deaf one is online");
        await using var from = await sender.Connects();
        await using var to = await reader.Connects();

        var blob = new string('x', 400_000);
        for (var number = 0; number < Count; number++)
        {
            await from.Send("MESSAGE", sender.Message("general", $"m{number}", (stuck, blob), (reader, blob)));
            (await to.Expect("MESSAGE", Envelope.Fields)).Text("message_id").ShouldBe($"m{number}");
        }
        foreach (var socket in new[] { from, to })
            (await socket.Expect("MEMBER_LEFT", "member_id")).Text("member_id").ShouldBe(stuck.Id);
    }

    [Fact]
    public async Task One_address_may_have_so_many_connections_and_no_more()
    {
        await using var circle = await Circle.Found(1, ("MAX_CONNECTIONS_PER_ADDRESS", "2"));
        await using var first = await ClientSocket.Open(circle.Relay, from: "192.0.2.1");
        await using var second = await ClientSocket.Open(circle.Relay, from: "192.0.2.1");
        (await Refusal(circle.Relay, "192.0.2.1")).ShouldStartWith("HTTP/1.1 503");
        await using var elsewhere = await ClientSocket.Open(circle.Relay, from: "192.0.2.2");

        await first.Close();
        await Waiting.Until(async () => (await Refusal(circle.Relay, "192.0.2.1")).StartsWith("HTTP/1.1 101", StringComparison.Ordinal), "a place is free again");
    }

    [Fact]
    public async Task The_relay_may_have_so_many_connections_and_no_more()
    {
        await using var circle = await Circle.Found(1, ("MAX_CONNECTIONS", "3"));
        var sockets = new List<ClientSocket>();
        for (var number = 0; number < 3; number++)
            sockets.Add(await ClientSocket.Open(circle.Relay, from: $"192.0.2.{number}"));
        var answer = await Refusal(circle.Relay, "192.0.2.99");
        answer.ShouldStartWith("HTTP/1.1 503");
        // REST goes on.
        (await circle.Founder.Get("/api/members")).Status.ShouldBe(200);
        foreach (var socket in sockets)
            await socket.DisposeAsync();
    }

    [Fact]
    public async Task A_silent_connection_is_pinged_and_lives()
    {
        await using var circle = await Circle.Found(1, ("PING_SECONDS", "1"));
        using var connection = await RawConnection.Open(circle.Relay);
        await connection.Authenticate(circle.Founder.Sign());
        await connection.ReadUntil("\u0089"); // FIN and the opcode of a ping
    }

    private static async Task<string> Refusal(RelayProcess relay, string from)
    {
        using var connection = await RawConnection.Open(relay);
        return await connection.Upgrade(furtherHeaders: $"X-Forwarded-For: {from}\r\n");
    }
}
