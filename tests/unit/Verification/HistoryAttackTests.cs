using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Verification;

/// <summary>The same operator rewrites what has happened, or tells it in two ways.</summary>
public class HistoryAttackTests
{
    [Fact]
    public void An_entry_removed_is_refused()
    {
        var honest = SignedCircle.Eventful();
        for (int removed = 0; removed < honest.Entries.Count - 1; removed++)
        {
            var shorter = honest.Fork(removed).Keep(honest, [.. Enumerable.Range(removed + 1, honest.Entries.Count - removed - 1)]);
            var verdict = shorter.Verify();
            verdict.Accepted.ShouldBeFalse($"without entry {removed}");
            (verdict.BadEntry >= removed).ShouldBeTrue(verdict.Refusal);
        }
    }

    [Fact]
    public void Entries_reordered_are_refused()
    {
        var honest = SignedCircle.Eventful();
        for (int first = 0; first + 1 < honest.Entries.Count; first++)
        {
            var swapped = honest.Fork(first).Keep(honest, [first + 1, first, .. Enumerable.Range(first + 2, honest.Entries.Count - first - 2)]);
            var verdict = swapped.Verify();
            verdict.Accepted.ShouldBeFalse($"with entries {first} and {first + 1} swapped");
            (verdict.BadEntry >= first).ShouldBeTrue(verdict.Refusal);
        }
    }

    [Fact]
    public void An_entry_written_anew_is_refused()
    {
        var honest = SignedCircle.Eventful();
        for (int altered = 0; altered + 2 < honest.Entries.Count; altered++)
        {
            // The same event, with another nonce: nobody has seen this one.
            var other = honest.Fork(altered, honest.Events[altered]).Keep(honest, [.. Enumerable.Range(altered + 1, honest.Entries.Count - altered - 1)]);
            other.Entries[altered].LeafHash.ShouldNotBe(honest.Entries[altered].LeafHash);
            var verdict = other.Verify();
            verdict.Accepted.ShouldBeFalse($"with another entry {altered}");
            (verdict.BadEntry >= altered).ShouldBeTrue(verdict.Refusal);
        }
    }

    [Fact]
    public void Two_histories_for_two_members_cannot_be_proved_consistent()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var forBob = honest.Fork(5, new RequestsLockChanged(0, Locked: true));
        var forAnn = honest.Fork(5, new RequestsLockChanged(0, Locked: false), new RequestsLockChanged(0, Locked: true));
        VerdictOf.Accepted(forBob);
        VerdictOf.Accepted(forAnn);

        LogVerifier.Verify(forAnn.Source() with { KnownHeads = [forBob.Checkpoint()] }).Refusal!.ShouldContain("another history");
        LogVerifier.Verify(forBob.Source() with { KnownHeads = [forAnn.Checkpoint()] }).Refusal!.ShouldContain("entries were taken back");
        LogVerifier.Verify(forAnn.Source() with { KnownHeads = [honest.Checkpoint(), forAnn.Checkpoint()] }).Accepted.ShouldBeTrue();
        TreeNodes nodes = new();
        forAnn.Entries.ForEach(entry => nodes.Append(entry.LeafHash));
        var proof = MerkleTree.ConsistencyProof(6, 7, nodes.Read);
        MerkleProofs.VerifyConsistency(6, nodes.RootAt(6), 7, forAnn.Seen.Root, proof).ShouldBeTrue();
        MerkleProofs.VerifyConsistency(6, forBob.Seen.Root, 7, forAnn.Seen.Root, proof).ShouldBeFalse();

        // And no vote that was signed on one branch counts on the other.
        var onTheOther = VoteThatSaw(honest, request, forBob.Seen);
        VerdictOf.Refused(forAnn.Write(new VoteCast(request, 3, Approve: true, onTheOther)), 7, "names another log");
        VerdictOf.Accepted(forBob.Write(new VoteCast(request, 3, Approve: true, onTheOther)));
    }

    [Fact]
    public void A_statement_that_saw_more_than_there_was_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var tooEarly = VoteThatSaw(honest, request, new Seen(6, honest.Seen.Root));
        VerdictOf.Refused(honest.Fork(5, new VoteCast(request, 3, Approve: true, tooEarly)), 5, "names a larger log");
    }

    [Fact]
    public void A_checkpoint_of_another_key_origin_or_root_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        var source = honest.Source();
        var stranger = Some.Key(Some.Origin, 7);
        var otherRoot = honest.Seen with { Root = Some.Hash("another") };
        Refusal(SignedCircle.CheckpointOf(honest.Seen).Sign(stranger).Format()).ShouldContain("not signed by a log that the policy accepts");
        Refusal(SignedCircle.CheckpointOf(otherRoot).Sign(Some.LogKey).Format()).ShouldContain("do not have the root");
        Refusal(SignedCircle.CheckpointOf(honest.Seen with { Size = 5 }).Sign(Some.LogKey).Format()).ShouldContain("Entry 4 is missing");
        Refusal([1, 2, 3]).ShouldContain("The checkpoint is refused");

        string Refusal(byte[] note) => LogVerifier.Verify(source with { Checkpoint = () => note }).Refusal!;
    }

    [Fact]
    public void A_checkpoint_without_the_quorum_of_the_policy_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        var witness = Some.Key("witness.example", 3);
        byte[] file = Some.Utf8($"log {Some.LogKey.VerifierKey.Format()}\nwitness w {Cosignature.VerifierKeyOf(witness).Format()}\nquorum w\n");
        var source = honest.Source() with { Policy = () => WitnessPolicy.Parse(file).Value };
        LogVerifier.Verify(source).Refusal.ShouldBe("The checkpoint is refused: the witnesses of the checkpoint are no quorum.");
        var checkpoint = SignedCircle.CheckpointOf(honest.Seen);
        byte[] cosigned = checkpoint.Sign(Some.LogKey).With([Cosignature.Sign(witness, 1, checkpoint.Format())]).Format();
        LogVerifier.Verify(source with { Checkpoint = () => cosigned }).Accepted.ShouldBeTrue();
    }

    [Fact]
    public void The_first_bad_entry_is_named_whatever_is_wrong_behind_it()
    {
        var honest = SignedCircle.Of("bob");
        var forged = SignedCircle.Sign("operator", honest.Said(StatementKind.Lock, "bob", choice: true)!.Statement);
        var twice = honest.Fork(4, new RequestsLockChanged(3, Locked: true, forged), new MemberAdmitted("a request of nobody"));
        VerdictOf.Refused(twice, 4, "not that of the signer's key");
        LogVerifier.Verify(twice.Source(), processors: 1).Refusal.ShouldBe(twice.Verify().Refusal);
    }

    private static Proof VoteThatSaw(SignedCircle circle, string request, Seen seen) =>
        SignedCircle.Sign("bob", Statement.Parse(circle.VoteOf(request, "bob", approve: true)!.Statement).Value with { Seen = seen });
}
