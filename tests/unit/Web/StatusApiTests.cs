using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SecureChat.UnitTests.Projections;
using SecureChat.Web;
using SecureChat.Web.Api;
using SecureChat.Web.Start;

namespace SecureChat.UnitTests.Web;

/// <summary>The URL that clients are told is the one they used, as long as it is a host and nothing else.</summary>
public class StatusApiTests
{
    [Theory]
    [InlineData("chat.example.org")]
    [InlineData("chat.example.org:8443")]
    [InlineData("LOCALHOST:3000")]
    [InlineData("203.0.113.7")]
    [InlineData("[2001:db8::1]:3000")]
    [InlineData("my_relay")]
    [InlineData("xn--caf-dma.example")]
    [InlineData("xn--this-is-no-punycode-99999999.example")]
    public async Task A_host_is_echoed(string host)
    {
        (await UrlFor(host, "https")).ShouldBe($"https://{host}");
        (await UrlFor(host, "http")).ShouldBe($"http://{host}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("evil.example/path")]
    [InlineData("evil.example?q")]
    [InlineData("evil.example#f")]
    [InlineData("user@evil.example")]
    [InlineData("evil.example:99999")]
    [InlineData("evil.example:80:80")]
    [InlineData("evil example")]
    [InlineData("evil<script>")]
    [InlineData("evil\"example")]
    [InlineData("evil.example, other.example")]
    [InlineData("evil..example")]
    [InlineData("[::1")]
    [InlineData("::1")]
    [InlineData("é.example")]
    [InlineData("xn--a\u0080.example")]
    public async Task Anything_else_is_not(string host) => (await UrlFor(host, "http")).ShouldBe("http://localhost:3000");

    [Fact]
    public async Task A_host_has_at_most_255_characters()
    {
        string label = new('a', 49);
        string longest = string.Join('.', Enumerable.Repeat(label, 5));
        (await UrlFor(longest, "http")).ShouldBe($"http://{longest}");
        (await UrlFor(longest + ".aaaaaaa", "http")).ShouldBe("http://localhost:3000");
    }

    [Fact]
    public async Task A_scheme_that_is_none_of_ours_is_http() =>
        (await UrlFor("chat.example.org", "javascript")).ShouldBe("http://chat.example.org");

    [Fact]
    public async Task PUBLIC_URL_goes_before_what_the_client_used() =>
        (await UrlFor("evil.example", "http", "https://chat.example.org")).ShouldBe("https://chat.example.org");

    [Theory]
    [InlineData("chat.example.org", "relay", true)]
    [InlineData("xn--caf-dma.example", "xn--caf-dma.example", true)]
    [InlineData("xn--99999999999999999999.example", "relay", false)]
    [InlineData("chat.example.org, xn--.example", "relay", false)]
    [InlineData("chat.example.org", "xn--", false)]
    public void A_forwarded_host_beside_what_nobody_can_read_counts_as_not_there(string forwarded, string host, bool kept)
    {
        DefaultHttpContext context = new();
        context.Request.Headers.Host = host;
        context.Request.Headers["X-Forwarded-Host"] = forwarded;
        Pipeline.DropUnreadableHost(context.Request.Headers);
        context.Request.Headers.ContainsKey("X-Forwarded-Host").ShouldBe(kept);
    }

    private static async Task<string?> UrlFor(string host, string scheme, string? publicUrl = null)
    {
        await using SomeCircle circle = SomeCircle.Open();
        DefaultHttpContext context = new();
        context.Request.Scheme = scheme;
        context.Request.Headers.Host = host;
        using MemoryStream body = new();
        context.Response.Body = body;
        await new StatusApi(circle.Live, Settings.Read(name => name == "PUBLIC_URL" ? publicUrl : null)).Status(context);
        using JsonDocument answer = JsonDocument.Parse(body.ToArray());
        return answer.RootElement.GetProperty("server_url").GetString();
    }
}
