namespace SecureChat.SystemTests;

/// <summary>Requests that are signed as a whole, beside the three headers of old.</summary>
public class WholeSignatureTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private readonly Circle circle = three.Circle;
    private readonly Person member = three.Circle[1];

    [Fact]
    public async Task Members_read_and_change_with_it()
    {
        (await new WholeSignature(member, HttpMethod.Get, "/api/members").Send()).ShouldSucceed("members");
        (await new WholeSignature(member, HttpMethod.Get, "/ledger/proof?leaf=0").Send()).Status.ShouldBe(200);
        (await new WholeSignature(member, HttpMethod.Post, "/api/lock-requests", """{"locked":true}""").Send()).ShouldSucceed("success", "requests_locked");
        (await new WholeSignature(member, HttpMethod.Post, "/api/lock-requests", """{"locked":false}""").Send()).ShouldSucceed("success", "requests_locked");
    }

    [Fact]
    public async Task It_is_good_for_one_request()
    {
        WholeSignature reading = new(member, HttpMethod.Get, "/api/channels");
        (await reading.Send()).Status.ShouldBe(200);
        (await reading.Send()).ShouldBeRefused(401, "signature_already_used");

        WholeSignature changing = new(member, HttpMethod.Post, "/api/lock-requests", """{"locked":false}""");
        (await changing.Send()).Status.ShouldBe(200);
        (await changing.Send()).ShouldBeRefused(401, "signature_already_used");
    }

    [Fact]
    public async Task Another_body_path_or_query_than_was_signed_is_refused()
    {
        (await new WholeSignature(member, HttpMethod.Post, "/api/lock-requests", """{"locked":false}""") { SentBody = """{"locked":true} """ }.Send())
            .ShouldBeRefused(401, "bad_request_signature").Text("error").ShouldContain("Content-Digest");
        (await new WholeSignature(member, HttpMethod.Get, "/api/members") { SentTarget = "/api/channels" }.Send()).ShouldBeRefused(401, "signature_mismatch");
        (await new WholeSignature(member, HttpMethod.Get, "/ledger/proof?leaf=0") { SentTarget = "/ledger/proof?leaf=1" }.Send())
            .ShouldBeRefused(401, "signature_mismatch");
        (await member.Get("/api/status")).Json.Flag("requests_locked").ShouldBeFalse();
    }

    [Fact]
    public async Task Old_and_new_signatures_are_told_apart()
    {
        Person other = circle[2];
        (await new WholeSignature(member, HttpMethod.Get, "/api/members") { Created = (Person.Now / 1000) - 200 }.Send())
            .ShouldBeRefused(401, "timestamp_out_of_range");
        (await other.Get("/api/members")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Whoever_is_refused_is_told_how_to_sign()
    {
        Answer refused = await circle.Relay.Get("/api/members");
        refused.ShouldBeRefused(401, "missing_auth_headers");
        refused.Headers.GetValues("Accept-Signature").ShouldHaveSingleItem().ShouldBe(
            "sc=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\" \"content-type\" \"x-member-id\");created;expires;alg=\"rsa-v1_5-sha256\";tag=\"securechat-api/v1\"");
    }

    [Fact]
    public async Task What_was_used_before_a_restart_is_not_executed_after_it()
    {
        await using Circle alone = await Circle.Found(1);
        List<WholeSignature> sent = [];
        for (int ahead = 0; ahead < 20; ahead++)
        {
            // Clocks go wrong: what is dated after the restart is known by its nonce.
            WholeSignature signature = new(alone[0], HttpMethod.Post, "/api/lock-requests", $$"""{"locked":{{(ahead % 2 == 0 ? "true" : "false")}}}""") { Created = (Person.Now / 1000) + (2 * ahead) };
            (await signature.Send()).ShouldSucceed("success", "requests_locked");
            sent.Add(signature);
        }

        await alone.Relay.Kill();
        await alone.Relay.Start();
        foreach (WholeSignature again in sent)
        {
            (await again.Send()).ShouldBeRefused(401);
        }
    }
}
