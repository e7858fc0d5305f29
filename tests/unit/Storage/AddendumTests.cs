using System.Text;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.UnitTests.Keys;

namespace SecureChat.UnitTests.Storage;

public class AddendumTests
{
    private const string Nonce = "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"";
    private const string Profile = $$"""{"display_name":"Ann","kind":"securechat-profile/v1","member_id":"ann",{{Nonce}}}""";
    private const string Keys = $$"""{"curve25519":"","kind":"securechat-keys/v1",{{Nonce}},"rsa_spki":"AAAA"}""";

    [Fact]
    public void What_the_others_differ_from_is_read()
    {
        Addendum.ReadProfile(Utf8(Profile)).ShouldBe(new Profile("ann", "Ann"));
        Addendum.ReadKeys(Utf8(Keys)).ShouldBe(new MemberKeys("AAAA", "", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_not_written_as_something_else()
    {
        Should.Throw<ArgumentException>(() => Addendum.Write(new Profile("ann", "Ann\uD83D"), destination => destination.Clear()));
        Should.Throw<ArgumentException>(() => Addendum.Write(new MemberKeys("AAAA", "", "\uDE00"), destination => destination.Clear()));
    }

    [Theory]
    [InlineData("\"member_id\":\"ann\"", "\"member_id\":\"ann\",\"address\":\"192.0.2.1\"", "an unknown field")]
    [InlineData("\"member_id\":\"ann\",", "", "a missing field")]
    [InlineData("\"member_id\":\"ann\"", "\"member_id\":null", "a null")]
    [InlineData("\"member_id\":\"ann\"", "\"member_id\":7", "a number")]
    [InlineData("\"member_id\":\"ann\"", "\"member_id\":\"ann\",\"member_id\":\"bob\"", "a duplicate")]
    [InlineData("securechat-profile/v1", "securechat-profile/v2", "another kind")]
    [InlineData("securechat-profile/v1", "securechat-keys/v1", "keys")]
    [InlineData("," + Nonce, "", "no nonce")]
    [InlineData("AAA=", "AA==", "a nonce of 31 bytes")]
    [InlineData(Profile, "null", "null")]
    [InlineData(Profile, "[]", "an array")]
    [InlineData(Profile, "", "nothing")]
    public void A_profile_that_is_none_is_refused(string part, string replacement, string why)
    {
        Profile.ShouldContain(part);
        Should.Throw<FormatException>(() => Addendum.ReadProfile(Utf8(Profile.Replace(part, replacement, StringComparison.Ordinal))), why);
    }

    [Theory]
    [InlineData("\"rsa_spki\":\"AAAA\"", "\"rsa_spki\":\"AAA\"", "a key in no canonical base64")]
    [InlineData("\"rsa_spki\"", "\"public_key\":null,\"rsa_spki\"", "a PEM that is null")]
    [InlineData("\"rsa_spki\"", "\"private_key\":\"\",\"rsa_spki\"", "an unknown field")]
    [InlineData("\"curve25519\":\"\",", "", "a missing field")]
    [InlineData("securechat-keys/v1", "securechat-profile/v1", "a profile")]
    public void Keys_that_are_none_are_refused(string part, string replacement, string why)
    {
        Keys.ShouldContain(part);
        Should.Throw<FormatException>(() => Addendum.ReadKeys(Utf8(Keys.Replace(part, replacement, StringComparison.Ordinal))), why);
    }

    [Fact]
    public void A_PEM_is_kept_only_when_it_is_not_the_canonical_one()
    {
        string spki = SomeEntry.Ann.Keys!.RsaSpki;
        string[] others =
        [
            SomeKeys.OpensslSpki.ReplaceLineEndings("\r\n"),
            SomeKeys.OpensslSpki.TrimEnd(),
            SomeKeys.OpensslPkcs1,
            SomeKeys.Pem(SomeKeys.Der(SomeKeys.OpensslSpki), width: 76),
        ];
        foreach (string pem in others)
        {
            var kept = Addendum.Write(new MemberKeys(spki, "", pem), SomeEntry.Fixed);
            Encoding.UTF8.GetString(kept.Bytes).ShouldContain("\"public_key\":");
            Addendum.ReadKeys(kept.Bytes).PublicKey.ShouldBe(pem);
        }

        Encoding.UTF8.GetString(Addendum.Write(SomeEntry.Ann.Keys!, SomeEntry.Fixed).Bytes).ShouldNotContain("public_key");
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
