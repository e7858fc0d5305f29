using System.Text.Json.Nodes;
using static SecureChat.ApprovalTests.Wire.SettledCircle;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>What a signed call is refused for before its body is looked at.</summary>
public sealed class LoginTests
{
    [Fact]
    public async Task Logins_that_are_refused()
    {
        await using SettledCircle circle = await Start();
        using Conversation wire = new(circle.Relay, Alice);
        long now = circle.Started.ToUnixTimeMilliseconds();
        Login good = Signed(wire, now, "NOW");
        Login late = Signed(wire, now - 61_000, "61-SECONDS-AGO");
        Login early = Signed(wire, now - 30_000, "30-SECONDS-AGO");

        wire.Title("Nothing is signed; one header is empty; one is there twice");
        await wire.Get("/api/members");
        await wire.Call(HttpMethod.Get, "/api/members", login: good with { Signature = "" });
        await wire.Raw("GET /api/members HTTP/1.1\r\nHost: relay\r\nConnection: close\r\nx-member-id: alice\r\nx-member-id: ben\r\n\r\n");

        wire.Title("Nobody of this id; somebody who left");
        await wire.Call(HttpMethod.Get, "/api/members", login: good with { MemberId = "nobody" });
        await wire.Call(HttpMethod.Get, "/api/members", login: good with { MemberId = "finn" });

        wire.Title("A clock that is 61 seconds slow; a timestamp that is no number");
        await wire.Call(HttpMethod.Get, "/api/members", login: late);
        await wire.Call(HttpMethod.Get, "/api/members", login: good with { Timestamp = "now" });

        wire.Title("Somebody else's signature");
        await wire.Call(HttpMethod.Get, "/api/members", login: good with { MemberId = "ben" });

        wire.Title("A signature is good for reading, and then for no change; for one change, and then for no other");
        Login read = Signed(wire, now - 1, "A-MOMENT-AGO");
        await wire.Call(HttpMethod.Get, "/api/join-requests", login: read);
        await wire.Call(HttpMethod.Post, "/api/lock-requests", Unlock(), login: read);
        await wire.Call(HttpMethod.Post, "/api/lock-requests", Unlock(), login: good);
        await wire.Call(HttpMethod.Post, "/api/lock-requests", Unlock(), login: good);

        wire.Title("A change that was signed before the relay started");
        await wire.Call(HttpMethod.Post, "/api/lock-requests", Unlock(), login: early);

        Approve.Text(wire.ToString());
    }

    private static Login Signed(Conversation wire, long time, string name)
    {
        Login login = Alice.SignAt(time);
        wire.Aliases.Add(login.Timestamp, name);
        wire.Aliases.Add(login.Signature, $"ALICE-SIGNED-{name}");
        return login;
    }

    private static StringContent Unlock() => Conversation.Json(new JsonObject { ["locked"] = false }.ToJsonString());
}
