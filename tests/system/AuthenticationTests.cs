using System.Security.Cryptography;

namespace SecureChat.SystemTests;

/// <summary>The three headers, and the order in which they are judged.</summary>
public class AuthenticationTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private readonly Circle circle = three.Circle;
    private readonly Person member = three.Circle[1];

    [Theory]
    [InlineData("x-member-id")]
    [InlineData("x-signature")]
    [InlineData("x-timestamp")]
    public async Task Every_header_is_needed(string missing)
    {
        var signed = member.Sign();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(circle.Relay.Url, "/api/members"));
        (string, string)[] headers = [("x-member-id", signed.MemberId), ("x-signature", signed.Signature), ("x-timestamp", signed.Timestamp)];
        foreach (var (name, value) in headers)
        {
            if (name != missing)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        (await Http.Send(request)).ShouldBeRefused(401, "missing_auth_headers", "Missing auth headers");
    }

    [Theory]
    [InlineData("x-member-id")]
    [InlineData("x-signature")]
    [InlineData("x-timestamp")]
    public async Task A_doubled_header_is_refused(string doubled)
    {
        var signed = member.Sign();
        using var connection = await RawConnection.Open(circle.Relay);
        var headers = $"x-member-id: {signed.MemberId}\r\nx-signature: {signed.Signature}\r\nx-timestamp: {signed.Timestamp}\r\n";
        var again = headers.Split("\r\n").Single(line => line.StartsWith(doubled, StringComparison.Ordinal));
        await connection.Send($"GET /api/members HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n{headers}{again}\r\n\r\n");
        (await connection.ReadToEnd()).ShouldMatch("^HTTP/1.1 (400|401) ");
    }

    [Theory]
    [InlineData(-55_000)]
    [InlineData(+55_000)]
    public async Task A_clock_may_be_a_little_wrong(int offset) =>
        (await member.Get("/api/members", member.SignAt(Person.Now + offset))).Status.ShouldBe(200);

    [Theory]
    [InlineData(-62_000)]
    [InlineData(+65_000)]
    [InlineData(-86_400_000)]
    [InlineData(+86_400_000)]
    public async Task A_clock_may_not_be_entirely_wrong(int offset) =>
        (await member.Get("/api/members", member.SignAt(Person.Now + offset)))
            .ShouldBeRefused(401, "timestamp_out_of_range", "Timestamp out of range");

    [Theory]
    [InlineData("{0}abc")]
    [InlineData("+{0}")]
    [InlineData("-{0}")]
    [InlineData("0{0}")]
    [InlineData("{0}.0")]
    [InlineData("{0}e0")]
    [InlineData("0x{0}")]
    [InlineData("{0}{0}")]
    [InlineData("{0},{0}")]
    [InlineData("9223372036854775808")]
    [InlineData("NaN")]
    [InlineData("now")]
    public async Task A_timestamp_is_written_in_digits_only(string form)
    {
        var text = string.Format(form, Person.Now);
        (await member.Get("/api/members", new Credentials(member.Id, member.Key.Sign(member.Id + text), text)))
            .ShouldBeRefused(401, "timestamp_out_of_range");
    }

    [Fact]
    public async Task A_signature_of_another_time_is_wrong()
    {
        var signed = member.Sign();
        (await member.Get("/api/members", signed with { Timestamp = (long.Parse(signed.Timestamp) + 1).ToString() }))
            .ShouldBeRefused(401, "signature_mismatch", "Signature mismatch");
    }

    [Fact]
    public async Task A_signature_of_somebody_else_is_wrong()
    {
        (await member.Get("/api/members", member.Sign() with { Signature = circle[0].Sign().Signature }))
            .ShouldBeRefused(401, "signature_mismatch");
        var now = Person.Now;
        (await member.Get("/api/members", member.SignAt(now) with { Signature = circle[0].Key.Sign(member.Id + now) }))
            .ShouldBeRefused(401, "signature_mismatch");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAA")]
    [InlineData("====")]
    [InlineData("not base64 at all!")]
    [InlineData("{\"a\":1}")]
    public async Task Something_that_is_no_signature_is_wrong(string signature) =>
        (await member.Get("/api/members", member.Sign() with { Signature = signature })).ShouldBeRefused(401, "signature_mismatch");

    [Fact]
    public async Task A_signature_has_one_spelling_only()
    {
        var signed = member.Sign();
        var signature = signed.Signature;
        signature.ShouldEndWith("==");
        // The last letter before the padding holds four bits that mean nothing; the canonical form has zeros there.
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var loose = signature[..^3] + Alphabet[Alphabet.IndexOf(signature[^3], StringComparison.Ordinal) + 1] + "==";
        foreach (var other in new[] { loose, signature.TrimEnd('='), signature + "=", signature.Insert(80, " "), signature.Insert(76, "\t") })
        {
            (await member.Get("/api/members", signed with { Signature = other })).ShouldBeRefused(401, "signature_mismatch");
        }

        (await member.Get("/api/members", signed)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Only_PKCS1_with_SHA256_is_the_scheme()
    {
        var now = Person.Now;
        foreach (var (hash, padding) in new[]
        {
            (HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            (HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1),
            (HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        })
        {
            var signature = member.Key.Sign(member.Id + now, hash, padding);
            (await member.Get("/api/members", new Credentials(member.Id, signature, now.ToString())))
                .ShouldBeRefused(401, "signature_mismatch");
        }
    }

    [Fact]
    public async Task Member_clock_signature_and_body_are_judged_in_this_order()
    {
        var stale = Person.Now - 3_600_000;
        const string BadBody = """{"locked":"perhaps"}""";
        (await member.Post("/api/lock-requests", BadBody, new Credentials("nobody", "nothing", stale.ToString())))
            .ShouldBeRefused(401, "member_not_found");
        (await member.Post("/api/lock-requests", BadBody, new Credentials(member.Id, "nothing", stale.ToString())))
            .ShouldBeRefused(401, "timestamp_out_of_range");
        (await member.Post("/api/lock-requests", BadBody, member.Sign() with { Signature = "nothing" }))
            .ShouldBeRefused(401, "signature_mismatch");
        (await member.Post("/api/lock-requests", BadBody)).ShouldBeRefused(400, "locked_not_boolean");
    }

    [Theory]
    [InlineData("' OR '1'='1")]
    [InlineData("a:b")]
    [InlineData("*")]
    public async Task A_member_id_that_nobody_can_have_is_nobodys(string id) =>
        (await member.Get("/api/members", member.Sign() with { MemberId = id })).ShouldBeRefused(401, "member_not_found");

    [Fact]
    public async Task Ids_are_compared_to_the_letter()
    {
        var now = Person.Now;
        var upper = member.Id.ToUpperInvariant();
        (await member.Get("/api/members", new Credentials(upper, member.Key.Sign(upper + now), now.ToString())))
            .ShouldBeRefused(401, "member_not_found");
    }
}
