using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>AUTH comes first, and a socket has one identity.</summary>
public class SocketAuthenticationTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private readonly Circle circle = three.Circle;
    private readonly Person member = three.Circle[1];

    [Theory]
    [InlineData("/")]
    [InlineData("/ws")]
    [InlineData("/api/members")]
    [InlineData("/some/path?with=query")]
    public async Task A_socket_may_be_opened_on_any_path(string path)
    {
        await using var socket = await ClientSocket.Open(circle.Relay, path);
        await socket.Authenticate(member.Sign());
        await socket.Settle();
        await socket.ExpectSilence();
    }

    [Theory]
    [InlineData("""{"type":"PING"}""")]
    [InlineData("""{"type":"MESSAGE","payload":{}}""")]
    [InlineData("""{"type":"auth","payload":{}}""")]
    [InlineData("""{"type":"SOMETHING"}""")]
    [InlineData("""{"type":1}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"AUTH\"")]
    [InlineData("no JSON")]
    [InlineData("{")]
    [InlineData("")]
    public async Task Whatever_comes_before_AUTH_is_not_authenticated(string text)
    {
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.SendText(text);
        await socket.ExpectAuthFailed("Not authenticated");
    }

    [Fact]
    public async Task Bytes_that_are_no_text_before_AUTH_are_not_authenticated()
    {
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.SendBytes(new byte[] { 0xFF, 0x00, 0xC0, 0x80 }, WebSocketMessageType.Binary);
        await socket.ExpectAuthFailed("Not authenticated");
    }

    [Fact]
    public async Task More_than_8_KiB_before_AUTH_is_not_authenticated()
    {
        await using var socket = await ClientSocket.Open(circle.Relay);
        var auth = Auth(member.Sign());
        auth["payload"]!["padding"] = new string('p', 8192);
        await socket.SendText(auth.ToJsonString());
        await socket.ExpectAuthFailed("Not authenticated");
    }

    [Fact]
    public async Task A_much_larger_frame_before_AUTH_is_still_answered()
    {
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.SendText(new string('x', 100_000));
        await socket.ExpectAuthFailed("Not authenticated");
    }

    [Fact]
    public async Task AUTH_may_be_binary_and_its_timestamp_a_string()
    {
        var auth = Auth(member.Sign());
        auth["payload"]!["timestamp"] = auth["payload"]!["timestamp"]!.ToString();
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.SendBytes(Encoding.UTF8.GetBytes(auth.ToJsonString()), WebSocketMessageType.Binary);
        await socket.Settle();
        await socket.ExpectSilence();
    }

    [Fact]
    public async Task AUTH_of_somebody_unknown_fails()
    {
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.Authenticate(circle.Stranger().Sign());
        await socket.ExpectAuthFailed("Member not found");
    }

    [Fact]
    public async Task AUTH_with_a_wrong_signature_fails()
    {
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.Authenticate(member.Sign() with { Signature = circle[0].Sign().Signature });
        await socket.ExpectAuthFailed("Signature mismatch");
    }

    [Fact]
    public async Task AUTH_with_a_wrong_clock_fails()
    {
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.Authenticate(member.SignAt(Person.Now - 62_000));
        await socket.ExpectAuthFailed("Timestamp out of range");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"soon\"")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("1.5")]
    [InlineData("1e400")]
    [InlineData("-1")]
    [InlineData("\"\"")]
    [InlineData("\" NOW\"")]
    [InlineData("\"0NOW\"")]
    [InlineData("\"NOWabc\"")]
    [InlineData("absent")]
    public async Task AUTH_without_a_usable_timestamp_is_out_of_range(string timestamp)
    {
        var signed = member.Sign();
        var field = timestamp == "absent" ? "" : $""","timestamp":{timestamp.Replace("NOW", signed.Timestamp, StringComparison.Ordinal)}""";
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.SendText($$$"""{"type":"AUTH","payload":{"member_id":"{{{signed.MemberId}}}","signature":"{{{signed.Signature}}}"{{{field}}}}}""");
        await socket.ExpectAuthFailed("Timestamp out of range");
    }

    [Theory]
    [InlineData("member_id")]
    [InlineData("signature")]
    public async Task AUTH_with_a_field_of_another_type_fails(string field)
    {
        foreach (var json in new[] { "null", "1", "true", "[]", "{}", "\"\"", "absent" })
        {
            var auth = Auth(member.Sign());
            auth["payload"]![field] = json == "absent" ? null : JsonNode.Parse(json);
            if (json == "absent")
            {
                auth["payload"]!.AsObject().Remove(field);
            }

            await using var socket = await ClientSocket.Open(circle.Relay);
            await socket.SendText(auth.ToJsonString());
            await socket.ExpectAuthFailed();
        }
    }

    [Theory]
    [InlineData("""{"type":"AUTH"}""")]
    [InlineData("""{"type":"AUTH","payload":null}""")]
    [InlineData("""{"type":"AUTH","payload":[]}""")]
    [InlineData("""{"type":"AUTH","payload":"x"}""")]
    [InlineData("""{"type":"AUTH","payload":{}}""")]
    public async Task AUTH_without_its_fields_fails(string text)
    {
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.SendText(text);
        await socket.ExpectAuthFailed();
    }

    [Fact]
    public async Task A_socket_that_says_nothing_is_closed_after_ten_seconds()
    {
        await using var silent = await ClientSocket.Open(circle.Relay);
        await using var authenticated = await circle[0].Connects();
        var started = Stopwatch.GetTimestamp();
        await silent.ExpectAuthFailed("Authentication timeout");
        Stopwatch.GetElapsedTime(started).TotalSeconds.ShouldBeInRange(9, 12.5);
        // The clock of who has authenticated has stopped.
        await authenticated.ExpectSilence();
    }

    [Fact]
    public async Task A_second_AUTH_of_the_same_member_is_ignored()
    {
        await using var socket = await member.Connects();
        await socket.Authenticate(member.Sign());
        await socket.ExpectSilence();
    }

    [Theory]
    [InlineData("another member")]
    [InlineData("a wrong signature")]
    [InlineData("a stranger")]
    [InlineData("nothing")]
    public async Task A_second_AUTH_of_anybody_else_ends_the_connection(string who)
    {
        await using var socket = await member.Connects();
        await socket.Authenticate(who switch
        {
            "another member" => circle[0].Sign(),
            "a wrong signature" => member.Sign() with { Signature = circle[0].Sign().Signature },
            "a stranger" => circle.Stranger().Sign(),
            _ => new Credentials("", "", "0"),
        });
        await socket.ExpectAuthFailed();
    }

    [Fact]
    public async Task A_member_may_have_16_connections_and_the_next_closes_the_oldest()
    {
        var own = circle[2];
        var sockets = new List<ClientSocket>();
        try
        {
            for (var count = 0; count < 16; count++)
            {
                sockets.Add(await own.Connects());
            }

            foreach (var socket in sockets)
            {
                await socket.Settle();
            }

            sockets.Add(await own.Connects());
            await sockets[0].ExpectClosed();
            foreach (var socket in sockets.Skip(1))
            {
                await socket.ExpectSilence();
            }
        }
        finally
        {
            foreach (var socket in sockets)
            {
                await socket.DisposeAsync();
            }
        }
    }

    private static JsonObject Auth(Credentials credentials) => new()
    {
        ["type"] = "AUTH",
        ["payload"] = new JsonObject
        {
            ["member_id"] = credentials.MemberId,
            ["signature"] = credentials.Signature,
            ["timestamp"] = long.Parse(credentials.Timestamp),
        },
    };
}
