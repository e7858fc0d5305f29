using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Transparency;
using SecureChat.UnitTests.Verification;

namespace SecureChat.UnitTests.Storage;

/// <summary>A ledger with its writer, a founder, Ann, and Bob's request; and whoever signs, with real keys, what is wanted of it.</summary>
internal sealed class SignedCalls : IAsyncDisposable
{
    internal const string Request = "3f0c8a52-b7de-4c1f-9a6e-2d7b8c5f0e41";

    private readonly LedgerFolder folder = new();
    private readonly SignedCircle people = new();
    private readonly LedgerView view;

    private SignedCalls()
    {
        Writer = new LedgerWriter(folder.Check(Some.Origin), folder.Clock);
        view = new LedgerView(folder.File);
    }

    internal LedgerWriter Writer { get; }

    internal LedgerFolder Folder => folder;

    /// <summary>Before anybody has founded the circle.</summary>
    internal static SignedCalls Empty() => new();

    internal static async Task<SignedCalls> Start()
    {
        SignedCalls calls = new();
        await calls.Accepted(new RegisterFounder(calls.Newcomer("ann", StatementKind.Founder)));
        await calls.Accepted(new SubmitRequest(Request, calls.Newcomer("bob", StatementKind.Request)));
        return calls;
    }

    internal Newcomer Newcomer(string id, StatementKind kind, bool signed = true) => people.Person(id, signed, kind);

    /// <summary>What somebody would sign to call truthfully.</summary>
    internal Statement Truth(CircleCommand command) => command switch
    {
        RegisterFounder { Founder.Proof: { } proof } => Statement.Parse(proof.Statement).Value,
        SubmitRequest { Newcomer.Proof: { } proof } => Statement.Parse(proof.Statement).Value,
        CastVote vote => By(StatementKind.Vote, vote, vote.Approve) with
        {
            Request = vote.Request,
            Subject = view.Leaf(Writer.State.RequestOf(vote.Request)!.Position)!.Value,
        },
        Leave leave => By(StatementKind.Leave, leave),
        ChangeRequestsLock change => By(StatementKind.Lock, change, change.Locked),
        RatifyHistory ratification => By(StatementKind.Ratify, ratification),
        RequireStatements requirement => By(StatementKind.Require, requirement, requirement.Required),
        _ => throw new ArgumentException("Nobody signs this.", nameof(command)),
    };

    /// <summary>The command with this statement, signed by whoever calls.</summary>
    internal static CircleCommand Signed(CircleCommand command, string text, string? key = null)
    {
        string signer = key ?? command switch
        {
            RegisterFounder founding => founding.Founder.Profile!.MemberId,
            SubmitRequest submission => submission.Newcomer.Profile!.MemberId,
            MemberCommand call => call.MemberId,
            _ => throw new ArgumentException("Nobody signs this.", nameof(command)),
        };
        return With(command, SignedCircle.Sign(signer, text));
    }

    internal static CircleCommand With(CircleCommand command, Proof proof) => command switch
    {
        RegisterFounder founding => founding with { Founder = founding.Founder with { Proof = proof } },
        SubmitRequest submission => submission with { Newcomer = submission.Newcomer with { Proof = proof } },
        MemberCommand call => call with { Proof = proof },
        _ => throw new ArgumentException("Nobody signs this.", nameof(command)),
    };

    internal CircleCommand Signed(CircleCommand command) => Signed(command, Truth(command).Format());

    internal async Task<Outcome> Accepted(CircleCommand command)
    {
        var outcome = await Writer.SubmitAsync(command);
        outcome.Refusal.ShouldBeNull();
        return outcome;
    }

    /// <summary>The sentence of a <c>bad_statement</c>, after which everything is as it was.</summary>
    internal async Task<string> BadStatement(CircleCommand command)
    {
        object? before = Rows();
        var refusal = (await Writer.SubmitAsync(command)).Refusal.ShouldNotBeNull();
        refusal.Code.ShouldBe("bad_statement", refusal.Sentence);
        Rows().ShouldBe(before);
        return refusal.Sentence;
    }

    internal IReadOnlyList<Proof> ProofsAt(long position) =>
        [.. view.AddendaOf(position).Where(addendum => addendum.Name == Addendum.ProofName).Select(addendum => Addendum.ReadProof(addendum.Bytes))];

    internal Hash RootAt(long size) => view.RootAt(size);

    private object? Rows() => folder.Scalar(
        "SELECT (SELECT count(*) FROM entries) || ' ' || (SELECT count(*) FROM addenda) || ' ' || (SELECT count(*) FROM statements) || ' ' || (SELECT count(*) FROM checkpoints)");

    private Statement By(StatementKind kind, MemberCommand call, bool choice = false)
    {
        long handle = Writer.State.MemberOf(call.MemberId)!.Handle;
        long size = view.Size();
        return new Statement(kind, Some.Origin, SomeEntry.Time)
        {
            Member = new Handle(handle, view.Leaf(handle)!.Value),
            Choice = choice,
            Seen = new Seen(size, view.RootAt(size)),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        view.Dispose();
        folder.Dispose();
    }
}
