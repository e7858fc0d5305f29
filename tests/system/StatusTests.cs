namespace SecureChat.SystemTests;

/// <summary>What anybody may ask.</summary>
public class StatusTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private readonly RelayProcess relay = three.Circle.Relay;

    [Fact]
    public async Task The_health_check_answers() =>
        (await relay.Get("/")).ShouldSucceed("status").Text("status").ShouldBe("SecureChat server running");

    [Fact]
    public async Task The_status_says_how_the_circle_stands()
    {
        var status = (await relay.Get("/api/status")).ShouldSucceed(
            "online", "server_name", "server_url", "member_count", "founder_set", "requests_locked");
        status.Flag("online").ShouldBeTrue();
        status.Text("server_name").ShouldBe("SecureChat Server");
        status.Text("server_url").ShouldBe($"http://127.0.0.1:{relay.Port}");
        status.Number("member_count").ShouldBe(3);
        status.Flag("founder_set").ShouldBeTrue();
        status.Flag("requests_locked").ShouldBeFalse();
    }

    [Fact]
    public async Task The_url_is_the_one_that_the_client_reached()
    {
        (await ServerUrl(("Host", "chat.example"))).ShouldBe("http://chat.example");
        (await ServerUrl(("Host", "chat.example:8443"), ("X-Forwarded-Proto", "https"))).ShouldBe("https://chat.example:8443");
        (await ServerUrl(("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "outside.example"))).ShouldBe("https://outside.example");
    }

    [Theory]
    [InlineData("javascript", "chat.example")]
    [InlineData("https", "evil.example/<script>")]
    [InlineData("https", "a b")]
    [InlineData("https", "user@evil.example")]
    public async Task An_absurd_scheme_or_host_is_not_echoed(string scheme, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(relay.Url, "/api/status"));
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", scheme);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", host);
        var answer = await Http.Send(request);
        answer.Status.ShouldBeOneOf(200, 400);
        foreach (var absurd in new[] { "javascript", "<script>", "a b", "user@" })
        {
            answer.Text.ShouldNotContain(absurd);
        }
    }

    [Fact]
    public async Task Name_and_url_may_be_set()
    {
        await using var own = await RelayProcess.Run(("SERVER_NAME", "Größe \"& <Mehr>"), ("PUBLIC_URL", "https://chat.example"));
        var status = (await own.Get("/api/status")).Json;
        status.Text("server_name").ShouldBe("Größe \"& <Mehr>");
        status.Text("server_url").TrimEnd('/').ShouldBe("https://chat.example");
        status.Flag("founder_set").ShouldBeFalse();
        status.Number("member_count").ShouldBe(0);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/status")]
    [InlineData("/api/join-request/00000000-0000-4000-8000-000000000000")]
    [InlineData("/api/members")]
    [InlineData("/api/channels")]
    [InlineData("/api/join-requests")]
    public async Task Where_there_is_a_GET_there_is_a_HEAD(string path)
    {
        var reader = three.Circle[1];
        var get = await reader.Get(path);
        var head = await relay.Send(HttpMethod.Head, path, credentials: reader.Sign());
        head.Status.ShouldBe(get.Status);
        head.Text.ShouldBeEmpty();
        (await relay.Send(HttpMethod.Head, "/api/members")).Status.ShouldBe(401);
    }

    private async Task<string> ServerUrl(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(relay.Url, "/api/status"));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return (await Http.Send(request)).Json.Text("server_url");
    }
}
