using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SecureChat.SystemTests.Harness;

/// <summary>REST calls without a member's signature, from an address of the caller's choice.</summary>
public static class Http
{
    /// <summary>Takes any certificate: the tests make their own, and what they check is not the client.</summary>
    public static HttpClient Client { get; } = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    { Timeout = TimeSpan.FromSeconds(30) };

    public static Task<Answer> Get(this RelayProcess relay, string path, string? from = null) =>
        relay.Send(HttpMethod.Get, path, from: from);

    public static Task<Answer> Post(this RelayProcess relay, string path, JsonNode? body, string? from = null) =>
        relay.Send(HttpMethod.Post, path, Json(body?.ToJsonString() ?? "null"), from: from);

    public static async Task<Answer> Send(
        this RelayProcess relay, HttpMethod method, string path, HttpContent? body = null, Credentials? credentials = null, string? from = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(relay.Url, path)) { Content = body };
        if (from is not null)
        {
            request.Headers.Add("X-Forwarded-For", from);
        }

        if (credentials is not null)
        {
            request.Headers.TryAddWithoutValidation("x-member-id", credentials.MemberId);
            request.Headers.TryAddWithoutValidation("x-signature", credentials.Signature);
            request.Headers.TryAddWithoutValidation("x-timestamp", credentials.Timestamp);
        }

        return await Send(request);
    }

    public static async Task<Answer> Send(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text, response.Headers, response.Content.Headers);
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}

/// <summary>What the server answered to a REST call.</summary>
public sealed record Answer(int Status, string Text, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public JsonElement Json
    {
        get
        {
            ContentHeaders.ContentType?.MediaType.ShouldBe("application/json", Text);
            return JsonDocument.Parse(Text).RootElement;
        }
    }

    /// <summary>200 with a JSON object of exactly these fields.</summary>
    public JsonElement ShouldSucceed(params string[] fields)
    {
        Status.ShouldBe(200, Text);
        return Json.ShouldHaveExactly(fields);
    }

    /// <summary>An error object for people and programs, with this status; code and text where the protocol fixes them.</summary>
    public JsonElement ShouldBeRefused(int status, string? code = null, string? text = null)
    {
        Status.ShouldBe(status, Text);
        var error = Json;
        error.Text("error").ShouldNotBeNullOrWhiteSpace();
        error.Text("code").ShouldMatch("^[a-z0-9]+(_[a-z0-9]+)*$");
        if (code != "request_already_pending")
        {
            error.ShouldHaveExactly("error", "code");
        }

        if (code is not null)
        {
            error.Text("code").ShouldBe(code, Text);
        }

        if (text is not null)
        {
            error.Text("error").ShouldBe(text);
        }

        return error;
    }
}
