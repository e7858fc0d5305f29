using System.Text.Json.Nodes;
using static SecureChat.ApprovalTests.Wire.SettledCircle;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>The signed calls: members, channels, pending requests, votes, lock, leaving.</summary>
public sealed class MembersTests
{
    [Fact]
    public async Task What_members_see_and_do()
    {
        await using SettledCircle circle = await Start();
        (Person dora, Person emil) = (Person.Named("Dora"), Person.Named("Emil"));
        using Conversation wire = new(circle.Relay, Alice, Ben, Cleo, dora, emil);

        wire.Title("Members and channels");
        await wire.Get("/api/members", by: Alice);
        await wire.Call(HttpMethod.Head, "/api/members", by: Alice);
        await wire.Get("/api/channels", by: Alice);

        wire.Title("Dora is admitted: two votes, what is pending meanwhile, the last vote");
        string request = await wire.Ask(dora);
        await Vote(wire, Alice, request, approved: true);
        await Vote(wire, Ben, request, approved: true);
        await wire.Get("/api/join-requests", by: Cleo);
        await Vote(wire, Cleo, request, approved: true);
        await wire.Get("/api/join-requests", by: dora);

        wire.Title("Emil is rejected");
        string rejected = await wire.Ask(emil);
        await Vote(wire, Alice, rejected, approved: true);
        await Vote(wire, Alice, rejected, approved: true);
        await Vote(wire, Ben, rejected, approved: false);

        wire.Title("Votes that are refused");
        await Vote(wire, Alice, rejected, approved: true);
        await Vote(wire, Alice, "unknown", approved: true);
        await Vote(wire, Alice, ExpiredRequest, approved: true);
        await Vote(wire, Alice, ExpiredRequest, approved: "yes");

        wire.Title("The lock");
        await wire.Post("/api/lock-requests", new JsonObject { ["locked"] = true }, by: Ben);
        await wire.Post("/api/lock-requests", new JsonObject { ["locked"] = false }, by: Ben);
        await wire.Post("/api/lock-requests", new JsonObject { ["locked"] = null }, by: Ben);

        wire.Title("Leaving");
        await wire.Delete("/api/members/alice", by: Cleo);
        await wire.Delete("/api/members/cleo", by: Cleo);
        await wire.Get("/api/members", by: Cleo);

        Approve.Text(wire.ToString());
    }

    private static Task Vote(Conversation wire, Person voter, string request, JsonNode approved) =>
        wire.Post($"/api/approve/{request}", new JsonObject { ["approved"] = approved }, by: voter);
}
