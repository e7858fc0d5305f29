using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>Votes that change nothing, or no circle: all on the same three members.</summary>
public class SingleVoteTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private readonly Circle circle = three.Circle;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_member_votes_once(bool second)
    {
        var request = await circle.Stranger().HasAsked();
        await circle[1].Approves(request);
        (await circle[1].Votes(request, second)).ShouldBeRefused(400, "already_voted", "Already voted on this request");
        (await circle.Status(request)).ShouldBe("pending");
        await circle[0].Rejects(request);
    }

    [Theory]
    [InlineData("00000000-0000-4000-8000-000000000000")]
    [InlineData("no-such-request")]
    public async Task A_vote_on_what_nobody_asked_is_refused(string request) =>
        (await circle.Founder.Votes(request, true)).ShouldBeRefused(400, text: "Join request not found or not pending");

    [Theory]
    [InlineData("""{"approved":"true"}""")]
    [InlineData("""{"approved":1}""")]
    [InlineData("""{"approved":0}""")]
    [InlineData("""{"approved":null}""")]
    [InlineData("""{"approved":[]}""")]
    [InlineData("""{"approved":{}}""")]
    [InlineData("""{"Approved":true}""")]
    [InlineData("{}")]
    public async Task A_vote_is_true_or_false(string body)
    {
        var request = await circle.Stranger().HasAsked();
        (await circle[1].Post($"/api/approve/{request}", body)).ShouldBeRefused(400, "approved_not_boolean", "approved must be a boolean");
        (await circle[1].Votes(request, true)).Json.Number("approvals_count").ShouldBe(1);
        await circle[0].Rejects(request);
    }

    [Fact]
    public async Task A_stranger_cannot_vote()
    {
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        (await stranger.Votes(request, true)).ShouldBeRefused(401, "member_not_found");
        (await circle.Relay.Post($"/api/approve/{request}", new JsonObject { ["approved"] = true }))
            .ShouldBeRefused(401, "missing_auth_headers");
        await circle[0].Rejects(request);
    }

    [Fact]
    public async Task A_vote_may_come_over_the_socket()
    {
        await using var socket = await circle[1].Connects();
        var request = await circle.Stranger().HasAsked();
        await socket.Expect("JOIN_REQUEST");
        await socket.Send("JOIN_RESPONSE", Response(request, circle[1].Id, true));
        await Waiting.Until(async () => (await Row(request)).Texts("approvals").Contains(circle[1].Id), "the vote counts");
        (await circle[1].Votes(request, true)).ShouldBeRefused(400, "already_voted");

        await using var other = await circle[2].Connects();
        await other.Send("JOIN_RESPONSE", Response(request, circle[2].Id, false));
        foreach (var told in new[] { socket, other })
        {
            (await told.Expect("JOIN_REQUEST_RESOLVED", "request_id", "status")).Text("status").ShouldBe("rejected");
        }

        (await circle.Status(request)).ShouldBe("rejected");
    }

    [Fact]
    public async Task A_vote_over_the_socket_may_be_refused()
    {
        await using var socket = await circle[1].Connects();
        await socket.Send("JOIN_RESPONSE", Response("00000000-0000-4000-8000-000000000000", circle[1].Id, true));
        (await socket.ExpectError("request_not_pending", "request_id")).Text("request_id").ShouldBe("00000000-0000-4000-8000-000000000000");

        var request = await circle.Stranger().HasAsked();
        await socket.Expect("JOIN_REQUEST");
        await circle[1].Approves(request);
        await socket.Send("JOIN_RESPONSE", Response(request, circle[1].Id, false));
        (await socket.ExpectError("already_voted", "request_id")).Text("request_id").ShouldBe(request);
        (await circle.Status(request)).ShouldBe("pending");
        await circle[0].Rejects(request);
    }

    [Theory]
    [InlineData("another member")]
    [InlineData("nobody")]
    [InlineData("a number")]
    [InlineData("null")]
    [InlineData("absent")]
    public async Task Nobody_votes_over_the_socket_for_somebody_else(string who)
    {
        await using var socket = await circle[1].Connects();
        var request = await circle.Stranger().HasAsked();
        await socket.Expect("JOIN_REQUEST");
        var response = Response(request, circle[1].Id, false);
        response["member_id"] = who switch
        {
            "another member" => circle[0].Id,
            "nobody" => "nobody",
            "a number" => 1,
            _ => null,
        };
        if (who == "absent")
        {
            response.Remove("member_id");
        }

        await socket.Send("JOIN_RESPONSE", response);
        (await socket.ExpectError(furtherFields: "request_id")).Text("request_id").ShouldBe(request);
        (await circle.Status(request)).ShouldBe("pending");
        (await Row(request)).Texts("approvals").ShouldBeEmpty();
        await circle[0].Rejects(request);
    }

    [Theory]
    [InlineData("\"false\"")]
    [InlineData("0")]
    [InlineData("null")]
    [InlineData("[false]")]
    [InlineData("{}")]
    public async Task A_vote_over_the_socket_is_true_or_false(string approved)
    {
        await using var socket = await circle[1].Connects();
        var request = await circle.Stranger().HasAsked();
        await socket.Expect("JOIN_REQUEST");
        var response = Response(request, circle[1].Id, false);
        response["approved"] = JsonNode.Parse(approved);
        await socket.Send("JOIN_RESPONSE", response);
        await socket.ExpectError();
        (await circle.Status(request)).ShouldBe("pending");
        await circle[0].Rejects(request);
    }

    private static JsonObject Response(string request, string member, bool approved) => new()
    {
        ["request_id"] = request,
        ["approved"] = approved,
        ["member_id"] = member,
    };

    private async Task<System.Text.Json.JsonElement> Row(string request) =>
        (await circle[0].Get("/api/join-requests")).Json.GetProperty("requests").One("request_id", request);
}
