namespace SecureChat.SystemTests;

/// <summary>What was answered with 200 has happened, whatever happens to the process afterwards.</summary>
public class DurabilityTests
{
    [Fact]
    public async Task Every_change_survives_a_kill_right_after_its_answer()
    {
        await using var circle = await Circle.Found(1);
        await Crash(circle);
        (await circle.Relay.Get("/api/status")).Json.Flag("founder_set").ShouldBeTrue();

        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        await Crash(circle);
        (await circle.Status(request)).ShouldBe("pending");

        await circle.Founder.Approves(request);
        await Crash(circle);
        (await circle.Status(request)).ShouldBe("approved");
        (await stranger.Get("/api/channels")).Json.GetProperty("channels").GetArrayLength().ShouldBe(2);

        var other = await circle.Stranger().HasAsked();
        (await circle.Founder.Votes(other, true)).Json.Text("status").ShouldBe("pending");
        await Crash(circle);
        (await circle.Founder.Votes(other, true)).ShouldBeRefused(400, "already_voted");

        await stranger.Rejects(other);
        await Crash(circle);
        (await circle.Status(other)).ShouldBe("rejected");

        (await stranger.Locks(true)).Status.ShouldBe(200);
        await Crash(circle);
        (await circle.Relay.Get("/api/status")).Json.Flag("requests_locked").ShouldBeTrue();

        await stranger.Leaves();
        await Crash(circle);
        (await stranger.Get("/api/members")).ShouldBeRefused(401, "member_not_found");
        (await circle.Relay.Get("/api/status")).Json.Number("member_count").ShouldBe(1);
    }

    [Fact]
    public async Task A_kill_among_many_changes_loses_none_that_was_answered()
    {
        await using var circle = await Circle.Found(1);
        var asking = Enumerable.Range(0, 60).Select(_ => Task.Run(circle.Stranger().Asks)).ToList();
        await Task.WhenAny(asking.Skip(5));
        await circle.Relay.Kill();
        var acknowledged = new List<string>();
        foreach (var ask in asking)
        {
            try
            {
                var answer = await ask;
                if (answer.Status == 200)
                {
                    acknowledged.Add(answer.Json.Text("request_id"));
                }
            }
            catch (HttpRequestException)
            {
                // Not answered: it may have happened or not.
            }
        }

        acknowledged.ShouldNotBeEmpty();
        await circle.Relay.Start();
        foreach (var request in acknowledged)
        {
            (await circle.Status(request)).ShouldBe("pending");
        }
    }

