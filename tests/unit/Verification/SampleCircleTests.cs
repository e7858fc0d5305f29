using System.Text.Json;
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

        // Entries 8 and 17 tell of erasures: entry 8 misses nothing, entry 1 its keys and proof.
        verdict.Warnings.Select(warning => warning.Split(" of its")[0]).ShouldBe(
        [
            "Entry 0: Profile, Keys, Proof", "Entry 1: Keys, Proof", "Entry 2: Proof", "Entry 4: Profile, Keys, Proof", "Entry 5: Proof",
            "Entry 6: Proof", "Entry 9: Proof", "Entry 12: Profile, Keys, Proof", "Entry 13: Proof", "Entry 14: Proof", "Entry 15: Proof", "Entry 18: Proof",
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
}
