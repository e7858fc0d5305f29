using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Verification;

/// <summary>
/// What an operator can try who has the ledger's key and signs whatever tree comes out: each attempt is refused, or nobody is
/// PROVEN by it. Here: to have somebody let in, or kept out, whom the members did not.
/// </summary>
public class AdmissionAttackTests
{
    private const string Ghost = "99999999-0000-4000-8000-000000000000";

    [Fact]
    public void The_honest_ledger_passes_and_everybody_in_it_is_proven()
    {
        var verdict = SignedCircle.Eventful().Verify();
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
        VerdictOf.Refused(honest.Fork(4, new RequestSubmitted(Ghost, honest.Now + 1000, ghost), new MemberAdmitted(Ghost)), 5, "An outcome is not due");
        VerdictOf.Refused(honest.Fork(4, new MemberAdmitted(Ghost)), 4, "An outcome is not due");
        VerdictOf.Refused(honest.Fork(4, new MemberImported(ghost with { Proof = null }, Joined: null)), 4, "directly after the founder");
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
        var verdict = VerdictOf.Accepted(honest.Fork(4, invented));
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
        VerdictOf.Refused(honest.Fork(7, new VoteCast(request, 3, Approve: true)), 7, "wants unsigned calls in its name refused");
        VerdictOf.Refused(honest.Fork(7, new MemberLeft(3)), 7, "wants unsigned calls in its name refused");
        VerdictOf.Refused(honest.Fork(7, new RequestsLockChanged(3, Locked: true)), 7, "wants unsigned calls in its name refused");
        honest.Require("bob", required: false);
        VerdictOf.Accepted(honest.Fork(8, new VoteCast(request, 3, Approve: true), new MemberAdmitted(request))).EventAt(8).Grade.ShouldBe(Grade.Asserted);
    }

