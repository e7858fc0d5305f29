using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.UnitTests.Verification;

/// <summary>What a missing document takes away from grades, and a ratification gives.</summary>
public class GradeTests
{
    [Fact]
    public void A_proof_withheld_takes_the_grade_away()
    {
        var honest = SignedCircle.Of("bob");
        honest.Withhold(2, "proof");
        var verdict = VerdictOf.Accepted(honest, warnings: 1);
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
        var verdict = VerdictOf.Accepted(honest, warnings: 1);
        verdict.Members.Select(member => member.Grade).ShouldBe([Grade.Proven, Grade.Asserted, Grade.Asserted]);
        verdict.EventAt(6).Reason.ShouldContain("keys are missing");
    }

    [Fact]
    public void An_erasure_that_was_not_carried_out_or_not_declared_is_pointed_out()
    {
        var honest = SignedCircle.Of("bob");
        honest.Leave("bob");
        honest.Erase(1, "profile");
        VerdictOf.Accepted(honest).Members[1].MemberId.ShouldBeNull();

        var kept = SignedCircle.Of("bob");
        kept.Leave("bob");
        kept.Do(new EraseAddenda([new AddendaErased(1, ["profile"])]));
        VerdictOf.Accepted(kept, warnings: 1).Warnings[0].ShouldBe("Entry 5: it declares addenda of entry 1 erased that are still there (profile).");

        var undeclared = SignedCircle.Of("bob");
        undeclared.Withhold(1, "profile");
        VerdictOf.Accepted(undeclared, warnings: 1).Members[1].Grade.ShouldBe(Grade.Proven);
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
        VerdictOf.Accepted(early).EventAt(2).Grade.ShouldBe(Grade.Asserted);
        VerdictOf.Accepted(early).EventAt(0).Reason.ShouldBe("ratified by the member");
    }

    [Fact]
    public void Who_was_let_in_by_a_vote_that_came_after_the_ratified_head_stays_asserted()
    {
        SignedCircle circle = new();
        circle.Found("ann");
        string request = circle.Ask("bob");
        var seenTwo = circle.Seen;
        circle.Vote(request, "ann", signed: false);
        Statement statement = Statement.Parse(circle.Said(StatementKind.Ratify, "ann")!.Statement).Value with { Seen = seenTwo };
        circle.Write(new HistoryRatified(0, SignedCircle.Sign("ann", statement)));
        Grades(circle).ShouldBe([Grade.Proven, Grade.Asserted]);
    }

    [Theory]
    [InlineData("bob", Grade.Proven)]
    [InlineData("ann", Grade.Asserted)]
    public void A_vote_on_a_pending_request_is_ratified_by_its_voter_and_nobody_else(string who, Grade grade)
    {
        var circle = SignedCircle.Of("bob");
        string request = circle.Ask("cat");
        circle.Vote(request, "bob", signed: false);
        circle.Ratify(who);
        circle.Vote(request, "ann");
        Grades(circle).ShouldBe([Grade.Proven, Grade.Proven, grade]);
        VerdictOf.Accepted(circle).EventAt(5).Grade.ShouldBe(grade);
    }

    [Fact]
    public void A_vote_that_was_not_counted_takes_no_grade_away()
    {
        var circle = SignedCircle.Of("bob");
        string request = circle.Ask("cat");
        circle.Vote(request, "bob", signed: false);
        circle.Leave("bob");
        circle.Vote(request, "ann");
        Grades(circle).ShouldBe([Grade.Proven, Grade.Proven, Grade.Proven]);
        VerdictOf.Accepted(circle).EventAt(5).Grade.ShouldBe(Grade.Asserted);

        // Nor does somebody who asked unsigned and was rejected.
        circle.Vote(circle.Ask("dan", signed: false), "ann", approve: false);
        circle.Admit(circle.Ask("eve"));
        Grades(circle).ShouldAllBe(grade => grade == Grade.Proven);
    }

    private static IEnumerable<Grade> Grades(SignedCircle circle) => VerdictOf.Accepted(circle).Members.Select(member => member.Grade);
}
