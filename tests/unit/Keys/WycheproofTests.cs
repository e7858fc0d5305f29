using System.Text.Json;
using Org.BouncyCastle.Math.EC.Rfc7748;
using SecureChat.Ledger.Keys;

namespace SecureChat.UnitTests.Keys;

public class WycheproofTests
{
    [WycheproofTheory]
    [InlineData(2048)]
    [InlineData(3072)]
    [InlineData(4096)]
    [InlineData(8192)]
    public void RSA_signatures_are_judged_as_Wycheproof_does(int bits)
    {
        var cases = 0;
        foreach (var group in Groups($"rsa_signature_{bits}_sha256_test.json"))
        {
            var verifier = RsaVerifierTests.VerifierOf(group.GetProperty("publicKeyPem").GetString()!);
            verifier.Key.CanonicalSpki.ToArray().ShouldBe(Hex(group, "publicKeyDer"));
            RsaVerifierTests.VerifierOf(SomeKeys.Pem(Hex(group, "publicKeyAsn"), "RSA PUBLIC KEY")).Key.ShouldBe(verifier.Key);
            verifier.Key.Bits.ShouldBe(bits);

            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                // The one "acceptable" case of each file is a DigestInfo without its NULL: we refuse it, as OpenSSL does.
                var valid = test.GetProperty("result").GetString() == "valid";
                verifier.Verify(Hex(test, "msg"), Hex(test, "sig")).ShouldBe(valid, $"tcId {test.GetProperty("tcId")}");
                cases++;
            }
        }

        cases.ShouldBeGreaterThan(250);
    }

    [WycheproofFact]
    public void Exactly_the_X25519_keys_that_agree_on_zero_are_refused()
    {
        var refused = 0;
        var cases = 0;
        foreach (var test in Groups("x25519_test.json").SelectMany(group => group.GetProperty("tests").EnumerateArray()))
        {
            var lowOrder = !Hex(test, "shared").AsSpan().ContainsAnyExcept((byte)0);

            Curve25519PublicKey.TryParse(Convert.ToBase64String(Hex(test, "public")), out var key, out _)
                .ShouldBe(!lowOrder, $"tcId {test.GetProperty("tcId")}");
            cases++;
            refused += lowOrder ? 1 : 0;

            // The number that stands for the key in comparisons agrees on the same secret as the key itself.
            if (key is not null)
            {
                var shared = new byte[32];
                X25519.ScalarMult(Hex(test, "private"), 0, key.Coordinate.ToArray(), 0, shared, 0);
                shared.ShouldBe(Hex(test, "shared"), $"tcId {test.GetProperty("tcId")}");
            }
        }

        cases.ShouldBeGreaterThan(500);
        refused.ShouldBeGreaterThan(20);
    }

    [WycheproofFact]
    public void No_file_is_left_out() =>
        Directory.EnumerateFiles(RepositoryFolder.Wycheproof).Select(Path.GetFileName).ShouldBe(
            [.. new[] { 2048, 3072, 4096, 8192 }.Select(bits => $"rsa_signature_{bits}_sha256_test.json"), "x25519_test.json"], ignoreOrder: true);

    private static IEnumerable<JsonElement> Groups(string file) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(RepositoryFolder.Wycheproof, file)))
            .RootElement.GetProperty("testGroups").EnumerateArray();

    private static byte[] Hex(JsonElement element, string property) => Convert.FromHexString(element.GetProperty(property).GetString()!);
}

/// <summary>A fact that is skipped, with a message, where Wycheproof's files are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WycheproofFactAttribute : FactAttribute
{
    internal const string Missing = "Wycheproof's files are not there: put them into shared/vectors/wycheproof beside the repository.";

    public WycheproofFactAttribute() => Skip = Directory.Exists(RepositoryFolder.Wycheproof) ? null : Missing;
}

/// <summary>A theory that is skipped, with a message, where Wycheproof's files are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WycheproofTheoryAttribute : TheoryAttribute
{
    public WycheproofTheoryAttribute() => Skip = Directory.Exists(RepositoryFolder.Wycheproof) ? null : WycheproofFactAttribute.Missing;
}
