using System.Text;
using System.Text.Json.Nodes;
using static SecureChat.ApprovalTests.Wire.SettledCircle;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>What all endpoints share: paths, methods, bodies, CORS, limits, and what is no proper request at all.</summary>
public sealed class HttpTests
{
    private const int CallsPerMinute = 20;
    private const string Handshake = "dGhlIHNhbXBsZSBub25jZQ==";

    [Fact]
    public async Task What_every_endpoint_does()
    {
        await using SettledCircle circle = await Start(
            ("RATE_LIMIT_PER_MINUTE", $"{CallsPerMinute}"), ("MAX_CONNECTIONS_PER_ADDRESS", "1"));
        using Conversation wire = new(circle.Relay, Alice);

        // Takes five seconds, in which the rest goes on: the relay waits for more of the body.
        const string unfinished = "POST /api/join-request HTTP/1.1\r\nHost: relay\r\nContent-Length: 99\r\n\r\n{";
        Task<string> slow = wire.SendRaw(unfinished);

        await Paths(wire);
        await Bodies(wire);
        await Cors(wire);
        await Upgrades(circle, wire);
        await TooManyCalls(circle, wire);

        wire.Title("What is no proper HTTP");
        await wire.Raw("NO SUCH THING\r\n\r\n");
        await wire.Raw("POST /api/join-request HTTP/1.1\r\nHost: relay\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n");

        wire.Title("A change while the ledger cannot be written, because its file is locked");
        using (new LockedLedger(circle.Folder))
        {
            await wire.Post("/api/lock-requests", new JsonObject { ["locked"] = true }, by: Alice);
        }

        wire.Title("A body that does not come");
        wire.Note(unfinished, await slow);

        Approve.Text(wire.ToString());
    }

    private static async Task Paths(Conversation wire)
    {
        wire.Title("Paths and methods");
        await wire.Get("/api/nothing");
        await wire.Call(HttpMethod.Put, "/api/register", Conversation.Json("{}"));
        await wire.Call(HttpMethod.Head, "/api/status");
    }

    private static async Task Bodies(Conversation wire)
    {
        wire.Title("Bodies");
        await Register(Conversation.Json("null"));
        await Register(Conversation.Json("""{"id": "alice", "id": "ben"}"""));
        await Register(Conversation.Json(new string('[', 17) + new string(']', 17)));
        await Register(Conversation.Json($$"""{"padding": "{{new string('x', 65_536)}}"}"""));
        await Register(new StringContent("id=alice", Encoding.UTF8, "application/x-www-form-urlencoded"));

        Task Register(HttpContent body) => wire.Call(HttpMethod.Post, "/api/register", body);
    }

    private static async Task Cors(Conversation wire)
    {
        wire.Title("Calls from a browser");
        await wire.Call(HttpMethod.Options, "/api/approve/some-request", headers:
        [
            ("Origin", "https://client.example"),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type,x-member-id"),
        ]);
    }

    private static async Task Upgrades(SettledCircle circle, Conversation wire)
    {
        wire.Title("Upgrades to a WebSocket");
        await Upgrade(version: "13", key: "too short");
        await Upgrade(version: "8", key: Handshake);
        await using Socket only = await Socket.Open(circle.Relay, from: Alice);
        await Upgrade(version: "13", key: Handshake);

        Task Upgrade(string version, string key) => wire.Call(HttpMethod.Get, "/", from: Alice, headers:
        [
            ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", version), ("Sec-WebSocket-Key", key),
        ]);
    }

    private static async Task TooManyCalls(SettledCircle circle, Conversation wire)
    {
        using Conversation unwritten = new(circle.Relay);
        for (int call = 0; call < CallsPerMinute; call++)
        {
            await unwritten.Call(HttpMethod.Get, "/api/status", from: Hana);
        }

        wire.Title("The call after the last one that the limit allows");
        await wire.Call(HttpMethod.Get, "/api/status", from: Hana);
    }
}
