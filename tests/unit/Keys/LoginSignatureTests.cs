using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CsCheck;
using SecureChat.Ledger.Keys;

namespace SecureChat.UnitTests.Keys;

public sealed class LoginSignatureTests : IDisposable
{
    private const long Moment = 1_790_000_000_000;

    private readonly RSA pair = RSA.Create(2048);

    [Fact]
    public void The_request_that_openssl_signed_verifies()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(RepositoryFolder.Root, "tests/unit/Keys/LegacyRequest.json")));
        var verifier = RsaVerifierTests.VerifierOf(file.RootElement.GetProperty("public_key_pem_pkcs1").GetString()!);
        var request = file.RootElement.GetProperty("legacy");
        var memberId = request.GetProperty("member_id").GetString()!;
        var signature = request.GetProperty("x-signature").GetString()!;

        Timestamp.TryParse(request.GetProperty("timestamp").GetString(), out var timestamp).ShouldBeTrue();
        LoginSignature.Payload(memberId, timestamp).ShouldBe(Encoding.UTF8.GetBytes(request.GetProperty("signed").GetString()!));
        LoginSignature.Verify(verifier, memberId, timestamp, signature).ShouldBeTrue();
        LoginSignature.Verify(verifier, memberId, timestamp + 1, signature).ShouldBeFalse();
        LoginSignature.Verify(verifier, memberId + "0", timestamp, signature).ShouldBeFalse();
        Convert.ToBase64String(SHA256.HashData(verifier.Key.CanonicalSpki.Span))
            .ShouldBe(file.RootElement.GetProperty("spki_sha256_b64").GetString());
    }

    [Theory]
    [InlineData("a")]
    [InlineData("00000000-0000-4000-8000-000000000061")]
    [InlineData("J\u00fcrgen \u2713 \ud83d\ude00")]
    public void Member_and_timestamp_are_signed_joined_with_nothing(string memberId)
    {
        var signature = Sign(memberId + "1790000000000");

        LoginSignature.Payload(memberId, Moment).ShouldBe(Encoding.UTF8.GetBytes(memberId + "1790000000000"));
        Verify(memberId, Moment, signature).ShouldBeTrue();
        Verify(memberId, Moment - 1, signature).ShouldBeFalse();
    }

    [Fact]
    public void An_id_of_any_length_is_verified()
    {
        var memberId = new string('m', 100_000);

        Verify(memberId, Moment, Sign(memberId + Moment)).ShouldBeTrue();
    }

    [Fact]
    public void Only_canonical_base64_of_the_right_length_is_a_signature()
    {
        var signature = Sign("a" + Moment);
        Verify("a", Moment, signature).ShouldBeTrue();
        // 256 bytes end in one byte and "==": the character before has four bits to spare, all zero.
        string[] texts =
        [
            "",
            " " + signature,
            signature + "\n",
            signature[..76] + "\r\n" + signature[76..],
            signature.TrimEnd('='),
            signature[..^3] + (char)(signature[^3] + 1) + "==",
            signature.Replace('+', '-').Replace('/', '_').Replace('=', '.'),
            signature + signature,
            new string('A', 1_000_000),
        ];

        foreach (var text in texts)
        {
            Verify("a", Moment, text).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("1790000000000", Moment)]
    [InlineData("9007199254740991", 9007199254740991)]
    public void Timestamps_are_plain_decimal_digits(string text, long expected)
    {
        Timestamp.TryParse(text, out var milliseconds).ShouldBeTrue();
        milliseconds.ShouldBe(expected);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("123abc")]
    [InlineData(" 1790000000000")]
    [InlineData("1790000000000 ")]
    [InlineData("1790000000000\n")]
    [InlineData("1790000000000\0")]
    [InlineData("+1790000000000")]
    [InlineData("-1790000000000")]
    [InlineData("-0")]
    [InlineData("01790000000000")]
    [InlineData("00")]
    [InlineData("0x1A0")]
    [InlineData("1a0")]
    [InlineData("1790000000000.0")]
    [InlineData("1.79e12")]
    [InlineData("1,790,000,000,000")]
    [InlineData("1_790_000_000_000")]
    [InlineData("1790000000000, 1790000000000")]
    [InlineData("\u0661\u0662\u0663")]
    [InlineData("\uff11\uff12")]
    [InlineData("9007199254740992")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData("NaN")]
    [InlineData("null")]
    public void Other_spellings_of_a_number_are_no_timestamp(string text)
    {
        Timestamp.TryParse(text, out var milliseconds).ShouldBeFalse();
        milliseconds.ShouldBe(0);
    }

    [Fact]
    public void A_text_is_a_timestamp_exactly_if_its_number_is_written_that_way() =>
        Gen.Char["0123456789 +-xe.\u0661"].Array[0, 18].Select(characters => new string(characters)).Sample(text =>
        {
            var plain = text.Length > 0 && text.All(char.IsAsciiDigit) && (text == "0" || text[0] != '0')
                && decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture) < 9007199254740992m;
            return Timestamp.TryParse(text, out _) == plain;
        }, iter: 20_000);

    [Theory]
    [InlineData(0, true)]
    [InlineData(60_000, true)]
    [InlineData(-60_000, true)]
    [InlineData(60_001, false)]
    [InlineData(-60_001, false)]
    public void The_window_is_sixty_seconds_either_way(long difference, bool within) =>
        Timestamp.WithinWindow(Moment + difference, DateTimeOffset.FromUnixTimeMilliseconds(Moment)).ShouldBe(within);

    [Theory]
    [InlineData(0)]
    [InlineData(9007199254740991)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void No_number_overflows_the_window(long timestamp) =>
        Timestamp.WithinWindow(timestamp, DateTimeOffset.FromUnixTimeMilliseconds(Moment)).ShouldBeFalse();

    public void Dispose() => pair.Dispose();

    private bool Verify(string memberId, long timestamp, string signature) =>
        LoginSignature.Verify(RsaVerifierTests.VerifierOf(pair.ExportSubjectPublicKeyInfoPem()), memberId, timestamp, signature);

    private string Sign(string text) =>
        Convert.ToBase64String(pair.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
}
