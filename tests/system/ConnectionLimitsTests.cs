using System.Net.WebSockets;

namespace SecureChat.SystemTests;

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
        await Waiting.Until(() => sender.SeesOnline(stuck), "the deaf one is online");
        await using var from = await sender.Connects();
        await using var to = await reader.Connects();

        var blob = new string('x', 400_000);
        for (var number = 0; number < Count; number++)
        {
            await from.Send("MESSAGE", sender.Message("general", $"m{number}", (stuck, blob), (reader, blob)));
            (await to.Expect("MESSAGE", Envelope.Fields)).Text("message_id").ShouldBe($"m{number}");
        }

        foreach (var socket in new[] { from, to })
        {
            (await socket.Expect("MEMBER_LEFT", "member_id")).Text("member_id").ShouldBe(stuck.Id);
        }
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
        await Waiting.Until(
            async () => (await Refusal(circle.Relay, "192.0.2.1")).StartsWith("HTTP/1.1 101", StringComparison.Ordinal), "a place is free again");
    }

    [Fact]
    public async Task The_relay_may_have_so_many_connections_and_no_more()
    {
        await using var circle = await Circle.Found(1, ("MAX_CONNECTIONS", "3"));
        var sockets = new List<ClientSocket>();
        for (var number = 0; number < 3; number++)
        {
            sockets.Add(await ClientSocket.Open(circle.Relay, from: $"192.0.2.{number}"));
        }

        var answer = await Refusal(circle.Relay, "192.0.2.99");
        answer.ShouldStartWith("HTTP/1.1 503");
        // REST goes on.
        (await circle.Founder.Get("/api/members")).Status.ShouldBe(200);
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
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
