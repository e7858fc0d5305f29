using System.Text.Json;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Verification;

/// <summary>
/// The circle of 19 entries that other programs made. Its addenda are not given, only the statements and signatures in them:
/// their nonces and the members' keys are unknown, so that no document with the right digest can be made. What is left to verify
/// is everything but the signatures.
/// </summary>
public class SampleCircleTests
{
    private static readonly JsonElement s_circle = Vectors.Section("securechat_circle");

    private static LogSource Source() => new(
        () => WitnessPolicy.Parse(Some.Utf8($"log {s_circle.Text("log_vkey")}\nwitness w {s_circle.Text("witness_vkey")}\nquorum w\n")).Value,
        () => Some.Utf8(s_circle.Text("checkpoint")),
        _ => s_circle.List("leaves").Select(leaf => new StoredEntry(leaf.Base64("entry_b64"), Hash.Parse(leaf.Text("leaf_hash")).Value, "the vectors")),
        _ => null);

    [Fact]
    public void The_sample_circle_is_accepted_and_for_want_of_its_addenda_nobody_is_proven()
    {
        var verdict = LogVerifier.Verify(Source());
        verdict.Refusal.ShouldBeNull();
        verdict.Members.Select(member => (member.Handle, member.LeftAt)).ShouldBe([(0, null), (3, 15), (7, null), (16, null)]);
        verdict.Members.ShouldAllBe(member => member.Grade == Grade.Asserted);
        verdict.Members[0].Reason.ShouldBe("it rests on entry 0 (FounderRegistered): the statement is missing");

        // Entries 11 and 17 declare erasures: entry 8 misses nothing, entry 1 its keys and proof.
        verdict.Warnings.Select(warning => warning.Replace(": addenda are missing that no entry declares erased", "", StringComparison.Ordinal)).ShouldBe(
        [
            "Entry 0 (profile, keys, proof).", "Entry 1 (keys, proof).", "Entry 2 (proof).", "Entry 4 (profile, keys, proof).",
            "Entry 5 (proof).", "Entry 6 (proof).", "Entry 9 (proof).", "Entry 12 (profile, keys, proof).", "Entry 13 (proof).",
            "Entry 14 (proof).", "Entry 15 (proof).", "Entry 18 (proof).",
        ]);
    }

    [Fact]
    public void Every_statement_of_the_sample_circle_says_what_its_entry_says()
    {
        var leaves = s_circle.List("leaves").ToList();
        var statements = s_circle.List("statements").Select(signed => Statement.Parse(signed.Text("statement")).Value).ToList();
        statements.Count.ShouldBe(12);
        foreach (var statement in statements)
        {
            statement.Origin.ShouldBe(s_circle.Text("origin"));
            if (statement.Kind is StatementKind.Founder or StatementKind.Request)
            {
                leaves.ShouldContain(leaf => AddendaIndex.Parse(leaf.Base64("entry_b64")).Value.Digests.Count == 3
                    && AddendaIndex.Parse(leaf.Base64("entry_b64")).Value.Digests[0] == statement.Profile
                    && AddendaIndex.Parse(leaf.Base64("entry_b64")).Value.Digests[1] == statement.Keys);
                continue;
            }

            leaves[(int)statement.Seen.Size - 1].Text("root_after").ShouldBe(statement.Seen.Root.ToBase64());
            leaves[(int)statement.Member.Index].Text("leaf_hash").ShouldBe(statement.Member.LeafHash.ToBase64());
        }
    }

    [Fact]
    public void The_founder_of_the_sample_circle_signed_with_the_test_key_of_RFC_9421()
    {
        RsaPublicKey.TryParse(Vectors.Section("rfc9421_rsa_v1_5_sha256").Text("public_key_pem_pkcs1"), out var key, out _).ShouldBeTrue();
        RsaVerifier verifier = new(key!);
        var signed = s_circle.List("statements").ToList();
        signed.Where(one => verifier.Verify(Some.Utf8(one.Text("statement")), one.Base64("signature_b64")))
            .Count().ShouldBe(signed.Count(one => one.Text("signer") == "alice"));
    }
}
