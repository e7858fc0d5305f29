using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Verification;

/// <summary>
/// What an operator can try who has the ledger's key and signs whatever tree comes out: each attempt is refused, or nobody is
/// PROVEN by it.
/// </summary>
public class OperatorAttackTests
{
    private const string Ghost = "99999999-0000-4000-8000-000000000000";

    [Fact]
    public void The_honest_ledger_passes_and_everybody_in_it_is_proven()
    {
        var verdict = Eventful().Verify();
        verdict.Refusal.ShouldBeNull();
        verdict.Warnings.ShouldBeEmpty();
        verdict.Members.Select(member => member.MemberId).ShouldBe(["ann", "bob", "cat", "bob"]);
        verdict.Members.ShouldAllBe(member => member.Grade == Grade.Proven);
    }

    [Fact]
    public void A_ghost_whom_nobody_voted_for_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        var ghost = honest.Person("ghost", signed: true, StatementKind.Request);
        Refused(honest.Fork(4, new RequestSubmitted(Ghost, honest.Now + 1000, ghost), new MemberAdmitted(Ghost)), 5, "An outcome is not due");
        Refused(honest.Fork(4, new MemberAdmitted(Ghost)), 4, "An outcome is not due");
        Refused(honest.Fork(4, new MemberImported(ghost with { Proof = null }, Joined: null)), 4, "directly after the founder");
    }

    [Fact]
    public void A_ghost_let_in_by_invented_votes_is_asserted_and_so_is_everybody_after_it()
    {
        var honest = SignedCircle.Of("bob");
        var ghost = honest.Person("ghost", signed: true, StatementKind.Request);
        CircleEvent[] invented =
        [
            new RequestSubmitted(Ghost, honest.Now + 1000, ghost),
            new VoteCast(Ghost, 0, Approve: true), new VoteCast(Ghost, 3, Approve: true), new MemberAdmitted(Ghost),
        ];
        var verdict = Accepted(honest.Fork(4, invented));
        verdict.Members.Select(member => (member.MemberId, member.Grade))
            .ShouldBe([("ann", Grade.Proven), ("bob", Grade.Proven), ("ghost", Grade.Asserted)]);
        verdict.Members[2].Reason.ShouldBe("it rests on entry 5 (VoteCast): not signed by the member");
        verdict.EventAt(5).Grade.ShouldBe(Grade.Asserted);
        verdict.EventAt(7).Grade.ShouldBe(Grade.Asserted);
    }

    [Fact]
    public void A_vote_invented_for_somebody_who_requires_statements_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        honest.Require("bob");
        string request = honest.Ask("cat");
        honest.Vote(request, "ann");
        Refused(honest.Fork(7, new VoteCast(request, 3, Approve: true)), 7, "wants unsigned calls in its name refused");
        Refused(honest.Fork(7, new MemberLeft(3)), 7, "wants unsigned calls in its name refused");
        Refused(honest.Fork(7, new RequestsLockChanged(3, Locked: true)), 7, "wants unsigned calls in its name refused");
        honest.Require("bob", required: false);
        Accepted(honest.Fork(8, new VoteCast(request, 3, Approve: true), new MemberAdmitted(request))).EventAt(8).Grade.ShouldBe(Grade.Asserted);
    }

    [Fact]
    public void A_vote_signed_with_the_operators_own_key_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var forged = SignedCircle.Sign("operator", honest.VoteOf(request, "bob", approve: true)!.Statement);
        Refused(honest.Fork(5, new VoteCast(request, 3, Approve: true, forged)), 5, "not that of the signer's key");
    }

    [Fact]
    public void A_vote_moved_to_another_request_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string wanted = honest.Ask("cat");
        string ghost = honest.Ask("ghost");
        honest.Vote(wanted, "bob");
        var proof = ((VoteCast)honest.Events[^1]).Proof;
        Refused(honest.Fork(6, new VoteCast(ghost, 3, Approve: true, proof)), 6, "\"request\"");

        // The same id asked for by somebody else.
        var other = honest.Fork(4, new RequestSubmitted(wanted, honest.Now + 1000, honest.Person("ghost", signed: true, StatementKind.Request)));
        Refused(other.Write(new VoteCast(wanted, 3, Approve: true, proof)), 5, "\"subject\"");
    }

    [Fact]
    public void A_vote_turned_around_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var rejection = honest.VoteOf(request, "bob", approve: false);
        Refused(honest.Fork(5, new VoteCast(request, 3, Approve: true, rejection)), 5, "\"decision\"");
    }

    [Fact]
    public void A_vote_of_an_earlier_membership_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var before = honest.VoteOf(request, "bob", approve: true);
        honest.Leave("bob");
        honest.Admit(honest.Ask("bob"));
        long handle = honest.State.MemberOf("bob")!.Handle;
        Refused(honest.Fork(honest.Entries.Count, new VoteCast(request, handle, Approve: true, before)), honest.Entries.Count, "\"voter\"");
        Refused(honest.Fork(honest.Entries.Count, new VoteCast(request, 3, Approve: true, before)), honest.Entries.Count, "no active member");
    }

    [Fact]
    public void A_departure_invented_to_shrink_the_electorate_proves_nobody()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        honest.Vote(request, "ann");
        var shrunk = honest.Fork(6, new MemberLeft(3), new MemberAdmitted(request));
        var verdict = Accepted(shrunk);
        verdict.Members[^1].MemberId.ShouldBe("cat");
        verdict.Members[^1].Grade.ShouldBe(Grade.Asserted);
        verdict.Members[^1].Reason.ShouldBe("it rests on entry 6 (MemberLeft): not signed by the member");
        verdict.EventAt(6).Grade.ShouldBe(Grade.Asserted);

        var forged = SignedCircle.Sign("operator", honest.Said(StatementKind.Leave, "bob")!.Statement);
        Refused(honest.Fork(6, new MemberLeft(3, forged), new MemberAdmitted(request)), 6, "not that of the signer's key");
    }

    [Fact]
    public void An_admission_held_back_until_somebody_has_left_or_come_is_refused()
    {
        var honest = SignedCircle.Of("bob", "cat");
        string request = honest.Ask("dan");
        foreach (string voter in new[] { "ann", "bob" })
            honest.Vote(request, voter);
        var last = honest.VoteOf(request, "cat", approve: true);
        int size = honest.Entries.Count;
        VoteCast vote = new(request, honest.State.MemberOf("cat")!.Handle, Approve: true, last);
        var held = honest.Fork(size, vote, new MemberLeft(3), new MemberAdmitted(request));
        Refused(held, size + 1, "An outcome is not due, or one that is due does not follow at once");
        Refused(honest.Fork(size, vote), size + 1, "MemberAdmitted is due");

        // Held back past its time: it would have expired.
        held = honest.Fork(size);
        held.Now += Decisions.RequestLifetime;
        Refused(held.Write(vote), size, "A request was overdue");
        held = honest.Fork(size, vote);
        held.Now += Decisions.RequestLifetime;
        Refused(held.Write(new MemberAdmitted(request)), size + 1, "after its time");
    }

    [Fact]
    public void Anything_but_the_expiry_of_an_overdue_request_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        int size = honest.Entries.Count;
        honest.Now += Decisions.RequestLifetime + 1;
        Refused(honest.Fork(size, new MemberLeft(3)), size, "A request was overdue");
        Accepted(honest.Fork(size, new RequestExpired(request), new MemberLeft(3)));
        honest.Now -= Decisions.RequestLifetime;
        Refused(honest.Fork(size, new RequestExpired(request)), size, "before its time");
    }

    [Theory]
    [InlineData("RSA")]
    [InlineData("Curve25519")]
    public void A_key_swapped_in_a_request_is_refused(string which)
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        honest.Vote(request, "ann");
        honest.Vote(request, "bob");
        var submission = (RequestSubmitted)honest.Events[4];

        // The newcomer's statement stays: it names other keys.
        var swapped = which == "RSA"
            ? honest.Person("cat", signed: true, StatementKind.Request, key: "operator")
            : honest.Person("cat", signed: true, StatementKind.Request, curve25519: Convert.ToBase64String(Some.Seed(9)));
        var kept = submission with
        {
            Newcomer = swapped with
            {
                Proof = submission.Newcomer.Proof,
                Sealed = new SealedAddenda(submission.Newcomer.Sealed!.Profile, swapped.Sealed!.Keys),
            },
        };
        Refused(honest.Fork(4, kept), 4, "\"keys\"");

        // No statement, or a new one: then the votes are for another request.
        var unsigned = submission with { Newcomer = swapped with { Proof = null } };
        Refused(honest.Fork(4, unsigned).Keep(honest, 5, 6, 7), 5, "\"subject\"");
        if (which == "RSA")
            Refused(honest.Fork(4, submission with { Newcomer = swapped }).Keep(honest, 5, 6, 7), 5, "\"subject\"");

        // Only the document: it is not the one of the digest.
        honest.Addenda[honest.Entries[4].Addenda[1].Digest] = swapped.Sealed.Keys;
        Refused(honest, 4, "an addendum is not the one that was hashed");
    }

    [Fact]
    public void A_key_swapped_where_nobody_signs_is_asserted()
    {
        var honest = SignedCircle.Of(signed: false, "bob");
        var swapped = honest.Person("bob", signed: false, StatementKind.Request, key: "operator");
        var verdict = Accepted(honest.Fork(1, (RequestSubmitted)honest.Events[1] with { Newcomer = swapped }).Keep(honest, 2, 3));
        verdict.Members.ShouldAllBe(member => member.Grade == Grade.Asserted);
    }

    [Fact]
    public void Somebody_who_comes_back_with_another_RSA_key_is_pointed_out()
    {
        var honest = SignedCircle.Of("bob");
        honest.Leave("bob");
        var other = honest.Person("bob", signed: true, StatementKind.Request, key: "operator");
        Accepted(honest.Fork(5, new RequestSubmitted(Ghost, honest.Now + 1000, other)), warnings: 1)
            .Warnings[0].ShouldContain("id of a departed member and another RSA key");
    }

    [Fact]
    public void An_entry_removed_is_refused()
    {
        var honest = Eventful();
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
        var honest = Eventful();
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
        var honest = Eventful();
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
    public void A_statement_replayed_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        honest.Lock("bob", locked: true);
        honest.Lock("bob", locked: false);
        Refused(honest.Fork(6, honest.Events[4]), 6, "stands in the log already");
    }

    [Fact]
    public void Votes_cast_again_under_a_request_written_a_second_time_are_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat", signed: false);
        honest.Vote(request, "ann");
        honest.Vote(request, "bob", approve: false);

        // The very same entry again, so that even the leaf hash is the one that was signed.
        Refused(honest.Fork(8).Keep(honest, 4, 5), 9, "stands in the log already");
    }

    [Fact]
    public void Two_histories_for_two_members_cannot_be_proved_consistent()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var forBob = honest.Fork(5, new RequestsLockChanged(0, Locked: true));
        var forAnn = honest.Fork(5, new RequestsLockChanged(0, Locked: false), new RequestsLockChanged(0, Locked: true));
        Accepted(forBob);
        Accepted(forAnn);

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
        Refused(forAnn.Write(new VoteCast(request, 3, Approve: true, onTheOther)), 7, "names another log");
        Accepted(forBob.Write(new VoteCast(request, 3, Approve: true, onTheOther)));
    }

    [Fact]
    public void A_statement_that_saw_more_than_there_was_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var tooEarly = VoteThatSaw(honest, request, new Seen(6, honest.Seen.Root));
        Refused(honest.Fork(5, new VoteCast(request, 3, Approve: true, tooEarly)), 5, "names a larger log");
    }

    [Theory]
    [InlineData("origin")]
    [InlineData("time")]
    public void A_statement_with_another_origin_or_form_is_refused(string line)
    {
        var honest = SignedCircle.Of("bob");
        string text = honest.Said(StatementKind.Lock, "bob", choice: true)!.Statement;
        string wrong = line == "origin" ? text.Replace(Some.Origin, "elsewhere.example", StringComparison.Ordinal) : text.Replace("time ", "time  ", StringComparison.Ordinal);
        Refused(honest.Fork(4, new RequestsLockChanged(3, Locked: true, SignedCircle.Sign("bob", wrong))), 4, $"\"{line}\"");
    }

    [Fact]
    public void A_proof_withheld_takes_the_grade_away()
    {
        var honest = SignedCircle.Of("bob");
        honest.Withhold(2, "proof");
        var verdict = Accepted(honest, warnings: 1);
        verdict.Warnings[0].ShouldStartWith("Entry 2:");
        verdict.Members.Select(member => member.Grade).ShouldBe([Grade.Proven, Grade.Asserted]);
        verdict.Members[1].Reason.ShouldBe("it rests on entry 2 (VoteCast): the statement is missing");
    }

    [Fact]
    public void Keys_withheld_take_the_grade_of_what_they_signed_away()
    {
        var honest = SignedCircle.Of("bob");
        honest.Admit(honest.Ask("cat"));
        honest.Withhold(1, "keys");
        var verdict = Accepted(honest, warnings: 1);
        verdict.Members.Select(member => member.Grade).ShouldBe([Grade.Proven, Grade.Asserted, Grade.Asserted]);
        verdict.EventAt(6).Reason.ShouldContain("keys are missing");
    }

    [Fact]
    public void An_erasure_that_was_not_carried_out_or_not_declared_is_pointed_out()
    {
        var honest = SignedCircle.Of("bob");
        honest.Leave("bob");
        honest.Erase(1, "profile");
        Accepted(honest).Members[1].MemberId.ShouldBeNull();

        var kept = SignedCircle.Of("bob");
        kept.Leave("bob");
        kept.Do(new EraseAddenda([new AddendaErased(1, ["profile"])]));
        Accepted(kept, warnings: 1).Warnings[0].ShouldBe("Entry 5: it declares addenda of entry 1 erased that are still there (profile).");

        var undeclared = SignedCircle.Of("bob");
        undeclared.Withhold(1, "profile");
        Accepted(undeclared, warnings: 1).Members[1].Grade.ShouldBe(Grade.Proven);
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
        var twice = honest.Fork(4, new RequestsLockChanged(3, Locked: true, forged), new MemberAdmitted(Ghost));
        Refused(twice, 4, "not that of the signer's key");
        LogVerifier.Verify(twice.Source(), processors: 1).Refusal.ShouldBe(twice.Verify().Refusal);
    }

    [Fact]
    public void A_ratification_proves_what_its_member_has_seen_and_nothing_of_others()
    {
        var circle = SignedCircle.Of(signed: false, "bob");
        Grades(circle).ShouldBe([Grade.Asserted, Grade.Asserted]);
        circle.Ratify("ann");
        Grades(circle).ShouldBe([Grade.Proven, Grade.Asserted]);
        circle.Ratify("bob");
        Grades(circle).ShouldBe([Grade.Proven, Grade.Proven]);

        // What came after the head that was seen stays open.
        var early = SignedCircle.Of(signed: false, "bob");
        var seenTwo = early.Fork(2).Seen;
        Statement statement = Statement.Parse(early.Said(StatementKind.Ratify, "ann")!.Statement).Value with { Seen = seenTwo };
        early.Write(new HistoryRatified(0, SignedCircle.Sign("ann", statement)));
        Accepted(early).EventAt(2).Grade.ShouldBe(Grade.Asserted);
        Accepted(early).EventAt(0).Reason.ShouldBe("ratified by the member");
    }

    /// <summary>Everybody signs, somebody leaves and comes back, and each entry but the last is followed by somebody who has seen it.</summary>
    private static SignedCircle Eventful()
    {
        var circle = SignedCircle.Of("bob", "cat");
        circle.Vote(circle.Ask("dan"), "cat", approve: false);
        circle.Lock("ann", locked: true);
        circle.Lock("cat", locked: false);
        circle.Leave("bob");
        circle.Admit(circle.Ask("bob"));
        circle.Ratify("bob");
        return circle;
    }

    private static Proof VoteThatSaw(SignedCircle circle, string request, Seen seen) =>
        SignedCircle.Sign("bob", Statement.Parse(circle.VoteOf(request, "bob", approve: true)!.Statement).Value with { Seen = seen });

    private static IEnumerable<Grade> Grades(SignedCircle circle) => Accepted(circle).Members.Select(member => member.Grade);

    private static Verdict Accepted(SignedCircle circle, int warnings = 0)
    {
        var verdict = circle.Verify();
        verdict.Refusal.ShouldBeNull();
        verdict.Warnings.Count.ShouldBe(warnings);
        return verdict;
    }

    private static void Refused(SignedCircle circle, long entry, string why)
    {
        var verdict = circle.Verify();
        verdict.Refusal.ShouldNotBeNull();
        verdict.Refusal.ShouldContain(why);
        verdict.BadEntry.ShouldBe(entry);
        verdict.Refusal.ShouldStartWith($"Entry {entry} ");
    }
}