    [Fact]
    public async Task A_vote_goes_on_after_a_restart_in_its_middle()
    {
        await using var circle = await Circle.Found(3);
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        await circle[0].Approves(request);
        await circle.Relay.Restart();
        (await circle[1].Votes(request, true)).Json.Number("approvals_count").ShouldBe(2);
        await circle.Relay.Restart();
        await using var socket = await circle[2].Connects();
        (await socket.Expect("JOIN_REQUEST")).Text("request_id").ShouldBe(request);
        (await circle[2].Votes(request, true)).Json.Text("status").ShouldBe("approved");
        (await stranger.Get("/api/members")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_tables_are_the_same_after_securechat_db_was_deleted()
    {
        await using var circle = await Circle.Found(3);
        await EventfulDay(circle);
        await circle.Relay.Stop();
        var before = Tables(circle.Relay);
        before.ShouldContain(row => row.Contains("'left'"));
        before.ShouldContain(row => row.Contains("'pending'"));

        circle.Relay.DeleteProjections();
        await circle.Relay.Start();
        Tables(circle.Relay).ShouldBe(before);
        await circle.Relay.Stop();
        Tables(circle.Relay).ShouldBe(before);
    }

    [Fact]
    public async Task The_tables_are_the_same_after_a_kill()
    {
        await using var circle = await Circle.Found(3);
        await EventfulDay(circle);
        var before = Tables(circle.Relay);
        await circle.Relay.Kill();
        await circle.Relay.Start();
        Tables(circle.Relay).ShouldBe(before);
    }

    [Fact]
    public async Task An_operators_queries_find_the_documented_tables()
    {
        await using var circle = await Circle.Found(2);
        var stranger = circle.Stranger();
        var answer = (await stranger.Asks()).Json;
        await circle.Founder.Approves(answer.Text("request_id"));
        var relay = circle.Relay;

        relay.Query("SELECT display_name, public_key, curve25519_public_key, typeof(joined_at), status FROM members ORDER BY joined_at LIMIT 1")
            .ShouldBe([$"'{circle.Founder.Name}' | '{circle.Founder.PublicKey}' | '{circle.Founder.Curve25519}' | 'integer' | 'active'"]);
        relay.Query($"""
            SELECT requester_id, requester_name, requester_public_key, requester_curve25519_public_key, requester_ip, expires_at - requested_at,
                   approvals, rejections, status
            FROM join_requests WHERE id = '{answer.Text("request_id")}'
            """).ShouldBe([
            $"'{stranger.Id}' | '{stranger.Name}' | '{stranger.PublicKey}' | '{stranger.Curve25519}' | '{stranger.Address}' | 172800000 | " +
            $"'[\"{circle.Founder.Id}\"]' | '[]' | 'pending'"]);
        relay.Query("SELECT id, type FROM channels ORDER BY type DESC")
            .ShouldBe(["'general' | 'general'", $"'{Envelope.DirectChannel(circle[0], circle[1])}' | 'dm'"]);
        relay.Query("SELECT value FROM channels, json_each(member_ids) WHERE channels.id = 'general'").ShouldBe(
            circle.Members.Select(member => $"'{member.Id}'"), ignoreOrder: true);
        relay.Query("SELECT value FROM server_info WHERE key = 'founder_set'").ShouldBe(["'true'"]);
        relay.Query("SELECT value FROM server_info WHERE key = 'founder_id'").ShouldBe([$"'{circle.Founder.Id}'"]);
        (await circle.Founder.Locks(true)).Status.ShouldBe(200);
        relay.Query("SELECT value FROM server_info WHERE key = 'requests_locked'").ShouldBe(["'true'"]);
        relay.Query("SELECT ip, expires_at - requested_at FROM ip_cooldowns").ShouldBe([$"'{stranger.Address}' | 172800000"]);
    }

    [Fact]
    public async Task A_ledger_that_was_altered_does_not_start()
    {
        await using var circle = await Circle.Found(2);
        (await circle.Founder.Locks(true)).Status.ShouldBe(200);
        await circle.Relay.Stop();
        var file = Path.Combine(circle.Relay.DataFolder, "ledger.db");
        var bytes = await File.ReadAllBytesAsync(file);
        var at = bytes.AsSpan().IndexOf("\"locked\":true"u8);
        at.ShouldBeGreaterThan(0, "the entry stands in the ledger as it was hashed");
        "\"locked\":fals"u8.CopyTo(bytes.AsSpan(at));
        await File.WriteAllBytesAsync(file, bytes);

        var (exitCode, lines) = await circle.Relay.StartInVain();
        exitCode.ShouldNotBe(0);
        string.Join('\n', lines).ShouldNotContain("   at ");
        (await File.ReadAllBytesAsync(file)).ShouldBe(bytes);
    }

    private static async Task Crash(Circle circle)
    {
        await circle.Relay.Kill();
        await circle.Relay.Start();
    }

    /// <summary>Admission, rejection, departure, coming back, a lock, and requests that still wait.</summary>
    private static async Task EventfulDay(Circle circle)
    {
        var awkward = circle.Stranger(name: "O'Neil \"東京\" \U0001F600");
        awkward.PublicKey = awkward.Key.Pkcs1Pem + "\n";
        await circle.Admit(awkward);
        var rejected = await circle.Stranger().HasAsked();
        await circle[0].Approves(rejected);
        await circle[1].Rejects(rejected);
        var leaver = circle[2];
        await circle.Leave(leaver);
        leaver.Name = "Back again";
        await circle.Admit(leaver);
        await circle.Leave(circle[1]);
        var waiting = circle.Stranger();
        var body = waiting.Asking();
        body["curve25519_public_key"] = "";
        (await circle.Relay.Post("/api/join-request", body, waiting.Address)).Status.ShouldBe(200);
        await circle.Founder.Approves(await circle.Stranger().HasAsked());
        (await circle.Founder.Locks(true)).Status.ShouldBe(200);
    }

    private static List<string> Tables(RelayProcess relay) =>
    [
        .. relay.Query("SELECT * FROM members ORDER BY id"),
        .. relay.Query("""
            SELECT id, requester_id, requester_name, requester_public_key, requester_curve25519_public_key,
                   requested_at, expires_at, approvals, rejections, status
            FROM join_requests ORDER BY id
            """),
        .. relay.Query("SELECT * FROM channels ORDER BY id"),
        .. relay.Query("SELECT * FROM server_info ORDER BY key"),
    ];
}
