using System.Net.Http.Headers;
using System.Text;

namespace SecureChat.SystemTests;

/// <summary>No input of any kind yields a success that it should not, or a 500.</summary>
public class BadInputTests(CircleOfThree three) : IClassFixture<CircleOfThree>, IAsyncLifetime
{
    private static readonly string[] Endpoints =
        ["/api/register", "/api/join-request", "/api/approve/00000000-0000-4000-8000-000000000000", "/api/lock-requests"];

    private readonly Circle circle = three.Circle;
    private readonly Person member = three.Circle[1];

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>The server lives, and nothing was half done.</summary>
    public async Task DisposeAsync()
    {
        var status = (await circle.Relay.Get("/api/status")).Json;
        status.Number("member_count").ShouldBe(3);
        status.Flag("requests_locked").ShouldBeFalse();
        (await member.Get("/api/join-requests")).Json.GetProperty("requests").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("xn--", null)]
    [InlineData("xn--", "-1")]
    [InlineData("xn--", "chat.example.org")]
    [InlineData("xn--99999999999999999999.example", "xn--")]
    [InlineData("relay", "xn--")]
    [InlineData("relay", "xn--.example, chat.example.org")]
    public async Task A_host_that_nobody_can_read_is_answered(string host, string? forwarded)
    {
        using var connection = await RawConnection.Open(circle.Relay);
        var header = forwarded is null ? "" : $"X-Forwarded-Host: {forwarded}\r\n";
        await connection.Send($"GET /api/status HTTP/1.1\r\nHost: {host}\r\n{header}Connection: close\r\n\r\n");
        (await connection.ReadToEnd()).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("1")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("[{}]")]
    [InlineData("{")]
    [InlineData("{}}")]
    [InlineData("{\"locked\":true} x")]
    [InlineData("{\"locked\":true,}")]
    [InlineData("{\"locked\":true /* no */}")]
    [InlineData("{'locked':true}")]
    [InlineData("{locked:true}")]
    [InlineData("{\"locked\":True}")]
    [InlineData("\u0000")]
    [InlineData("id=a&display_name=b")]
    [InlineData("<xml/>")]
    public async Task A_body_that_is_not_the_JSON_object_is_refused(string body)
    {
        foreach (var path in Endpoints)
        {
            (await member.Post(path, body)).ShouldBeRefused(400);
        }
    }

    [Fact]
    public async Task An_empty_object_is_refused()
    {
        foreach (var path in Endpoints)
        {
            (await member.Post(path, "{}")).ShouldBeRefused(400);
        }
    }

    [Fact]
    public async Task Duplicate_names_are_refused_however_they_are_spelled()
    {
        foreach (var body in new[] { """{"locked":false,"locked":true}""", """{"locked":true,"\u006cocked":true}""" })
        {
            (await member.Post("/api/lock-requests", body)).ShouldBeRefused(400);
        }

        var asking = circle.Stranger().Asking().ToJsonString();
        (await circle.Relay.Send(HttpMethod.Post, "/api/join-request", Http.Json(asking.Insert(1, "\"id\":\"other\","))))
            .ShouldBeRefused(400);
    }

