using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.SystemTests;

/// <summary>Calls that are signed, on a relay that others use unsigned.</summary>
public sealed class StatementsTests : IAsyncLifetime
{
    private RelayProcess relay = null!;
    private SigningMember founder = null!;

    public async Task InitializeAsync()
    {
        relay = await RelayProcess.Run(("AUDIT_TOKEN", LedgerOverHttp.AuditToken));
        founder = new SigningMember(new Person(relay));
        (await founder.Registers()).ShouldSucceed("success", "is_founder", "member_id");
    }

    [Fact]
    public async Task A_client_that_signs_everything_sees_itself_proven_and_an_old_one_asserted()
    {
        var signing = new SigningMember(new Person(relay));
        (await founder.Votes(await signing.HasAsked(), approved: true)).Json.Text("status").ShouldBe("approved");
        var old = new Person(relay);
        string request = await old.HasAsked();
        (await founder.Votes(request, approved: true)).Json.Text("status").ShouldBe("pending");
        (await signing.Votes(request, approved: true)).Json.Text("status").ShouldBe("approved");

        var verdict = await signing.Person.Verify();

        verdict.Refusal.ShouldBeNull();
        verdict.Warnings.ShouldBeEmpty();
        verdict.Members.Select(member => (member.MemberId, member.Grade)).ShouldBe(
            [(founder.Person.Id, Grade.Proven), (signing.Person.Id, Grade.Proven), (old.Id, Grade.Asserted)]);
        long handle = verdict.Members[1].Handle;
        await signing.ShowsInclusion(handle, MerkleHashing.Leaf((await relay.Entries(verdict.Checkpoint!.Size))[(int)handle]));
    }

    [Fact]
    public async Task Every_kind_of_statement_stands_in_the_ledger_as_it_was_signed()
    {
        var other = new SigningMember(new Person(relay));
        await founder.Votes(await other.HasAsked(), approved: true);
        (await other.Locks(true)).ShouldSucceed("success", "requests_locked");
        (await other.Ratifies()).ShouldSucceed("success");
        (await other.Requires(true)).ShouldSucceed("success");
        (await other.Leaves()).ShouldSucceed("success");

        var entries = await relay.Entries((await relay.Head()).Size);
        List<string> proofs = [];
        foreach (byte[] entry in entries)
        {
            var addenda = AddendaIndex.Parse(entry).Value.Digests;
            var json = LedgerOverHttp.Json(entry);
            if (json.TryGetProperty("addenda", out var names) && names.EnumerateArray().Select(name => name.GetString()).Contains("proof"))
            {
                proofs.Add(JsonDocument.Parse(await relay.Bytes(LedgerOverHttp.AddendumPath(addenda[^1]))).RootElement.Text("statement").Split('\n')[0]);
            }
        }

        proofs.ShouldBe(
        [
            "securechat-founder/v1", "securechat-request/v1", "securechat-vote/v1", "securechat-lock/v1", "securechat-ratify/v1",
            "securechat-require/v1", "securechat-leave/v1",
        ]);
    }

    [Fact]
    public async Task A_vote_says_where_it_stands()
    {
        string request = await new Person(relay).HasAsked();
        var answer = await founder.Votes(request, approved: true);
        answer.Status.ShouldBe(200, answer.Text);
        long index = long.Parse(answer.Headers.GetValues("x-ledger-index").Single());
        answer.Headers.GetValues("x-ledger-size").ShouldBe([$"{index + 2}"]);
        var entry = LedgerOverHttp.Json((await relay.Entries(index + 2))[(int)index]);
        entry.Text("event").ShouldBe("VoteCast");
        entry.Text("request").ShouldBe(request);
    }

