using SecureChat.Ledger.Circle;
using SecureChat.Projections;
using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class LoginTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_good_AUTH_is_not_answered_and_the_member_is_online(bool digitsAsText)
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.ConnectAsync();
        host.Hub.IsOnline(host.Circle["ada"].Member).ShouldBeFalse();

        await ada.SendAsync(host.Circle["ada"].Auth(digitsAsText: digitsAsText));
        await ada.PingPongAsync();

        host.Hub.IsOnline(host.Circle["ada"].Member).ShouldBeTrue();
        host.Hub.IsOnline(host.Circle["bob"].Member).ShouldBeFalse();
    }

    public static TheoryData<string> NotAuth =>
    [
        """{"type":"PING"}""", "no json", "null", "[]", "", """{"type":"AUTH","type":"AUTH","payload":{}}""", """{"payload":{}}""",
        "{\"x\":\"" + new string('a', 9000) + "\"}", new string('[', 20),
    ];

    [Theory]
    [MemberData(nameof(NotAuth))]
    public async Task Whatever_else_comes_first_ends_the_connection(string frame)
    {
        await using RelayHost host = await RelayHost.StartAsync("ada");
        using RawSocket socket = await host.ConnectAsync();

        await socket.SendAsync(frame);

        await RefusedAsync(socket, "Not authenticated");
    }

    [Fact]
    public async Task Eight_KiB_are_enough_before_AUTH_and_no_fragments_get_around_it()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada");
        using RawSocket padded = await host.ConnectAsync();
        await padded.SendAsync(host.Circle["ada"].Auth().PadRight(8192));
        await padded.PingPongAsync();

        using RawSocket fragments = await host.ConnectAsync();
        await fragments.SendAsync(0x01, new byte[5000]);
        await fragments.SendAsync(0x80, new byte[5000]);
        await RefusedAsync(fragments, "Not authenticated");

        using RawSocket huge = await host.ConnectAsync();
        await huge.SendAsync(0x81, new byte[3_000_000]);
        await RefusedAsync(huge, "Not authenticated");
    }

    [Fact]
    public async Task A_failed_AUTH_says_why()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        Person ada = host.Circle["ada"];
        string used = ada.Auth();
        using RawSocket first = await host.ConnectAsync();
        await first.SendAsync(used);
        await first.PingPongAsync();

        (string Frame, string Reason)[] cases =
        [
            (used, "Signature already used"),
            (ada.Auth(memberId: "nobody"), "Member not found"),
            (ada.Auth(memberId: "bob"), "Signature mismatch"),
            (ada.Auth(timestamp: 1), "Timestamp out of range"),
            ("""{"type":"AUTH","payload":{"member_id":"ada","signature":"x"}}""", "Timestamp out of range"),
            ("""{"type":"AUTH","payload":{"member_id":"ada","signature":"x","timestamp":null}}""", "Timestamp out of range"),
            ("""{"type":"AUTH","payload":{"member_id":["ada"],"signature":"x","timestamp":1}}""", "Member not found"),
            ("""{"type":"AUTH"}""", "Member not found"),
            ("""{"type":"AUTH","payload":{"member_id":"ada","timestamp":1790000000001}}""", "Signature mismatch"),
        ];
        foreach ((string frame, string reason) in cases)
        {
            using RawSocket socket = await host.ConnectAsync();
            await socket.SendAsync(frame);
            await RefusedAsync(socket, reason);
        }
    }

    [Fact]
    public async Task A_second_AUTH_never_changes_whose_connection_it_is()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket same = await host.LogInAsync("ada");
        await same.SendAsync(host.Circle["ada"].Auth());
        await same.PingPongAsync();

        using RawSocket other = await host.LogInAsync("ada");
        await other.SendAsync(host.Circle["bob"].Auth());
        await RefusedAsync(other, "Not authenticated");
        host.Hub.IsOnline(host.Circle["bob"].Member).ShouldBeFalse();

        await same.SendAsync("""{"type":"AUTH","payload":{}}""");
        await RefusedAsync(same, "Member not found");
    }

    [Fact]
    public async Task After_AUTH_come_the_requests_on_which_the_member_has_not_voted()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        Roster now = host.Circle.Roster;
        host.Circle.Roster = SomeCircle.RosterOf(
            now.Size, now.Members, [SomeCircle.Request("r1", 97, "ada"), SomeCircle.Request("r2", 98, "bob"), SomeCircle.Request("r3", 99)]);
        using RawSocket ada = await host.ConnectAsync();

        await ada.SendAsync(host.Circle["ada"].Auth());

        (await ada.ReceiveAsync()).ShouldBe(
            """{"type":"JOIN_REQUEST","payload":{"request_id":"r2","requester_id":"by-r2","requester_name":"Asks r2","requester_public_key":"PEM+","expires_at":99}}""");
        (await ada.ReceiveAsync("JOIN_REQUEST"))["request_id"]!.GetValue<string>().ShouldBe("r3");
        await ada.PingPongAsync();
    }

    [Fact]
    public async Task A_request_that_is_announced_after_a_login_that_showed_it_is_not_shown_twice()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket early = await host.LogInAsync("bob");
        Roster before = host.Circle.Roster;
        host.Circle.Roster = SomeCircle.RosterOf(before.Size + 1, before.Members, [SomeCircle.Request("r1", before.Size)]);

        using RawSocket ada = await host.ConnectAsync();
        await ada.SendAsync(host.Circle["ada"].Auth());
        await ada.ReceiveAsync("JOIN_REQUEST");
        Newcomer newcomer = new(new Profile("by-r1", "Asks r1"), new MemberKeys("", "", "PEM+"));
        host.Hub.Announce([new RecordedEvent(before.Size, 1, new RequestSubmitted("r1", 99, newcomer), default)], before);

        await early.ReceiveAsync("JOIN_REQUEST");
        await ada.PingPongAsync();
    }

    [Fact]
    public async Task A_member_who_leaves_during_the_login_does_not_come_online()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        Person ada = host.Circle["ada"];
        using RawSocket socket = await host.ConnectAsync();
        string auth = ada.Auth();
        host.Circle.AfterLogin = () => host.Circle.Leave(host.Hub, "ada");

        await socket.SendAsync(auth);

        await RefusedAsync(socket, "Member not found");
        host.Hub.IsOnline(ada.Member).ShouldBeFalse();
    }

    private static async Task RefusedAsync(RawSocket socket, string reason)
    {
        (await socket.ReceiveAsync()).ShouldBe($$$"""{"type":"AUTH_FAILED","payload":{"reason":"{{{reason}}}"}}""");
        (await socket.CloseCodeAsync()).ShouldBe(CloseCode.PolicyViolation);
        await socket.CloseAsync();
    }
}