    [Fact]
    public void A_vote_signed_with_the_operators_own_key_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var forged = SignedCircle.Sign("operator", honest.VoteOf(request, "bob", approve: true)!.Statement);
        VerdictOf.Refused(honest.Fork(5, new VoteCast(request, 3, Approve: true, forged)), 5, "not that of the signer's key");
    }

    [Fact]
    public void A_vote_moved_to_another_request_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string wanted = honest.Ask("cat");
        string ghost = honest.Ask("ghost");
        honest.Vote(wanted, "bob");
        var proof = ((VoteCast)honest.Events[^1]).Proof;
        VerdictOf.Refused(honest.Fork(6, new VoteCast(ghost, 3, Approve: true, proof)), 6, "\"request\"");

        // The same id asked for by somebody else.
        var other = honest.Fork(4, new RequestSubmitted(wanted, honest.Now + 1000, honest.Person("ghost", signed: true, StatementKind.Request)));
        VerdictOf.Refused(other.Write(new VoteCast(wanted, 3, Approve: true, proof)), 5, "\"subject\"");
    }

    [Fact]
    public void A_vote_turned_around_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var rejection = honest.VoteOf(request, "bob", approve: false);
        VerdictOf.Refused(honest.Fork(5, new VoteCast(request, 3, Approve: true, rejection)), 5, "\"decision\"");
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
        VerdictOf.Refused(honest.Fork(honest.Entries.Count, new VoteCast(request, handle, Approve: true, before)), honest.Entries.Count, "\"voter\"");
        VerdictOf.Refused(honest.Fork(honest.Entries.Count, new VoteCast(request, 3, Approve: true, before)), honest.Entries.Count, "no active member");
    }

    [Fact]
    public void A_departure_invented_to_shrink_the_electorate_proves_nobody()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        honest.Vote(request, "ann");
        var shrunk = honest.Fork(6, new MemberLeft(3), new MemberAdmitted(request));
        var verdict = VerdictOf.Accepted(shrunk);
        verdict.Members[^1].MemberId.ShouldBe("cat");
        verdict.Members[^1].Grade.ShouldBe(Grade.Asserted);
        verdict.Members[^1].Reason.ShouldBe("it rests on entry 6 (MemberLeft): not signed by the member");
        verdict.EventAt(6).Grade.ShouldBe(Grade.Asserted);

        var forged = SignedCircle.Sign("operator", honest.Said(StatementKind.Leave, "bob")!.Statement);
        VerdictOf.Refused(honest.Fork(6, new MemberLeft(3, forged), new MemberAdmitted(request)), 6, "not that of the signer's key");
    }

    [Fact]
    public void An_admission_held_back_until_somebody_has_left_or_come_is_refused()
    {
        var honest = SignedCircle.Of("bob", "cat");
        string request = honest.Ask("dan");
        foreach (string voter in new[] { "ann", "bob" })
        {
            honest.Vote(request, voter);
        }

        var last = honest.VoteOf(request, "cat", approve: true);
        int size = honest.Entries.Count;
        VoteCast vote = new(request, honest.State.MemberOf("cat")!.Handle, Approve: true, last);
        var held = honest.Fork(size, vote, new MemberLeft(3), new MemberAdmitted(request));
        VerdictOf.Refused(held, size + 1, "An outcome is not due, or one that is due does not follow at once");
        VerdictOf.Refused(honest.Fork(size, vote), size + 1, "MemberAdmitted is due");

        // Held back past its time: it would have expired.
        held = honest.Fork(size);
        held.Now += Decisions.RequestLifetime;
        VerdictOf.Refused(held.Write(vote), size, "A request was overdue");
        held = honest.Fork(size, vote);
        held.Now += Decisions.RequestLifetime;
        VerdictOf.Refused(held.Write(new MemberAdmitted(request)), size + 1, "after its time");
    }

    [Fact]
    public void Anything_but_the_expiry_of_an_overdue_request_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        int size = honest.Entries.Count;
        honest.Now += Decisions.RequestLifetime + 1;
        VerdictOf.Refused(honest.Fork(size, new MemberLeft(3)), size, "A request was overdue");
        VerdictOf.Accepted(honest.Fork(size, new RequestExpired(request), new MemberLeft(3)));
        honest.Now -= Decisions.RequestLifetime;
        VerdictOf.Refused(honest.Fork(size, new RequestExpired(request)), size, "before its time");
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
        VerdictOf.Refused(honest.Fork(4, kept), 4, "\"keys\"");

        // No statement, or a new one: then the votes are for another request.
        var unsigned = submission with { Newcomer = swapped with { Proof = null } };
        VerdictOf.Refused(honest.Fork(4, unsigned).Keep(honest, 5, 6, 7), 5, "\"subject\"");
        if (which == "RSA")
        {
            VerdictOf.Refused(honest.Fork(4, submission with { Newcomer = swapped }).Keep(honest, 5, 6, 7), 5, "\"subject\"");
        }

        // Only the document: it is not the one of the digest.
        honest.Addenda[honest.Entries[4].Addenda[1].Digest] = swapped.Sealed.Keys;
        VerdictOf.Refused(honest, 4, "an addendum is not the one that was hashed");
    }

    [Fact]
    public void A_key_swapped_where_nobody_signs_is_asserted()
    {
        var honest = SignedCircle.Of(signed: false, "bob");
        var swapped = honest.Person("bob", signed: false, StatementKind.Request, key: "operator");
        var verdict = VerdictOf.Accepted(honest.Fork(1, (RequestSubmitted)honest.Events[1] with { Newcomer = swapped }).Keep(honest, 2, 3));
        verdict.Members.ShouldAllBe(member => member.Grade == Grade.Asserted);
    }

    [Fact]
    public void Somebody_who_comes_back_with_another_RSA_key_is_pointed_out()
    {
        var honest = SignedCircle.Of("bob");
        honest.Leave("bob");
        var other = honest.Person("bob", signed: true, StatementKind.Request, key: "operator");
        VerdictOf.Accepted(honest.Fork(5, new RequestSubmitted(Ghost, honest.Now + 1000, other)), warnings: 1)
            .Warnings[0].ShouldContain("id of a departed member and another RSA key");
    }

    [Fact]
    public void A_statement_replayed_is_refused()
    {
        var honest = SignedCircle.Of("bob");
        honest.Lock("bob", locked: true);
        honest.Lock("bob", locked: false);
        VerdictOf.Refused(honest.Fork(6, honest.Events[4]), 6, "stands in the log already");
    }

    [Fact]
    public void Votes_cast_again_under_a_request_written_a_second_time_are_refused()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat", signed: false);
        honest.Vote(request, "ann");
        honest.Vote(request, "bob", approve: false);

        // The very same entry again, so that even the leaf hash is the one that was signed.
        VerdictOf.Refused(honest.Fork(8).Keep(honest, 4, 5), 9, "stands in the log already");
    }

    [Theory]
    [InlineData("origin")]
    [InlineData("time")]
    public void A_statement_with_another_origin_or_form_is_refused(string line)
    {
        var honest = SignedCircle.Of("bob");
        string text = honest.Said(StatementKind.Lock, "bob", choice: true)!.Statement;
        string wrong = line == "origin" ? text.Replace(Some.Origin, "elsewhere.example", StringComparison.Ordinal) : text.Replace("time ", "time  ", StringComparison.Ordinal);
        VerdictOf.Refused(honest.Fork(4, new RequestsLockChanged(3, Locked: true, SignedCircle.Sign("bob", wrong))), 4, $"\"{line}\"");
    }
}