    [Theory]
    [InlineData("other name", "profile addendum")]
    [InlineData("other id", "profile addendum")]
    [InlineData("blank", "profile addendum")]
    [InlineData("unsorted", "profile addendum")]
    [InlineData("other curve", "keys addendum")]
    [InlineData("other key", "keys addendum")]
    [InlineData("unknown field", "fields")]
    [InlineData("no json", "no JSON")]
    [InlineData("short nonce", "nonce")]
    [InlineData("no base64", "canonical base64")]
    [InlineData("one addendum", "canonical base64")]
    [InlineData("no addenda", "send all three")]
    [InlineData("no statement", "send all three")]
    [InlineData("no signature", "send both")]
    [InlineData("statement about others", "\"profile\"")]
    public async Task Addenda_and_statement_that_disagree_with_the_call_are_refused(string wrong, string sentence)
    {
        var person = new Person(relay);
        var stranger = new SigningMember(person);
        string honest = stranger.Profile;
        const string kind = "\"kind\":\"securechat-profile/v1\"";
        stranger.Profile = wrong switch
        {
            "other name" => honest.Replace(person.Name, "Somebody else", StringComparison.Ordinal),
            "other id" => honest.Replace(person.Id, person.Id[..^1] + "x", StringComparison.Ordinal),
            "blank" => honest.Replace("\":\"", "\": \"", StringComparison.Ordinal),
            "unsorted" => $"{{{kind},{honest[1..].Replace($",{kind}", "", StringComparison.Ordinal)}",
            "unknown field" => $$"""{"address":"192.0.2.1",{{honest[1..]}}""",
            "no json" => "profile",
            "short nonce" => JsonSerializer.Serialize(JsonNode.Parse(honest)!.AsObject().ToDictionary(
                field => field.Key, field => field.Key == "nonce" ? "AAAA" : field.Value!.GetValue<string>())),
            _ => honest,
        };
        if (wrong == "other curve")
        {
            stranger.Keys = stranger.Keys.Replace(person.Curve25519, "", StringComparison.Ordinal);
        }

        if (wrong == "other key")
        {
            stranger.Keys = new SigningMember(new Person(relay) { Curve25519 = person.Curve25519 }).Keys;
        }

        var body = await stranger.Sealed(person.Asking(), "securechat-request/v1");
        switch (wrong)
        {
            case "no base64":
                body["addenda"]!["profile"] = honest;
                break;
            case "one addendum":
                body["addenda"]!.AsObject().Remove("keys");
                break;
            case "no addenda":
                body.Remove("addenda");
                break;
            case "no statement":
                body.Remove("statement");
                body.Remove("statement_signature");
                break;
            case "no signature":
                body.Remove("statement_signature");
                break;
            case "statement about others":
                var others = await new SigningMember(new Person(relay)).Sealed([], "securechat-request/v1");
                stranger.With(body, others["statement"]!.GetValue<string>());
                break;
        }

        (await relay.Post("/api/join-request", body, person.Address)).ShouldBeRefused(400, "bad_statement").Text("error").ShouldContain(sentence, Case.Insensitive);
        (await founder.Person.Get("/api/join-requests")).Json.GetProperty("requests").GetArrayLength().ShouldBe(0);
        (await relay.Head()).Size.ShouldBe(1);
        (await person.Asks()).ShouldSucceed("request_id", "expires_at");
    }

    [Fact]
    public async Task A_departure_with_headers_that_do_not_hold_does_not_happen()
    {
        string text = await founder.Said("securechat-leave/v1");
        string statement = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        string signature = founder.Person.Key.Sign(text);
        (string Name, string Value)[][] wrongs =
        [
            [("x-statement", statement)],
            [("x-statement-signature", signature)],
            [("x-statement", text.Replace('\n', ' ')), ("x-statement-signature", signature)],
            [("x-statement", statement), ("x-statement", statement), ("x-statement-signature", signature)],
            [("x-statement", statement), ("x-statement-signature", signature[..^4])],
            [("x-statement", Convert.ToBase64String("\u00e9"u8)), ("x-statement-signature", signature)],
        ];
        foreach (var wrong in wrongs)
        {
            (await founder.Leaves(wrong)).ShouldBeRefused(400, "bad_statement");
        }

        (await relay.Head()).Size.ShouldBe(1);
        (await founder.Leaves(("x-statement", statement), ("x-statement-signature", signature))).ShouldSucceed("success");
    }

