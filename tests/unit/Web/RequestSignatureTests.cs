using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Ledger.Keys;
using SecureChat.Projections;
using SecureChat.UnitTests.Transparency;
using SecureChat.Web.Api;
using SecureChat.Web.Relay;
using SecureChat.Web.Security;

namespace SecureChat.UnitTests.Web;

/// <summary>Requests that are signed as a whole: the published vectors, and whatever differs from them in one place.</summary>
public sealed class RequestSignatureTests
{
    private const long Created = 1_767_225_600;

    private static readonly JsonElement Requests = Vectors.Section("securechat_requests");
    private static readonly JsonElement Digests = Vectors.Section("rfc9530_content_digest");
    private static readonly string KeyOfTheVectors = Vectors.Section("rfc9421_rsa_v1_5_sha256").GetProperty("public_key_pem_pkcs1").GetString()!;

    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(Created + 10));
    private readonly Logins logins;

    public RequestSignatureTests()
    {
        RsaPublicKey.TryParse(KeyOfTheVectors, out RsaPublicKey? key, out _).ShouldBeTrue();
        string id = Requests.GetProperty("legacy").GetProperty("member_id").GetString()!;
        RosterMember member = new(0, id, "Ada", "", "", 0, new RsaVerifier(key!), null);
        Roster roster = new(1, requestsLocked: false, [member], []);
        logins = new Logins(() => roster, new SeenSignatures(clock), clock, DateTimeOffset.FromUnixTimeSeconds(Created - 5));
    }

    [Theory]
    [InlineData("rfc9421_post")]
    [InlineData("rfc9421_get")]
    public void The_vectors_are_let_through(string name)
    {
        HttpContext context = Request(name);
        RequestSignature signature = RequestSignature.Read(context.Request, out string problem).ShouldNotBeNull();
        problem.ShouldBeEmpty();
        Encoding.ASCII.GetString(signature.Base(context.Request, Target(context), "relay.example.org")!)
            .ShouldBe(Requests.GetProperty(name).GetProperty("signature_base").GetString());

        var login = logins.Changer(context, out ApiError? error).ShouldNotBeNull(error?.Text);
        login.Timestamp.ShouldBe(Created * 1000);
        login.Nonce.Length.ShouldBe(24);
    }

    [Fact]
    public void The_answer_to_the_challenge_of_the_vectors_is_let_through()
    {
        JsonElement vector = Requests.GetProperty("websocket_auth");
        string statement = vector.GetProperty("statement").GetString()!;
        string signature = vector.GetProperty("signature_b64").GetString()!;
        string id = Requests.GetProperty("legacy").GetProperty("member_id").GetString()!;
        SocketChallenge challenge = new(Line("challenge"), Line("origin"), Line("host"));

        logins.Challenged(challenge, id, statement, signature, out string? reason).ShouldNotBeNull(reason);
        logins.Challenged(challenge, "nobody", statement, signature, out reason).ShouldBeNull();
        reason.ShouldBe("Member not found");
        logins.Challenged(challenge with { Challenge = "another" }, id, statement, signature, out reason).ShouldBeNull();
        reason.ShouldNotBeNull().ShouldContain("\"challenge …\"");
        logins.Challenged(challenge with { Host = "other.example" }, id, statement, signature, out reason).ShouldBeNull();
        reason.ShouldNotBeNull().ShouldContain("\"host …\"");
        logins.Challenged(challenge with { Origin = "other.example/x" }, id, statement, signature, out reason).ShouldBeNull();
        reason.ShouldNotBeNull().ShouldContain("\"origin …\"");
        logins.Challenged(challenge, id, statement + "\n", signature, out reason).ShouldBeNull();
        reason.ShouldNotBeNull().ShouldContain("\"time …\"");
        logins.Challenged(challenge, id, statement.Replace("\n", "\r\n", StringComparison.Ordinal), signature, out reason).ShouldBeNull();
        reason.ShouldNotBeNull().ShouldContain("Line 1");
        logins.Challenged(challenge, id, statement.Replace("600000\n", "600001\n", StringComparison.Ordinal), signature, out reason).ShouldBeNull();
        reason.ShouldBe("Signature mismatch");
        clock.Advance(TimeSpan.FromSeconds(51));
        logins.Challenged(challenge, id, statement, signature, out reason).ShouldBeNull();
        reason.ShouldBe("Timestamp out of range");

        string Line(string key) => statement.Split('\n').Single(line => line.StartsWith(key + " ", StringComparison.Ordinal))[(key.Length + 1)..];
    }

    [Fact]
    public void One_nonce_opens_one_request_of_any_kind()
    {
        logins.Reader(Request("rfc9421_get"), out _).ShouldNotBeNull();
        logins.Reader(Request("rfc9421_get"), out ApiError? error).ShouldBeNull();
        error.ShouldBe(ApiErrors.SignatureAlreadyUsed);
        logins.Changer(Request("rfc9421_get"), out error).ShouldBeNull();
        error.ShouldBe(ApiErrors.SignatureAlreadyUsed);

        var login = logins.Changer(Request("rfc9421_post"), out _).ShouldNotBeNull();
        logins.TryUse(login).ShouldBeTrue();
        logins.Reader(Request("rfc9421_post"), out error).ShouldBeNull();
        error.ShouldBe(ApiErrors.SignatureAlreadyUsed);
    }

    [Theory]
    [InlineData(-71, false)]
    [InlineData(-70, true)]
    [InlineData(50, true)]
    [InlineData(51, false)]
    public void It_holds_from_a_minute_before_it_was_made_until_it_expires(int seconds, bool taken)
    {
        clock.AdjustTime(clock.GetUtcNow().AddSeconds(seconds));
        (logins.Reader(Request("rfc9421_get"), out ApiError? error) is not null).ShouldBe(taken);
        error.ShouldBe(taken ? null : ApiErrors.TimestampOutOfRange);
    }

    public static TheoryData<string, string, string> Changed => new()
    {
        { "signature-input", "\"@query\" ", "covered components" },
        { "signature-input", "\"content-digest\" \"content-type\" ", "with a body must cover" },
        { "signature-input", "\"@method\" \"@authority\"|\"@authority\" \"@method\"", "covered components" },
        { "signature-input", ";expires=1767225660", "The parameters must be" },
        { "signature-input", "expires=1767225660|expires=1767225661", "The parameters must be" },
        { "signature-input", "expires=1767225660|expires=1767225600", "The parameters must be" },
        { "signature-input", "created=1767225600|created=01767225600", "The parameters must be" },
        { "signature-input", "nonce=\"bfR-nLFJrbqwx9_WPpJimIZI\"|nonce=\"short\"", "The parameters must be" },
        { "signature-input", ";nonce=\"bfR-nLFJrbqwx9_WPpJimIZI\"", "The parameters must be" },
        { "signature-input", ";alg=\"rsa-v1_5-sha256\"|;alg=\"rsa-pss-sha512\"", "The parameters must be" },
        { "signature-input", ";alg=|;x=1;alg=", "The parameters must be" },
        { "signature-input", ";created=1767225600|;created=1767225600;created=1767225600", "created stands there twice" },
        { "signature-input", ";tag=\"securechat-api/v1\"|;tag=\"securechat-api/v1\";x=1", "as its last parameter" },
        { "signature-input", "keyid=\"x|keyid=\"y", "keyid must be" },
        { "signature", "sc=|other=", "must have one member sc" },
        { "signature", ":", "must have one member sc" },
        { "signature", "==:|=:", "must have one member sc" },
        { "content-digest", "sha-256|md5", "Content-Digest must name" },
        { "content-digest", "sha-256=:IO|sha-256=:IP", "Signature mismatch" },
        { "content-type", "application/json|application/json; charset=utf-8", "Signature mismatch" },
        { "signature-input", "nonce=\"b|nonce=\"c", "Signature mismatch" },
        { "x-member-id", "61|62", "Member not found" },
        { "host", "relay|other", "Signature mismatch" },
    };

    [Theory]
    [MemberData(nameof(Changed))]
    public void Whatever_differs_in_one_place_is_refused(string header, string edit, string because)
    {
        DefaultHttpContext context = Request("rfc9421_post");
        string[] parts = edit.Split('|');
        string before = context.Request.Headers[header].ToString();
        before.ShouldContain(parts[0]);
        context.Request.Headers[header] = before.Replace(parts[0], parts.Length > 1 ? parts[1] : "", StringComparison.Ordinal);

        logins.Changer(context, out ApiError? error).ShouldBeNull();
        error!.Status.ShouldBe(401);
        error.Text.ShouldContain(because);
    }

    [Fact]
    public void Method_path_and_query_are_covered()
    {
        foreach ((string method, string target) in new[] { ("DELETE", "/api/members"), ("GET", "/api/channels"), ("GET", "/api/members?x=1"), ("GET", "/api/member%73") })
        {
            DefaultHttpContext context = Request("rfc9421_get");
            context.Request.Method = method;
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
            logins.Reader(context, out ApiError? error).ShouldBeNull();
            error.ShouldBe(ApiErrors.SignatureMismatch);
        }
    }

    [Fact]
    public void A_failure_is_final_whatever_the_old_headers_say()
    {
        JsonElement legacy = Requests.GetProperty("legacy");
        DefaultHttpContext context = Request("rfc9421_get");
        context.Request.Headers[Logins.SignatureHeader] = legacy.GetProperty("x-signature").GetString();
        context.Request.Headers[Logins.TimestampHeader] = legacy.GetProperty("timestamp").GetString();
        context.Request.Headers["signature-input"] = context.Request.Headers["signature-input"].ToString().Replace("nonce=\"I", "nonce=\"J", StringComparison.Ordinal);
        logins.Reader(context, out ApiError? error).ShouldBeNull();
        error.ShouldBe(ApiErrors.SignatureMismatch);

        context.Request.Headers.Remove("signature-input");
        logins.Reader(context, out error).ShouldNotBeNull("without the tag the old headers hold");
    }

    [Fact]
    public void Signatures_of_others_on_the_same_request_do_not_matter()
    {
        DefaultHttpContext context = Request("rfc9421_get");
        context.Request.Headers["signature-input"] = "proxy=(\"@method\" \"x, y\");created=1;tag=\"else\", " + context.Request.Headers["signature-input"];
        context.Request.Headers["signature"] = context.Request.Headers["signature"] + ", proxy=:AAAA:";
        logins.Reader(context, out ApiError? error).ShouldNotBeNull(error?.Text);
    }

    [Fact]
    public void What_was_signed_before_the_start_is_too_old_for_reading_too()
    {
        Roster roster = new(1, requestsLocked: false, [new(0, Requests.GetProperty("legacy").GetProperty("member_id").GetString()!, "", "", "", 0, Verifier(), null)], []);
        Logins started = new(() => roster, new SeenSignatures(clock), clock, DateTimeOffset.FromUnixTimeSeconds(Created + 1));
        started.Reader(Request("rfc9421_get"), out ApiError? error).ShouldBeNull();
        error.ShouldBe(ApiErrors.SignatureTooOld);
    }

    [Theory]
    [InlineData("https", "https://Relay.example.org", true)]
    [InlineData("https", "https://relay.example.org:443", true)]
    [InlineData("https", "https://relay.example.org:8443", false)]
    [InlineData("https", "https://other.example", false)]
    public void With_a_public_URL_its_host_is_the_one_that_must_be_signed(string scheme, string url, bool taken)
    {
        Roster roster = new(1, requestsLocked: false, [new(0, Requests.GetProperty("legacy").GetProperty("member_id").GetString()!, "", "", "", 0, Verifier(), null)], []);
        Logins named = new(() => roster, new SeenSignatures(clock), clock, DateTimeOffset.FromUnixTimeSeconds(Created), url);
        DefaultHttpContext context = Request("rfc9421_get");
        context.Request.Scheme = scheme;
        context.Request.Headers.Host = "whatever.example";
        (named.Reader(context, out _) is not null).ShouldBe(taken);
    }

    [Theory]
    [InlineData("https", "Relay.Example.org:443", "relay.example.org")]
    [InlineData("http", "relay.example.org:80", "relay.example.org")]
    [InlineData("http", "relay.example.org:443", "relay.example.org:443")]
    [InlineData("http", "[::1]:3000", "[::1]:3000")]
    public void The_port_that_the_scheme_implies_is_left_out(string scheme, string host, string authority)
    {
        DefaultHttpContext context = new();
        context.Request.Scheme = scheme;
        context.Request.Headers.Host = host;
        Authority.Of(context.Request, publicUrl: null).ShouldBe(authority);
    }

    [Fact]
    public void Digests_are_those_of_the_vectors()
    {
        byte[] body = Encoding.UTF8.GetBytes(Digests.GetProperty("body").GetString()!);
        string both = $"{Digests.GetProperty("sha256").GetString()}, {Digests.GetProperty("sha512").GetString()}";
        ContentDigest.Parse(Digests.GetProperty("sha256").GetString()!)!.IsOf(body).ShouldBeTrue();
        ContentDigest.Parse(Digests.GetProperty("sha512").GetString()!)!.IsOf(body).ShouldBeTrue();
        ContentDigest.Parse(both)!.IsOf(body).ShouldBeTrue();
        ContentDigest.Parse(both.Replace("WZ", "XZ", StringComparison.Ordinal))!.IsOf(body).ShouldBeFalse();
        ContentDigest.Parse(Digests.GetProperty("empty_body_sha256").GetString()!)!.IsOf([]).ShouldBeTrue();
        ContentDigest.Parse(Digests.GetProperty("sha256").GetString()!)!.IsOf(body.AsSpan(1)).ShouldBeFalse();
        ContentDigest.Parse("sha-256=:AAAA:").ShouldBeNull();
        ContentDigest.Parse("").ShouldBeNull();
    }

    private static RsaVerifier Verifier()
    {
        RsaPublicKey.TryParse(KeyOfTheVectors, out RsaPublicKey? key, out _).ShouldBeTrue();
        return new RsaVerifier(key!);
    }

    private static string Target(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    private static DefaultHttpContext Request(string name)
    {
        JsonElement vector = Requests.GetProperty(name);
        string[] line = vector.GetProperty("request_line").GetString()!.Split(' ');
        DefaultHttpContext context = new();
        context.Request.Method = line[0];
        context.Request.Scheme = "https";
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = line[1];
        foreach (JsonProperty header in vector.GetProperty("headers").EnumerateObject())
        {
            context.Request.Headers[header.Name] = header.Value.GetString();
        }

        context.Request.ContentLength = vector.TryGetProperty("body", out JsonElement body) ? body.GetString()!.Length : null;
        return context;
    }
}
