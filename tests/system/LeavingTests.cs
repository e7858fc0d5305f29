namespace SecureChat.SystemTests;

/// <summary>Going for good, and coming back all the same. These tests change circles of their own.</summary>
public class LeavingTests
{
    [Fact]
    public async Task Who_leaves_is_no_member_from_that_moment()
    {
        await using var circle = await Circle.Found(3);
        var leaver = circle[2];
        await circle.Leave(leaver);
        (await leaver.Get("/api/members")).ShouldBeRefused(401, "member_not_found", "Member not found");
        (await leaver.Locks(true)).ShouldBeRefused(401, "member_not_found");
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.Authenticate(leaver.Sign());
        await socket.ExpectAuthFailed("Member not found");

        (await circle.Founder.Get("/api/members")).Json.GetProperty("members").EnumerateArray().Select(member => member.Text("id"))
            .ShouldBe(circle.Members.Select(member => member.Id), ignoreOrder: true);
        (await circle.Relay.Get("/api/status")).Json.Number("member_count").ShouldBe(2);
        var channels = (await circle.Founder.Get("/api/channels")).Json.GetProperty("channels");
        channels.EnumerateArray().Select(channel => channel.Text("id"))
            .ShouldBe(["general", Envelope.DirectChannel(circle[0], circle[1])], ignoreOrder: true);
        channels.One("id", "general").Texts("member_ids").ShouldNotContain(leaver.Id);
    }

    [Fact]
    public async Task All_others_are_told_once_and_the_sockets_of_the_leaver_are_closed()
    {
        await using var circle = await Circle.Found(3);
        var leaver = circle[2];
        await using var other = await circle[0].Connects();
        await using var phone = await leaver.Connects();
        await using var desk = await leaver.Connects();
        await circle.Leave(leaver);
        await phone.ExpectClosed();
        await desk.ExpectClosed();
        (await other.Expect("MEMBER_LEFT", "member_id")).Text("member_id").ShouldBe(leaver.Id);

        // Had the closing of the sockets been told, too, it would have come before what follows.
        (await circle[1].Locks(true)).Status.ShouldBe(200);
        await other.Expect("REQUESTS_LOCK_CHANGED");
        await other.ExpectSilence();
    }

    [Fact]
    public async Task A_member_can_remove_only_itself()
    {
        await using var circle = await Circle.Found(2);
        (await circle[0].Delete($"/api/members/{circle[1].Id}")).ShouldBeRefused(403, "not_yourself", "You can only remove yourself");
        (await circle[0].Delete("/api/members/nobody")).ShouldBeRefused(403, "not_yourself", "You can only remove yourself");
        (await circle.Stranger().Delete($"/api/members/{circle[1].Id}")).ShouldBeRefused(401, "member_not_found");
        (await circle.Relay.Send(HttpMethod.Delete, $"/api/members/{circle[1].Id}")).ShouldBeRefused(401, "missing_auth_headers");
        (await circle.Relay.Get("/api/status")).Json.Number("member_count").ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_reaches_a_member_who_left()
    {
        await using var circle = await Circle.Found(3);
        var (sender, stays, leaver) = (circle[0], circle[1], circle[2]);
        await using var from = await sender.Connects();
        await using var to = await stays.Connects();
        await circle.Leave(leaver);
        await from.Drain();

        await from.Send("MESSAGE", sender.Message("general", "m1", (leaver, "for-the-leaver"), (stays, "for-who-stays")));
        (await to.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("for-who-stays");
        await to.Ack("m1");
        // The departed one is no recipient any more, so that nobody waits for it.
        (await from.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe("m1");

        await from.Send("MESSAGE", sender.Message(Envelope.DirectChannel(sender, leaver), "m2", (leaver, "blob")));
        (await from.ExpectError(null, "message_id")).Text("message_id").ShouldBe("m2");
    }

    [Fact]
    public async Task Who_left_can_come_back_with_a_new_name_and_a_new_message_key()
    {
        await using var circle = await Circle.Found(2);
        var returning = circle[1];
        var channel = Envelope.DirectChannel(circle[0], returning);
        var joined = (await circle[0].Get("/api/members")).Json.GetProperty("members").One("id", returning.Id).Number("joined_at");
        await circle.Leave(returning);
        circle.Relay.Query($"SELECT status FROM members WHERE id = '{returning.Id}'").ShouldBe(["'left'"]);
        circle.Relay.Query($"SELECT type FROM channels WHERE id = '{channel}'").ShouldBe(["'dm'"]);

        returning.Name = "Somebody New";
        returning.PublicKey = returning.Key.Pkcs1Pem; // the same key in other words
        var change = circle.Stranger();
        var request = (await circle.Relay.Post("/api/join-request", new System.Text.Json.Nodes.JsonObject
        {
            ["id"] = returning.Id,
            ["display_name"] = returning.Name,
            ["public_key"] = returning.PublicKey,
            ["curve25519_public_key"] = change.Curve25519,
        }, returning.Address)).ShouldSucceed("request_id", "expires_at").Text("request_id");
        await circle.Founder.Approves(request);

        var row = (await returning.Get("/api/members")).Json.GetProperty("members").One("id", returning.Id);
        row.Text("display_name").ShouldBe("Somebody New");
        row.Text("public_key").ShouldBe(returning.PublicKey);
        row.Text("curve25519_public_key").ShouldBe(change.Curve25519);
        row.Number("joined_at").ShouldBeGreaterThan(joined);
        circle.Relay.Query($"SELECT status FROM members WHERE id = '{returning.Id}'").ShouldBe(["'active'"]);
        (await returning.Get("/api/channels")).Json.GetProperty("channels").EnumerateArray().Select(item => item.Text("id"))
            .ShouldBe(["general", channel], ignoreOrder: true);

        await using var from = await circle.Founder.Connects();
        await using var to = await returning.Connects();
        await from.Send("MESSAGE", circle.Founder.Message(channel, "m1", (returning, "welcome back")));
        (await to.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("welcome back");
    }

    [Fact]
    public async Task The_id_of_somebody_who_left_is_not_for_others()
    {
        await using var circle = await Circle.Found(2);
        var departed = circle[1];
        await circle.Leave(departed);
        var impostor = circle.Stranger(id: departed.Id);
        (await impostor.Asks()).ShouldBeRefused(400, "id_of_departed_member");
        circle.Relay.Query($"SELECT count(*) FROM join_requests WHERE requester_id = '{departed.Id}' AND status = 'pending'")
            .ShouldBe(["0"]);
        (await departed.Asks()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_name_of_somebody_who_left_is_free()
    {
        await using var circle = await Circle.Found(2);
        var name = circle[1].Name;
        await circle.Leave(circle[1]);
        await circle.Stranger(name: name).HasAsked();
    }

    [Fact]
    public async Task Leaving_twice_is_not_possible()
    {
        await using var circle = await Circle.Found(2);
        var leaver = circle[1];
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => leaver.Delete($"/api/members/{leaver.Id}")));
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        foreach (var answer in answers.Where(answer => answer.Status != 200))
        {
            answer.ShouldBeRefused(401, "member_not_found");
        }
    }
}
