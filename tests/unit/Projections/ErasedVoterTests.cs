using System.Reactive.Subjects;
using SecureChat.Ledger.Circle;
using SecureChat.Projections;

namespace SecureChat.UnitTests.Projections;

public class ErasedVoterTests
{
    [Fact]
    public async Task An_approval_by_somebody_erased_is_shown_under_the_handle_until_they_leave()
    {
        using SomeLedger ledger = new();
        ledger.Append(
            new FounderRegistered(SomeCircle.Person("ada")),
            new RequestSubmitted("r", 5, SomeCircle.Person("bob")),
            new VoteCast("r", 0, Approve: true),
            new MemberAdmitted("r"),
            new RequestSubmitted("s", 5, SomeCircle.Person("cy")));
        new TablesOnDisk(ledger.File.Path).Execute("DELETE FROM addenda WHERE CAST(bytes AS TEXT) LIKE '%bob%'");
        using ProjectionRunner runner = ledger.Follow(out Subject<long> durable);

        ledger.Append(new VoteCast("s", 3, Approve: true));
        durable.OnNext(6);
        await runner.WhenApplied(6);
        runner.Roster.Pending.ShouldHaveSingleItem().Approvals.ShouldBe(["erased-3"]);

        ledger.Append(new MemberLeft(3));
        durable.OnNext(7);
        await runner.WhenApplied(7);
        runner.Roster.Pending.ShouldHaveSingleItem().Approvals.ShouldBeEmpty();
        runner.Roster.Members.ShouldHaveSingleItem().Id.ShouldBe("ada");
    }
}
