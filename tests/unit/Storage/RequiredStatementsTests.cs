using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Storage;

/// <summary>A member may want that nothing unsigned counts in its name.</summary>
public sealed class RequiredStatementsTests : IAsyncLifetime
{
    private static readonly MemberCommand[] Unsigned =
    [
        new CastVote(SignedCalls.Request, "ann", Approve: true), new ChangeRequestsLock("ann", Locked: true), new Leave("ann"),
    ];

    private SignedCalls calls = null!;

    public async Task InitializeAsync() => calls = await SignedCalls.Start();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task From_then_on_an_unsigned_call_is_refused_and_a_signed_one_is_not(int call)
    {
        await calls.Accepted(calls.Signed(new RequireStatements("ann", Required: true)));
        (await calls.Writer.SubmitAsync(Unsigned[call])).Refusal.ShouldBe(Refusals.StatementRequired);
        calls.Writer.State.Size.ShouldBe(3);
        await calls.Accepted(calls.Signed(Unsigned[call]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Lifted_again_an_unsigned_call_counts(int call)
    {
        await calls.Accepted(calls.Signed(new RequireStatements("ann", Required: true)));
        await calls.Accepted(calls.Signed(new RequireStatements("ann", Required: false)));
        await calls.Accepted(Unsigned[call]);
    }

    [Fact]
    public async Task It_holds_after_a_restart()
    {
        await calls.Accepted(calls.Signed(new RequireStatements("ann", Required: true)));
        calls.Folder.Check().State.MemberOf("ann")!.RequiresStatements.ShouldBeTrue();
    }

    [Fact]
    public async Task Others_are_not_bound_by_it()
    {
        await calls.Accepted(new CastVote(SignedCalls.Request, "ann", Approve: true));
        await calls.Accepted(calls.Signed(new RequireStatements("ann", Required: true)));
        await calls.Accepted(new ChangeRequestsLock("bob", Locked: true));
    }

    [Fact]
    public async Task A_bad_statement_does_not_stand_in_for_a_good_one()
    {
        await calls.Accepted(calls.Signed(new RequireStatements("ann", Required: true)));
        await calls.BadStatement(SignedCalls.With(Unsigned[1], new Proof("x", "AAAA")));
    }

    [Fact]
    public async Task Ratifying_and_requiring_are_nothing_without_a_statement()
    {
        (await calls.Writer.SubmitAsync(new RatifyHistory("ann"))).Refusal.ShouldBe(Refusals.StatementRequired);
        (await calls.Writer.SubmitAsync(new RequireStatements("ann", Required: true))).Refusal.ShouldBe(Refusals.StatementRequired);
        calls.Writer.State.Size.ShouldBe(2);
    }

    public async Task DisposeAsync() => await calls.DisposeAsync();
}
