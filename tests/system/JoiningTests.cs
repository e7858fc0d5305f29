using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>Asking to be let in. Every request made here is rejected in the end, so that the circle stays as it is.</summary>
public class JoiningTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private readonly Circle circle = three.Circle;

    [Fact]
    public async Task A_request_is_answered_with_its_id_and_runs_for_48_hours()
    {
        var stranger = circle.Stranger();
        var before = Person.Now;
        var answer = (await stranger.Asks()).ShouldSucceed("request_id", "expires_at");
        var request = answer.Text("request_id");
        Guid.TryParseExact(request, "D", out _).ShouldBeTrue();
        answer.Number("expires_at").ShouldBeInRange(before + 172_800_000, Person.Now + 172_800_000);

        var polled = (await circle.Relay.Get($"/api/join-request/{request}"))
            .ShouldSucceed("request_id", "status", "requester_name", "expires_at");
        polled.Text("request_id").ShouldBe(request);
        polled.Text("status").ShouldBe("pending");
        polled.Text("requester_name").ShouldBe(stranger.Name);
        polled.Number("expires_at").ShouldBe(answer.Number("expires_at"));
        await circle.Founder.Rejects(request);
    }

    [Theory]
    [InlineData("00000000-0000-4000-8000-000000000000")]
    [InlineData("nothing")]
    [InlineData("..%2f..%2fetc")]
    [InlineData("%F0%9F%98%80")]
    public async Task Polling_for_what_nobody_asked_is_404(string request) =>
        (await circle.Relay.Get($"/api/join-request/{request}")).ShouldBeRefused(404);

    [Fact]
    public async Task Polling_for_an_unknown_request_says_so() =>
        (await circle.Relay.Get("/api/join-request/00000000-0000-4000-8000-000000000001"))
            .ShouldBeRefused(404, "request_not_found", "Request not found");

    [Fact]
    public async Task Everybody_online_is_told_of_a_request()
    {
        await using var first = await circle[0].Connects();
        await using var second = await circle[1].Connects();
        var stranger = circle.Stranger();
        var answer = (await stranger.Asks()).Json;
        foreach (var socket in new[] { first, second })
        {
            var told = await socket.Expect(
                "JOIN_REQUEST", "request_id", "requester_id", "requester_name", "requester_public_key", "expires_at");
            told.Text("request_id").ShouldBe(answer.Text("request_id"));
            told.Text("requester_id").ShouldBe(stranger.Id);
            told.Text("requester_name").ShouldBe(stranger.Name);
            told.Text("requester_public_key").ShouldBe(stranger.PublicKey);
            told.Number("expires_at").ShouldBe(answer.Number("expires_at"));
        }

        await circle.Founder.Rejects(answer.Text("request_id"));
    }

    [Fact]
    public async Task Members_can_read_what_is_pending()
    {
        var stranger = circle.Stranger();
        var answer = (await stranger.Asks()).Json;
        var request = answer.Text("request_id");
        await circle[2].Approves(request);
        var row = (await circle[1].Get("/api/join-requests")).ShouldSucceed("requests").GetProperty("requests").One("request_id", request);
        row.ShouldHaveAtLeast(
            "request_id", "requester_id", "requester_name", "requester_public_key", "requester_curve25519_public_key",
            "requested_at", "expires_at", "approvals", "total_members");
        row.Text("requester_id").ShouldBe(stranger.Id);
        row.Text("requester_name").ShouldBe(stranger.Name);
        row.Text("requester_public_key").ShouldBe(stranger.PublicKey);
        row.Text("requester_curve25519_public_key").ShouldBe(stranger.Curve25519);
        row.Number("expires_at").ShouldBe(answer.Number("expires_at"));
        row.Number("requested_at").ShouldBe(answer.Number("expires_at") - 172_800_000);
        row.Texts("approvals").ShouldBe([circle[2].Id]);
        row.Number("total_members").ShouldBe(3);

        await circle.Founder.Rejects(request);
        (await circle[1].Get("/api/join-requests")).Text.ShouldNotContain(request);
    }

    [Fact]
    public async Task A_member_who_connects_is_told_of_every_request_it_has_not_voted_on()
    {
        var (seen, voted) = (circle.Stranger(), circle.Stranger());
        var open = await seen.HasAsked();
        var done = await voted.HasAsked();
        await circle[1].Approves(done);

        await using var socket = await circle[1].Connects();
        var told = await socket.Expect("JOIN_REQUEST", "request_id", "requester_id", "requester_name", "requester_public_key", "expires_at");
        told.Text("request_id").ShouldBe(open);
        told.Text("requester_id").ShouldBe(seen.Id);
        told.Text("requester_public_key").ShouldBe(seen.PublicKey);
        await socket.ExpectSilence();
        await circle.Founder.Rejects(open);
        await circle.Founder.Rejects(done);
    }

    [Fact]
    public async Task A_member_cannot_ask_again()
    {
        var again = circle.Stranger(id: circle[1].Id);
        (await again.Asks()).ShouldBeRefused(400, "already_a_member", "Already a member");
    }

    [Fact]
    public async Task Who_has_a_pending_request_is_reminded_of_it()
    {
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        var again = circle.Stranger(id: stranger.Id);
        var error = (await again.Asks()).ShouldBeRefused(400, "request_already_pending", "Already has a pending join request");
        error.ShouldHaveExactly("error", "code", "request_id").Text("request_id").ShouldBe(request);
        await circle.Founder.Rejects(request);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("display_name")]
    [InlineData("public_key")]
    public async Task A_required_field_may_be_neither_absent_nor_empty(string field)
    {
        var stranger = circle.Stranger();
        var body = stranger.Asking();
        body[field] = "";
        (await circle.Relay.Post("/api/join-request", body, stranger.Address))
            .ShouldBeRefused(400, "missing_fields", "Missing required fields");
        body.Remove(field);
        (await circle.Relay.Post("/api/join-request", body, stranger.Address))
            .ShouldBeRefused(400, "missing_fields", "Missing required fields");
    }

    [Theory]
    [MemberData(nameof(BadValues.Identities), MemberType = typeof(BadValues))]
    public async Task An_unusable_id_name_or_key_is_refused(string field, string value, string why)
    {
        var stranger = circle.Stranger();
        var body = stranger.Asking();
        body[field] = value;
        (await circle.Relay.Post("/api/join-request", body, stranger.Address)).ShouldBeRefused(400).Text("error").ShouldNotBeEmpty(why);
        // Nothing was kept: neither the address nor the name is taken now.
        await circle.Founder.Rejects(await stranger.HasAsked());
    }

    [Theory]
    [MemberData(nameof(BadValues.WrongTypes), MemberType = typeof(BadValues))]
    public async Task A_field_of_another_type_is_refused(string field, string json)
    {
        var stranger = circle.Stranger();
        var body = stranger.Asking();
        body[field] = JsonNode.Parse(json);
        (await circle.Relay.Post("/api/join-request", body, stranger.Address)).ShouldBeRefused(400);
    }

    [Fact]
    public async Task A_lone_surrogate_in_a_name_is_refused()
    {
        var stranger = circle.Stranger();
        var text = stranger.Asking().ToJsonString().Replace(stranger.Name, "a\\ud800b", StringComparison.Ordinal);
        (await circle.Relay.Send(HttpMethod.Post, "/api/join-request", Http.Json(text), from: stranger.Address)).ShouldBeRefused(400);
    }

    [Theory]
    [InlineData("Grüße 東京")]
    [InlineData("O'Neil \"Bob\" <b>&amp;")]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467 family")]
    [InlineData("Robert'); DROP TABLE members;--")]
    [InlineData("n")]
    public async Task A_name_may_be_written_in_any_script(string name)
    {
        var stranger = circle.Stranger(name: name);
        var request = await stranger.HasAsked();
        (await circle.Relay.Get($"/api/join-request/{request}")).Json.Text("requester_name").ShouldBe(name);
        await circle.Founder.Rejects(request);
    }

    [Theory]
    [InlineData("-----BEGIN PUBLIC KEY-----")]
    [InlineData("-----BEGIN RSA PUBLIC KEY-----")]
    public async Task A_public_key_is_read_back_as_it_was_sent(string firstLine)
    {
        foreach (var ending in new[] { "", "\n" })
        {
            var stranger = circle.Stranger();
            stranger.PublicKey = (firstLine.Contains("RSA", StringComparison.Ordinal) ? stranger.Key.Pkcs1Pem : stranger.Key.PublicPem) + ending;
            stranger.PublicKey.ShouldStartWith(firstLine);
            var request = await stranger.HasAsked();
            (await circle.Founder.Get("/api/join-requests")).Json.GetProperty("requests").One("request_id", request)
                .Text("requester_public_key").ShouldBe(stranger.PublicKey);
            await circle.Founder.Rejects(request);
        }
    }

    [Fact]
    public async Task A_public_key_with_the_line_ends_of_Windows_is_read_back_as_it_was_sent()
    {
        var stranger = circle.Stranger();
        stranger.PublicKey = stranger.Key.PublicPem.ReplaceLineEndings("\r\n") + "\r\n";
        var request = await stranger.HasAsked();
        (await circle.Founder.Get("/api/join-requests")).Json.GetProperty("requests").One("request_id", request)
            .Text("requester_public_key").ShouldBe(stranger.PublicKey);
        await circle.Founder.Rejects(request);
    }

    [Fact]
    public async Task A_larger_RSA_key_is_fine()
    {
        var stranger = circle.Stranger(key: new KeyPair(3072));
        await circle.Founder.Rejects(await stranger.HasAsked());
    }

    [Theory]
    [InlineData("with the type byte")]
    [InlineData("without padding")]
    [InlineData("empty")]
    [InlineData("absent")]
    public async Task A_Curve25519_key_may_come_in_several_forms(string form)
    {
        var stranger = circle.Stranger();
        var bytes = Convert.FromBase64String(stranger.Curve25519);
        var body = stranger.Asking();
        var sent = form switch
        {
            "with the type byte" => Convert.ToBase64String([0x05, .. bytes]),
            "without padding" => stranger.Curve25519.TrimEnd('='),
            _ => "",
        };
        body["curve25519_public_key"] = sent;
        if (form == "absent")
        {
            body.Remove("curve25519_public_key");
        }

        var request = (await circle.Relay.Post("/api/join-request", body, stranger.Address))
            .ShouldSucceed("request_id", "expires_at").Text("request_id");
        (await circle.Founder.Get("/api/join-requests")).Json.GetProperty("requests").One("request_id", request)
            .Text("requester_curve25519_public_key").ShouldBe(sent);
        await circle.Founder.Rejects(request);
    }

    [Fact]
    public async Task Unknown_fields_are_ignored()
    {
        var stranger = circle.Stranger();
        var body = stranger.Asking();
        body["future"] = new JsonObject { ["nested"] = new JsonArray(1, "two", null) };
        body["Display_Name"] = "another case is another name";
        var request = (await circle.Relay.Post("/api/join-request", body, stranger.Address))
            .ShouldSucceed("request_id", "expires_at").Text("request_id");
        (await circle.Relay.Get($"/api/join-request/{request}")).Json.Text("requester_name").ShouldBe(stranger.Name);
        await circle.Founder.Rejects(request);
    }
}
