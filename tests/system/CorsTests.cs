namespace SecureChat.SystemTests;

/// <summary>Clients live on any origin.</summary>
public class CorsTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private readonly Circle circle = three.Circle;

    [Theory]
    [InlineData("/api/register", "POST")]
    [InlineData("/api/join-request", "POST")]
    [InlineData("/api/members", "GET")]
    [InlineData("/api/approve/x", "POST")]
    [InlineData("/api/members/x", "DELETE")]
    [InlineData("/api/nothing", "GET")]
    public async Task A_preflight_is_answered_without_authentication(string path, string method)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, new Uri(circle.Relay.Url, path));
        request.Headers.Add("Origin", "https://client.example");
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "content-type, x-member-id, x-signature, x-timestamp");
        var answer = await Http.Send(request);
        answer.Status.ShouldBeOneOf(200, 204);
        Origin(answer).ShouldBeOneOf("*", "https://client.example");
        List(answer, "Access-Control-Allow-Methods").ShouldContain(method);
        foreach (var header in new[] { "content-type", "x-member-id", "x-signature", "x-timestamp" })
        {
            List(answer, "Access-Control-Allow-Headers").ShouldContain(header.ToUpperInvariant());
        }
    }

    [Fact]
    public async Task All_documented_methods_are_allowed()
    {
        var methods = new List<string>();
        foreach (var method in new[] { "GET", "POST", "DELETE", "OPTIONS" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, new Uri(circle.Relay.Url, "/api/members"));
            request.Headers.Add("Origin", "https://client.example");
            request.Headers.Add("Access-Control-Request-Method", method);
            methods.AddRange(List(await Http.Send(request), "Access-Control-Allow-Methods"));
        }

        foreach (var method in new[] { "GET", "POST", "DELETE" })
        {
            methods.ShouldContain(method);
        }
    }

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/api/status", 200)]
    [InlineData("/api/members", 401)]
    [InlineData("/api/join-request/00000000-0000-4000-8000-000000000000", 404)]
    [InlineData("/api/nothing", 404)]
    public async Task Every_answer_may_be_read_by_any_origin(string path, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(circle.Relay.Url, path));
        request.Headers.Add("Origin", "https://client.example");
        var answer = await Http.Send(request);
        answer.Status.ShouldBe(status);
        Origin(answer).ShouldBeOneOf("*", "https://client.example");
    }

    [Fact]
    public async Task A_refused_body_may_be_read_by_any_origin()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(circle.Relay.Url, "/api/join-request"));
        request.Content = Http.Json("no JSON");
        request.Headers.Add("Origin", "https://client.example");
        var answer = await Http.Send(request);
        answer.ShouldBeRefused(400);
        Origin(answer).ShouldBeOneOf("*", "https://client.example");
    }

    private static string Origin(Answer answer) => answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldHaveSingleItem();

    private static string[] List(Answer answer, string header) => answer.Headers.TryGetValues(header, out var values)
        ? string.Join(',', values).ToUpperInvariant().Split(',', StringSplitOptions.TrimEntries)
        : [];
}
