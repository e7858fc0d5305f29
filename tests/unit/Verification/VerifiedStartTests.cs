using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Circle;
using SecureChat.UnitTests.Storage;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Verification;

/// <summary>What a verifier refuses does not start, though file, tree and checkpoint agree: somebody had the ledger's key.</summary>
public class VerifiedStartTests
{
    [Fact]
    public void A_ledger_opens_as_the_circle_that_wrote_it()
    {
        var circle = SignedCircle.Eventful();
        using var folder = LedgerFolder.Holding(Some.Origin, circle.Entries);
        var opened = folder.Check();
        Story.Show(opened.State).ShouldBe(Story.Show(circle.State));
        new Seen(opened.Range.Size, opened.Range.Root()).ShouldBe(circle.Seen);
        opened.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void A_signature_of_another_key_is_named()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var forged = SignedCircle.Sign("operator", honest.VoteOf(request, "bob", approve: true)!.Statement);
        ShouldRefuse(honest.Fork(5, new VoteCast(request, 3, Approve: true, forged)), "Entry 5 in ledger.db: the signature of its statement is not that of the signer's key.");
    }

    [Fact]
    public void An_unsigned_vote_of_whoever_wants_such_refused_is_named()
    {
        var honest = SignedCircle.Of("bob");
        honest.Require("bob");
        string request = honest.Ask("cat");
        honest.Vote(request, "ann");
        ShouldRefuse(honest.Fork(7, new VoteCast(request, 3, Approve: true)), "Entry 7 in ledger.db: it is not signed");
    }

    [Fact]
    public void A_statement_that_says_something_else_is_named()
    {
        var honest = SignedCircle.Of("bob");
        string request = honest.Ask("cat");
        var other = honest.VoteOf(request, "bob", approve: false)!;
        ShouldRefuse(honest.Fork(5, new VoteCast(request, 3, Approve: true, other)), "Entry 5 in ledger.db: the line \"decision\" of its statement");
    }

    [Fact]
    public void A_statement_about_another_history_is_named()
    {
        var honest = SignedCircle.Of("bob");
        var elsewhere = honest.Fork(3, new MemberAdmitted(((RequestSubmitted)honest.Events[1]).Request), new RequestsLockChanged(0, Locked: true));
        var seen = SignedCircle.Sign("ann", Statement.Parse(honest.Said(StatementKind.Ratify, "ann")!.Statement).Value with { Seen = elsewhere.Seen });
        ShouldRefuse(honest.Fork(4, new RequestsLockChanged(0, Locked: false), new HistoryRatified(0, seen)), "Entry 5 in ledger.db: the line \"seen\" of its statement names another log");
    }

    [Fact]
    public void Whatever_happened_while_a_request_was_overdue_is_named()
    {
        var honest = SignedCircle.Of("bob");
        honest.Ask("cat");
        honest.Now += 100L * 24 * 60 * 60 * 1000;
        ShouldRefuse(honest.Fork(5, new RequestsLockChanged(0, Locked: true)), "Entry 5 in ledger.db: it cannot follow on what stands before it. A request was overdue");
    }

    [Fact]
    public void What_is_odd_and_yet_allowed_is_told()
    {
        var circle = SignedCircle.Of("bob");
        circle.Do(new AcceptRollback(9, MerkleHashing.EmptyRoot));
        using var folder = LedgerFolder.Holding(Some.Origin, circle.Entries);
        folder.Check().Warnings.ShouldHaveSingleItem().ShouldStartWith("Entry 4: the operator went on from an old copy");
    }

    [Fact]
    public void What_the_operator_alone_does_is_no_matter_of_time()
    {
        var honest = SignedCircle.Of("bob");
        honest.Ask("cat");
        honest.Now += 100L * 24 * 60 * 60 * 1000;
        VerdictOf.Accepted(honest.Fork(5, new RollbackAccepted(9, MerkleHashing.EmptyRoot)), warnings: 1);
    }

    private static void ShouldRefuse(SignedCircle circle, string sentence)
    {
        using var folder = LedgerFolder.Holding(Some.Origin, circle.Entries);
        var refused = Should.Throw<LedgerDamagedException>(() => folder.Check()).Message;
        refused.ShouldStartWith($"The ledger is damaged. {sentence}");
        refused.ShouldEndWith(" Restore a backup.");
    }
}