    [Fact]
    public async Task Deep_nesting_is_refused_or_ignored()
    {
        foreach (var depth in new[] { 17, 100, 10_000 })
        {
            var nested = new string('[', depth) + new string(']', depth);
            (await member.Post("/api/lock-requests", $$"""{"locked":"no","unknown":{{nested}}}""")).ShouldBeRefused(400);
        }
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_refused()
    {
        var person = circle.Stranger();
        var bytes = Encoding.UTF8.GetBytes(person.Asking().ToJsonString());
        bytes[Encoding.UTF8.GetString(bytes).IndexOf(person.Name, StringComparison.Ordinal)] = 0xFF;
        using var body = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        (await circle.Relay.Send(HttpMethod.Post, "/api/join-request", body, from: person.Address)).ShouldBeRefused(400);
    }

    [Fact]
    public async Task A_body_over_64_KiB_is_too_large()
    {
        foreach (var path in Endpoints)
        {
            (await member.Post(path, $$"""{"unknown":"{{new string('x', 66_000)}}"}""")).ShouldBeRefused(413);
            using var chunked = new HttpRequestMessage(HttpMethod.Post, new Uri(circle.Relay.Url, path));
            chunked.Content = Http.Json(new string(' ', 70_000));
            chunked.Headers.TransferEncodingChunked = true;
            var signed = member.Sign();
            chunked.Headers.Add("x-member-id", signed.MemberId);
            chunked.Headers.Add("x-signature", signed.Signature);
            chunked.Headers.Add("x-timestamp", signed.Timestamp);
            (await Http.Send(chunked)).ShouldBeRefused(413);
        }
    }

    [Fact]
    public async Task A_body_just_below_64_KiB_is_read() =>
        (await member.Post("/api/lock-requests", $$"""{"locked":false,"unknown":"{{new string('x', 65_000)}}"}""")).Status.ShouldBe(200);

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData("application/xml")]
    public async Task Another_content_type_than_JSON_is_refused(string type)
    {
        foreach (var path in Endpoints)
        {
            using var body = new StringContent("""{"locked":true,"approved":true}""", Encoding.UTF8, type);
            (await circle.Relay.Send(HttpMethod.Post, path, body, member.Sign())).ShouldBeRefused(415);
        }
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=UTF-8")]
    public async Task JSON_is_taken_however_its_type_is_written(string type)
    {
        using var body = new ByteArrayContent("""{"locked":false}"""u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", type);
        (await circle.Relay.Send(HttpMethod.Post, "/api/lock-requests", body, member.Sign())).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/nothing")]
    [InlineData("/api/members/a/b")]
    [InlineData("/index.html")]
    [InlineData("/data/ledger.db")]
    [InlineData("/.env")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    public async Task An_unknown_path_is_404(string path)
    {
        (await circle.Relay.Get(path)).ShouldBeRefused(404);
        (await member.Get(path)).ShouldBeRefused(404);
    }

    [Theory]
    [InlineData("GET", "/api/register")]
    [InlineData("GET", "/api/lock-requests")]
    [InlineData("GET", "/api/approve/x")]
    [InlineData("POST", "/api/status")]
    [InlineData("POST", "/api/members")]
    [InlineData("DELETE", "/api/channels")]
    [InlineData("PUT", "/api/join-request")]
    [InlineData("PATCH", "/api/members/x")]
    public async Task A_known_path_with_another_method_is_405(string method, string path) =>
        (await circle.Relay.Send(new HttpMethod(method), path, credentials: member.Sign())).ShouldBeRefused(405);

    [Theory]
    [InlineData("/api/join-request/%00")]
    [InlineData("/api/join-request/%FF%FE")]
    [InlineData("/api/join-request/%")]
    [InlineData("/api/join-request/%zz")]
    [InlineData("/api/members/%2F..%2F")]
    public async Task An_odd_path_is_the_clients_mistake(string path)
    {
        using var connection = await RawConnection.Open(circle.Relay);
        await connection.Send($"GET {path} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n");
        (await connection.ReadToEnd()).ShouldMatch("^HTTP/1.1 4");
    }

    [Theory]
    [InlineData("not http at all\r\n\r\n")]
    [InlineData("GET / HTTP/9.9\r\nHost: relay\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n")]
    [InlineData("GET /api/status HTTP/1.1\r\nHost: relay\r\nHost: other\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: relay\nConnection: close\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: relay\nConnection: close\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\n")]
    public async Task Bytes_that_are_no_HTTP_are_no_success(string bytes)
    {
        using var connection = await RawConnection.Open(circle.Relay);
        await connection.Send(bytes);
        var answer = await connection.ReadToEnd();
        answer.ShouldNotContain(" 200 ");
        answer.ShouldNotContain("HTTP/1.1 500");
    }

    [Theory]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")]
    [InlineData("Content-Length: 2\r\nContent-Length: 3\r\n", "{}")]
    [InlineData("Content-Length: +2\r\n", "{}")]
    [InlineData("Content-Length: -1\r\n", "{}")]
    [InlineData("Content-Length : 2\r\n", "{}")]
    public async Task A_request_that_two_servers_could_read_differently_is_not_followed_by_a_second(string headers, string body)
    {
        using var connection = await RawConnection.Open(circle.Relay);
        await connection.Send($"POST /api/join-request HTTP/1.1\r\nHost: relay\r\nContent-Type: application/json\r\n{headers}\r\n{body}" +
            "GET /api/status HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n");
        var answer = await connection.ReadToEnd();
        answer.ShouldNotContain("server_name");
        answer.ShouldNotContain(" 200 ");
    }

    [Fact]
    public async Task No_answer_says_which_server_it_is_or_shows_its_insides()
    {
        Answer[] answers =
            [await circle.Relay.Get("/api/status"), await circle.Relay.Get("/api/nothing"), await member.Post("/api/lock-requests", "{")];
        foreach (var answer in answers)
        {
            answer.Headers.Contains("Server").ShouldBeFalse();
            answer.Headers.Contains("X-Powered-By").ShouldBeFalse();
            answer.Text.ShouldNotContain("   at ");
            answer.Text.ShouldNotContain("Exception");
        }
    }
}
