namespace SecureChat.SystemTests;

/// <summary>One address, one pending request; and no address is kept longer than that.</summary>
public class AddressGuardTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private readonly Circle circle = three.Circle;

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.2", "::ffff:192.0.2.2")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::9")]
    [InlineData("192.0.2.3", "198.51.100.200, 192.0.2.3")]
    [InlineData("192.0.2.4", "192.0.2.4, 10.1.2.3")]
    [InlineData("192.0.2.5", "192.0.2.5:4711")]
    [InlineData("192.0.2.6", "192.0.2.006")]
    [InlineData("[2001:db8:1:7::1]:443", "2001:db8:1:7::2")]
    public async Task A_second_request_from_one_address_has_to_wait(string first, string second)
    {
        var (one, other) = (circle.Stranger(), circle.Stranger());
        (one.Address, other.Address) = (first, second);
        var request = await one.HasAsked();
        (await other.Asks()).ShouldBeRefused(400, "address_has_pending_request").Text("error").ShouldMatch(@"\d+");

        await circle.Founder.Rejects(request);
        await circle.Founder.Rejects(await other.HasAsked());
    }

    [Theory]
    [InlineData("192.0.2.11", "192.0.2.12")]
    [InlineData("2001:db8:1:a::1", "2001:db8:1:b::1")]
    [InlineData("192.0.2.13", "192.0.2.13, 192.0.2.14")]
    public async Task Requests_from_different_addresses_do_not_wait_for_each_other(string first, string second)
    {
        var (one, other) = (circle.Stranger(), circle.Stranger());
        (one.Address, other.Address) = (first, second);
        var requests = new[] { await one.HasAsked(), await other.HasAsked() };
        foreach (var request in requests)
        {
            await circle.Founder.Rejects(request);
        }
    }

    [Fact]
    public async Task Of_many_requests_from_one_address_at_once_one_is_taken()
    {
        var people = Enumerable.Range(0, 8).Select(_ => circle.Stranger()).ToList();
        foreach (var person in people)
        {
            person.Address = "192.0.2.21";
        }

        var answers = await Task.WhenAll(people.Select(person => person.Asks()));
        var request = answers.Where(answer => answer.Status == 200).ShouldHaveSingleItem().Json.Text("request_id");
        foreach (var answer in answers.Where(answer => answer.Status != 200))
        {
            answer.ShouldBeRefused(400, "address_has_pending_request");
        }

        await circle.Founder.Rejects(request);
    }

    [Fact]
    public async Task A_pending_request_shows_its_address_to_the_operator_only()
    {
        var stranger = circle.Stranger();
        stranger.Address = "192.0.2.31";
        var answer = (await stranger.Asks()).Json;
        var request = answer.Text("request_id");
        circle.Relay.Query($"SELECT requester_ip FROM join_requests WHERE id = '{request}'").ShouldBe(["'192.0.2.31'"]);
        circle.Relay.Query("SELECT expires_at FROM ip_cooldowns WHERE ip = '192.0.2.31'")
            .ShouldBe([answer.Number("expires_at").ToString()]);
        (await circle.Founder.Get("/api/join-requests")).Text.ShouldNotContain("192.0.2.31");
        await circle.Founder.Rejects(request);
        circle.Relay.Query($"SELECT requester_ip FROM join_requests WHERE id = '{request}'").ShouldHaveSingleItem()
            .ShouldBeOneOf("NULL", "''");
        circle.Relay.Query("SELECT * FROM ip_cooldowns WHERE ip = '192.0.2.31'").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_is_gone_from_every_file_once_the_request_is_resolved(bool approved)
    {
        await using var own = await Circle.Found(1);
        // Addresses that are no part of each other, one of them kept pending.
        var (resolved, waiting) = (own.Stranger(), own.Stranger());
        (resolved.Address, waiting.Address) = ("198.51.100.231", "203.0.113.177");
        var request = await resolved.HasAsked();
        var other = await waiting.HasAsked();
        own.Relay.FilesHolding("198.51.100.231").ShouldNotBeEmpty();
        own.Relay.FilesHolding("198.51.100.231").ShouldAllBe(file => file.StartsWith("securechat.db", StringComparison.Ordinal));

        (await own.Founder.Votes(request, approved)).Status.ShouldBe(200);
        await Waiting.Until(() => own.Relay.FilesHolding("198.51.100.231").Count == 0, "the address is gone from the files");
        own.Relay.FilesHolding("203.0.113.177").ShouldNotBeEmpty();

        await own.Founder.Rejects(other);
        await own.Relay.Stop();
        own.Relay.FilesHolding("203.0.113.177").ShouldBeEmpty();
    }

    [Fact]
    public async Task The_guard_survives_a_restart()
    {
        await using var own = await Circle.Found(1);
        var (one, other) = (own.Stranger(), own.Stranger());
        other.Address = one.Address;
        var request = await one.HasAsked();
        await own.Relay.Kill();
        await own.Relay.Start();
        (await other.Asks()).ShouldBeRefused(400, "address_has_pending_request");
        await own.Founder.Rejects(request);
        await other.HasAsked();
    }

    [Fact]
    public async Task A_proxy_that_is_not_trusted_cannot_invent_addresses()
    {
        await using var own = await Circle.Found(1, ("TRUSTED_PROXIES", "none"));
        var request = await own.Stranger().HasAsked();
        (await own.Stranger().Asks()).ShouldBeRefused(400, "address_has_pending_request");
        own.Relay.Query($"SELECT requester_ip FROM join_requests WHERE id = '{request}'").ShouldBe(["'127.0.0.1'"]);
    }

    [Fact]
    public async Task Only_the_named_proxies_are_trusted()
    {
        await using var own = await Circle.Found(1, ("TRUSTED_PROXIES", "127.0.0.1, 192.0.2.0/24"));
        var (direct, chained) = (own.Stranger(), own.Stranger());
        direct.Address = "203.0.113.201";
        chained.Address = "203.0.113.201, 192.0.2.9";
        await direct.HasAsked();
        (await chained.Asks()).ShouldBeRefused(400, "address_has_pending_request");

        // 10.0.0.1 is private, but not in the list: it is the sender now.
        var behindPrivate = own.Stranger();
        behindPrivate.Address = "203.0.113.201, 10.0.0.1";
        await behindPrivate.HasAsked();
    }
}
