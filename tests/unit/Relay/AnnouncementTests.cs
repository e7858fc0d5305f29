using System.Text.Json.Nodes;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class AnnouncementTests
{
    private static readonly Newcomer Eve = new(new Profile("eve", "Eve \"E\""), new MemberKeys("spki", "key+", "PEM"));

    [Fact]
    public async Task What_happens_to_the_circle_is_told_to_all_who_are_online()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        Roster before = host.Circle.Roster;

        host.Hub.Announce(
            [
                new RecordedEvent(100, 1, new RequestSubmitted("r1", 172, Eve), default), new RecordedEvent(101, 1, new VoteCast("r1", 1, true), default),
                new RecordedEvent(102, 1, new MemberAdmitted("r1"), default), new RecordedEvent(103, 1, new RequestsLockChanged(1, true), default),
                new RecordedEvent(104, 1, new RequestSubmitted("r2", 173, Eve), default), new RecordedEvent(105, 1, new RequestExpired("r2"), default),
                new RecordedEvent(106, 1, new RequestRejected("r3", 1), default), new RecordedEvent(107, 1, new MemberLeft(102), default),
            ],
            before);

        foreach (RawSocket socket in new[] { ada, bob })
        {
            (await socket.ReceiveAsync()).ShouldBe(
                """{"type":"JOIN_REQUEST","payload":{"request_id":"r1","requester_id":"eve","requester_name":"Eve \"E\"","requester_public_key":"PEM","expires_at":172}}""");
            (await socket.ReceiveAsync()).ShouldBe("""{"type":"JOIN_REQUEST_RESOLVED","payload":{"request_id":"r1","status":"approved"}}""");
            (await socket.ReceiveAsync()).ShouldBe(
                """{"type":"MEMBER_JOINED","payload":{"member_id":"eve","display_name":"Eve \"E\"","public_key":"PEM","curve25519_public_key":"key+"}}""");
            (await socket.ReceiveAsync()).ShouldBe("""{"type":"REQUESTS_LOCK_CHANGED","payload":{"locked":true}}""");
            await socket.ReceiveAsync("JOIN_REQUEST");
            (await socket.ReceiveAsync("JOIN_REQUEST_RESOLVED"))["status"]!.GetValue<string>().ShouldBe("expired");
            (await socket.ReceiveAsync("JOIN_REQUEST_RESOLVED"))["status"]!.GetValue<string>().ShouldBe("rejected");
            (await socket.ReceiveAsync()).ShouldBe("""{"type":"MEMBER_LEFT","payload":{"member_id":"eve"}}""");
            await socket.PingPongAsync();
        }
    }

    [Fact]
    public async Task What_only_the_ledger_tells_is_told_to_nobody()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada");
        using RawSocket ada = await host.LogInAsync("ada");
        CircleEvent[] quiet =
        [
            new MemberImported(Eve, null), new VoteCast("r", 1, true), new HistoryRatified(1, Proof.Erased), new StatementsRequired(1, true, Proof.Erased),
            new AddendaErased(100, ["profile"]), new RollbackAccepted(1, default),
        ];

        host.Hub.Announce([.. quiet.Select((happened, place) => new RecordedEvent(100 + place, 1, happened, default))], host.Circle.Roster);

        await ada.PingPongAsync();
    }

    [Fact]
    public async Task Who_leaves_is_closed_in_the_same_turn_and_is_announced_once()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket phone = await host.LogInAsync("bob");
        using RawSocket desk = await host.LogInAsync("bob");

        host.Circle.Leave(host.Hub, "bob");
        host.Hub.IsOnline(host.Circle["bob"].Member).ShouldBeFalse();
        await phone.SendAsync("""{"type":"MESSAGE","payload":{"channel_id":"general","sender_id":"bob","encrypted_blob":"late"}}""");

        foreach (RawSocket socket in new[] { phone, desk })
        {
            (await socket.CloseCodeAsync()).ShouldBe(CloseCode.Normal);
            await socket.CloseAsync();
        }

        (await ada.ReceiveAsync()).ShouldBe("""{"type":"MEMBER_LEFT","payload":{"member_id":"bob"}}""");
        await ada.PingPongAsync();
    }

    [Fact]
    public async Task A_member_who_is_gone_from_the_roster_sends_nothing_though_the_socket_is_still_open()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob", "cyd");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        Roster before = host.Circle.Roster;
        host.Circle.Roster = SomeCircle.RosterOf(101, [before.Members[0], before.Members[2]], []);

        await bob.SendAsync("""{"type":"MESSAGE","payload":{"channel_id":"general","sender_id":"bob","encrypted_blob":"late"}}""");
        await bob.SendAsync("""{"type":"PING"}""");
        await ada.SendAsync("""{"type":"MESSAGE","payload":{"channel_id":"general","sender_id":"ada","encrypted_blob":"late","recipients":[{"member_id":"bob","encrypted_blob":"x"}]}}""");
        await ada.PingPongAsync();

        host.Hub.Announce([new RecordedEvent(100, 1, new MemberLeft(2), default)], before);
        (await bob.CloseCodeAsync()).ShouldBe(CloseCode.Normal);
        await ada.ReceiveAsync("MEMBER_LEFT");
    }

    [Fact]
    public async Task Only_the_last_connection_to_close_makes_a_member_offline()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket old = await host.LogInAsync("bob");
        using RawSocket young = await host.LogInAsync("bob");
        using RawSocket stranger = await host.ConnectAsync();

        await stranger.CloseAsync();
        await old.CloseAsync();
        await ada.PingPongAsync();
        host.Hub.IsOnline(host.Circle["bob"].Member).ShouldBeTrue();
        young.Dispose();

        (await ada.ReceiveAsync()).ShouldBe("""{"type":"MEMBER_LEFT","payload":{"member_id":"bob"}}""");
    }

    [Fact]
    public async Task The_seventeenth_connection_takes_the_place_of_the_oldest()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket bob = await host.LogInAsync("bob");
        List<RawSocket> sockets = [];
        for (int i = 0; i < 17; i++)
        {
            sockets.Add(await host.LogInAsync("ada"));
        }

        (await sockets[0].CloseCodeAsync()).ShouldBe(CloseCode.PolicyViolation);
        await sockets[0].CloseAsync();
        await bob.PingPongAsync();
        await bob.SendAsync("""{"type":"MESSAGE","payload":{"channel_id":"general","sender_id":"bob","encrypted_blob":"b"}}""");
        foreach (RawSocket socket in sockets.Skip(1))
        {
            await socket.ReceiveAsync("MESSAGE");
            socket.Dispose();
        }
    }

    [Fact]
    public async Task Votes_are_cast_in_order_while_the_connection_goes_on()
    {
        await using RelayHost host = await RelayHost.StartAsync(new RelayLimits { MaxWaitingVotes = 3 }, TimeProvider.System, "ada");
        TaskCompletionSource gate = new();
        List<string> cast = [];
        host.Circle.Vote = async (member, request, approve, _) =>
        {
            cast.Add($"{member} {request} {approve}");
            await gate.Task;
            return request switch
            {
                "refused" => Refusals.AlreadyVoted,
                "broken" => throw new LedgerUnavailableException("full"),
                _ => null,
            };
        };
        using RawSocket ada = await host.LogInAsync("ada");

        await ada.SendAsync(Vote("good", "true"));
        while (cast.Count == 0)
        {
            await ada.PingPongAsync();
        }

        await ada.SendAsync(Vote("refused", "false"));
        await ada.SendAsync(Vote("broken", "true"));
        await ada.SendAsync(Vote("last", "true"));
        await ada.SendAsync(Vote("too many", "true"));
        (await ErrorAsync(ada)).ShouldBe(("too_many_votes", "too many"));
        await ada.PingPongAsync();
        gate.SetResult();

        (await ErrorAsync(ada)).ShouldBe(("already_voted", "refused"));
        (await ErrorAsync(ada)).ShouldBe(("ledger_unavailable", "broken"));
        while (cast.Count < 4)
        {
            await ada.PingPongAsync();
        }

        cast.ShouldBe(["ada good True", "ada refused False", "ada broken True", "ada last True"]);
    }

    [Fact]
    public async Task A_vote_that_is_none_is_refused()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");

        await ada.SendAsync(Vote("r", "\"yes\""));
        (await ErrorAsync(ada)).ShouldBe(("approved_not_boolean", "r"));
        await ada.SendAsync(Vote("r", "true", "bob"));
        (await ErrorAsync(ada)).ShouldBe(("not_yourself", "r"));
        await ada.SendAsync(Vote("\\ud800", "true"));
        (await ada.ReceiveAsync()).ShouldContain("""
            request_id":"\ud800"}}
            """.Trim());
        await ada.SendAsync("""{"type":"JOIN_RESPONSE","payload":{"approved":true,"member_id":"ada"}}""");
        (await ErrorAsync(ada)).ShouldBe(("missing_fields", null));
    }

    [Fact]
    public async Task Stopping_closes_everybody_with_1001_and_refuses_the_next()
    {
        await using RelayHost host = await RelayHost.StartAsync(
            new RelayLimits { StopWithin = TimeSpan.FromMilliseconds(300) }, TimeProvider.System, "ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket silent = await host.LogInAsync("bob");

        Task stopping = host.Hub.StopAsync();

        (await ada.CloseCodeAsync()).ShouldBe(CloseCode.GoingAway);
        await ada.CloseAsync();
        (await silent.CloseCodeAsync()).ShouldBe(CloseCode.GoingAway);
        (await silent.ReceiveFrameAsync()).FirstByte.ShouldBe(-1);
        await stopping;
        using RawSocket late = await RawSocket.OpenAsync(host.Port);
        (await late.AskAsync(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"))
            .ShouldStartWith("HTTP/1.1 503 ");
    }

    private static string Vote(string request, string approved, string member = "ada") =>
        $$$"""{"type":"JOIN_RESPONSE","payload":{"request_id":"{{{request}}}","approved":{{{approved}}},"member_id":"{{{member}}}"}}""";

    private static async Task<(string Code, string? Request)> ErrorAsync(RawSocket socket)
    {
        JsonNode error = await socket.ReceiveAsync("ERROR");
        return (error["code"]!.GetValue<string>(), error["request_id"]?.ToJsonString().Trim('"'));
    }
}
