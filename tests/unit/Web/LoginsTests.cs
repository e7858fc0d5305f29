using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Ledger.Keys;
using SecureChat.Projections;
using SecureChat.Web.Api;
using SecureChat.Web.Security;

namespace SecureChat.UnitTests.Web;

/// <summary>Member, clock, signature, replay: in this order, and a login that fails one leaves no trace.</summary>
public sealed class LoginsTests : IDisposable
{
    private const long Start = 1_790_000_000_000;
    private readonly RSA key = RSA.Create(2048);
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(Start));
    private readonly SeenSignatures seen;
    private readonly Logins logins;
    private Roster roster;

    public LoginsTests()
    {
        RsaPublicKey.TryParse(key.ExportSubjectPublicKeyInfoPem(), out RsaPublicKey? rsa, out _).ShouldBeTrue();
        RosterMember ada = new(0, "ada", "Ada", "", "", Start, new RsaVerifier(rsa!), null);
        roster = new Roster(1, requestsLocked: false, [ada], []);
        seen = new SeenSignatures(clock);
        logins = new Logins(() => roster, seen, clock, clock.GetUtcNow());
    }

    [Fact]
    public void A_signed_request_of_a_member_is_let_through()
    {
        Login login = logins.Changer(Signed("ada", Start), out ApiError? error).ShouldNotBeNull();
        error.ShouldBeNull();
        login.Member.Id.ShouldBe("ada");
        login.Signature.ShouldBe(new(login.Member.Id, Start));
    }

    [Theory]
    [InlineData(Logins.MemberIdHeader)]
    [InlineData(Logins.SignatureHeader)]
    [InlineData(Logins.TimestampHeader)]
    public void All_three_headers_are_wanted_once(string header)
    {
        HttpContext without = Signed("ada", Start);
        without.Request.Headers.Remove(header);
        Error(without).ShouldBe(ApiErrors.MissingAuthHeaders);

        HttpContext empty = Signed("ada", Start);
        empty.Request.Headers[header] = "";
        Error(empty).ShouldBe(ApiErrors.MissingAuthHeaders);

        HttpContext doubled = Signed("ada", Start);
        doubled.Request.Headers[header] = new([(string)doubled.Request.Headers[header]!, "again"]);
        Error(doubled).ShouldBe(ApiErrors.AuthHeadersDoubled);
    }

    [Fact]
    public void The_member_is_checked_before_the_clock_the_clock_before_the_signature_and_that_before_replay()
    {
        seen.TryUse(new("ada", Start));
        Error(Headers("bob", "nonsense", "nonsense")).ShouldBe(ApiErrors.MemberNotFound);
        Error(Headers("ada", "nonsense", "nonsense")).ShouldBe(ApiErrors.TimestampOutOfRange);
        Error(Headers("ada", "nonsense", $"{Start}")).ShouldBe(ApiErrors.SignatureMismatch);
        Error(Signed("ada", Start)).ShouldBe(ApiErrors.SignatureAlreadyUsed);
    }

    [Theory]
    [InlineData(-60_001, false)]
    [InlineData(-60_000, true)]
    [InlineData(60_000, true)]
    [InlineData(60_001, false)]
    public void The_timestamp_is_within_a_minute_of_the_clock(long offset, bool taken) =>
        (logins.Reader(Signed("ada", Start + offset), out _) is not null).ShouldBe(taken);

    [Theory]
    [InlineData(" 1790000000000")]
    [InlineData("+1790000000000")]
    [InlineData("01790000000000")]
    [InlineData("1790000000000.0")]
    [InlineData("1.79e12")]
    [InlineData("1790000000000abc")]
    public void A_timestamp_has_one_text(string text) =>
        Error(Headers("ada", Sign("ada", text), text)).ShouldBe(ApiErrors.TimestampOutOfRange);

    [Fact]
    public void A_signature_of_somebody_else_or_another_moment_is_none()
    {
        Error(Headers("ada", Sign("ad", "a" + Start), $"{Start + 1}")).ShouldBe(ApiErrors.SignatureMismatch);
        Error(Headers("ada", Sign("bob", $"{Start}"), $"{Start}")).ShouldBe(ApiErrors.SignatureMismatch);
    }

    [Fact]
    public void Reading_may_repeat_a_signature_and_uses_it_up_for_changes_and_sockets()
    {
        logins.Reader(Signed("ada", Start), out _).ShouldNotBeNull();
        logins.Reader(Signed("ada", Start), out _).ShouldNotBeNull();
        Error(Signed("ada", Start)).ShouldBe(ApiErrors.SignatureAlreadyUsed);
        logins.Socket("ada", Sign("ada", $"{Start}"), $"{Start}", out ApiError? error).ShouldBeNull();
        error.ShouldBe(ApiErrors.SignatureAlreadyUsed);
    }

    [Fact]
    public void A_check_that_fails_leaves_no_trace()
    {
        Error(Headers("ada", "nonsense", $"{Start}"));
        logins.Reader(Headers("ada", "nonsense", $"{Start}"), out _).ShouldBeNull();
        logins.Socket("ada", "nonsense", $"{Start}", out _).ShouldBeNull();
        logins.Changer(Signed("ada", Start), out _).ShouldNotBeNull();

        // Nor does a change whose body turns out to be wrong: only TryUse uses the pair.
        Login login = logins.Changer(Signed("ada", Start), out _).ShouldNotBeNull();
        logins.TryUse(login).ShouldBeTrue();
        logins.TryUse(login).ShouldBeFalse();
    }

    [Fact]
    public void A_change_from_before_the_start_is_too_old_but_reading_is_not()
    {
        Error(Signed("ada", Start - 1)).ShouldBe(ApiErrors.SignatureTooOld);
        logins.Reader(Signed("ada", Start - 1), out _).ShouldNotBeNull();
        Error(Signed("ada", Start - 1)).ShouldBe(ApiErrors.SignatureAlreadyUsed);
    }

    [Fact]
    public void Who_has_left_is_not_found()
    {
        roster = Roster.Empty;
        Error(Signed("ada", Start)).ShouldBe(ApiErrors.MemberNotFound);
    }

    private ApiError? Error(HttpContext context)
    {
        logins.Changer(context, out ApiError? error).ShouldBeNull();
        return error;
    }

    private DefaultHttpContext Signed(string id, long timestamp) => Headers(id, Sign(id, $"{timestamp}"), $"{timestamp}");

    private static DefaultHttpContext Headers(string id, string signature, string timestamp)
    {
        DefaultHttpContext context = new();
        context.Request.Headers[Logins.MemberIdHeader] = id;
        context.Request.Headers[Logins.SignatureHeader] = signature;
        context.Request.Headers[Logins.TimestampHeader] = timestamp;
        return context;
    }

    private string Sign(string id, string timestamp) => Convert.ToBase64String(
        key.SignData(Encoding.UTF8.GetBytes(id + timestamp), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public void Dispose() => key.Dispose();
}
