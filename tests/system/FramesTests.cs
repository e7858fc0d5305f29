using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace SecureChat.SystemTests;

/// <summary>Frames that a member should not send: the answer is an ERROR, silence, or the end of that connection alone.</summary>
public class FramesTests(ConnectedCircle connected) : ThreeWhoTalk(connected)
{
    /// <summary>Whatever one connection did, the others go on.</summary>
    public override async Task DisposeAsync()
    {
        await Sockets[1].Settle();
        await Sockets[2].Settle();
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
        await Sockets[0].SendText(text);
        await Sockets[0].ExpectError();
        await Sockets[0].ExpectSilence();
    }

    [Fact]
    public async Task Bytes_that_are_no_JSON_are_an_error_and_the_connection_stays()
    {
        await Sockets[0].SendBytes(new byte[] { 0xFF, 0xFE, 0x00, 0x7B }, WebSocketMessageType.Binary);
        await Sockets[0].ExpectError();
        await Sockets[0].ExpectSilence();
    }

    [Fact]
    public async Task Duplicate_fields_are_refused()
    {
        await Sockets[0].SendText($$$"""
            {"type":"MESSAGE","payload":{"channel_id":"general","encrypted_blob":"x",
            "sender_id":"{{{Circle[1].Id}}}","sender_id":"{{{Circle[0].Id}}}"}}
            """);
        await Sockets[0].ExpectError();
        await Sockets[1].ExpectNo("MESSAGE");
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_reach_nobody()
    {
        var text = $$$"""
            {"type":"MESSAGE","payload":{"channel_id":"general","message_id":"ID","sender_id":"{{{Circle[0].Id}}}","encrypted_blob":"?"}}
            """;
        foreach (var field in new[] { "encrypted_blob\":\"", "message_id\":\"" })
        {
            // The frame would break the connection of every recipient: text frames are UTF-8.
            var bytes = Encoding.UTF8.GetBytes(text);
            bytes[text.IndexOf(field, StringComparison.Ordinal) + field.Length] = 0xFF;
            await Sockets[0].SendBytes(bytes, WebSocketMessageType.Binary);
            await Sockets[0].ExpectError();
            await Sockets[1].ExpectNo("MESSAGE");
        }
    }

    [Fact]
    public async Task Deep_nesting_is_survived()
    {
        await Sockets[0].SendText("""{"type":"MESSAGE","payload":""" + new string('[', 100_000));
        await Sockets[0].ExpectError();
        await Sockets[0].ExpectSilence();
    }

    [Theory]
    [InlineData("""{"type":"SOMETHING_NEW","payload":{"a":1}}""")]
    [InlineData("""{"type":"SOMETHING_NEW"}""")]
    [InlineData("""{"type":"ping"}""")]
    [InlineData("""{"type":"DELIVERED","payload":{"message_id":"x"}}""")]
    [InlineData("""{"type":"MEMBER_LEFT","payload":{"member_id":"x"}}""")]
    public async Task Unknown_types_are_ignored_without_an_answer(string text)
    {
        await Sockets[0].SendText(text);
        foreach (var socket in Sockets)
        {
            await socket.ExpectSilence();
        }
    }

    [Theory]
    [InlineData("""{"type":"PING"}""")]
    [InlineData("""{"type":"PING","payload":{}}""")]
    [InlineData(""" { "payload" : null , "type" : "PING" } """)]
    [InlineData("""{"type":"\u0050ING"}""")]
    public async Task PING_is_answered_with_PONG(string ping)
    {
        await Sockets[0].SendText(ping);
        (await Sockets[0].ExpectFrame("PONG")).Text.ShouldBe("""{"type":"PONG"}""");
        await Sockets[0].ExpectSilence();
    }

    [Fact]
    public async Task Compression_is_never_agreed_on()
    {
        using var connection = await RawConnection.Open(Circle.Relay);
        var head = await connection.Upgrade(furtherHeaders: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
        head.ShouldStartWith("HTTP/1.1 101");
        head.ShouldContain("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        head.ShouldNotContain("deflate", Case.Insensitive);
        head.ShouldNotContain("\r\nServer:", Case.Insensitive);
    }

    [Fact]
    public async Task A_protocol_ping_is_answered_with_the_same_bytes()
    {
        using var connection = await RawConnection.Open(Circle.Relay);
        await connection.Authenticate(Circle[0].Sign());
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
        using var connection = await RawConnection.Open(Circle.Relay);
        await connection.Authenticate(Circle[0].Sign());
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
        using var connection = await RawConnection.Open(Circle.Relay);
        await connection.Send(
            "GET /api/members HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n\r\n");
        (await connection.ReadToEnd()).ShouldMatch("^HTTP/1.1 4");
    }
}