    [Fact]
    public async Task A_signed_vote_over_the_socket_counts_and_one_that_does_not_hold_is_refused()
    {
        await using var socket = await founder.Person.Connects();
        string request = await new Person(relay).HasAsked();
        await socket.Expect("JOIN_REQUEST");
        JsonObject Response() => new() { ["request_id"] = request, ["approved"] = true, ["member_id"] = founder.Person.Id };
        string text = await founder.Vote(request, approved: true);

        var unsigned = Response();
        unsigned["statement"] = text;
        var rejecting = founder.With(Response(), await founder.Vote(request, approved: false));
        var number = founder.With(Response(), text);
        number["statement"] = 7;
        foreach (var wrong in new[] { unsigned, rejecting, number })
        {
            await socket.Send("JOIN_RESPONSE", wrong);
            (await socket.ExpectError("bad_statement", "request_id")).Text("request_id").ShouldBe(request);
        }

        await socket.Send("JOIN_RESPONSE", founder.With(Response(), text));
        (await socket.Expect("JOIN_REQUEST_RESOLVED", "request_id", "status")).Text("status").ShouldBe("approved");
        (await relay.Verify()).EventAt(2).Grade.ShouldBe(Grade.Proven);
    }

    [Fact]
    public async Task Who_requires_statements_is_not_heard_without_one_until_it_is_lifted()
    {
        string request = await new Person(relay).HasAsked();
        (await founder.Requires(true)).ShouldSucceed("success");
        (await founder.Person.Votes(request, true)).ShouldBeRefused(400, "statement_required");
        (await founder.Person.Locks(true)).ShouldBeRefused(400, "statement_required");
        (await founder.Person.Delete($"/api/members/{founder.Person.Id}")).ShouldBeRefused(400, "statement_required");
        await using (var socket = await founder.Person.Connects())
        {
            await socket.Send("JOIN_RESPONSE", new JsonObject { ["request_id"] = request, ["approved"] = true, ["member_id"] = founder.Person.Id });
            await socket.ExpectError("statement_required", "request_id");
        }

        (await founder.Requires(false)).ShouldSucceed("success");
        (await founder.Person.Votes(request, true)).Json.Text("status").ShouldBe("approved");
    }

    [Theory]
    [InlineData("/api/ratify")]
    [InlineData("/api/require-statements")]
    public async Task What_is_nothing_but_a_statement_is_refused_without_the_right_one(string path)
    {
        (await founder.Person.Post(path, "{}")).ShouldBeRefused(400, "statement_required");
        (await founder.Person.Post(path, founder.With([], await founder.Said("securechat-leave/v1")))).ShouldBeRefused(400, "bad_statement");
        (await founder.Person.Post(path, founder.With([], "securechat\n"))).ShouldBeRefused(400, "bad_statement");
        (await founder.Person.Post(path, """{"statement": 7}""")).ShouldBeRefused(400, "wrong_type");
        (await relay.Post(path, new JsonObject())).ShouldBeRefused(401, "missing_auth_headers");
        (await relay.Head()).Size.ShouldBe(1);
    }

    [Fact]
    public async Task A_statement_is_good_once_and_says_so()
    {
        var body = founder.With(new JsonObject { ["locked"] = true }, await founder.Said("securechat-lock/v1", "locked true\n"));
        (await founder.Person.Post("/api/lock-requests", body)).ShouldSucceed("success", "requests_locked");
        (await founder.Person.Post("/api/lock-requests", body)).ShouldBeRefused(400, "bad_statement").Text("error").ShouldContain("stands in the ledger already");
    }

    public async Task DisposeAsync() => await relay.DisposeAsync();
}
