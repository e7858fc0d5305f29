using System.Runtime.CompilerServices;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// Whether the statement of a command says what the command says, of this log and this moment, and is signed by whom it should
/// be. Owned by the writer's loop, because only there it is known what the circle is at the moment of the decision.
/// </summary>
/// <param name="origin">The name of this log.</param>
/// <param name="tree">The stored tree, on the writer's connection.</param>
/// <param name="used">Whether a statement stands in the ledger.</param>
/// <param name="kept">Whether an addendum is kept under a digest.</param>
internal sealed class StatementJudge(string origin, LogTree tree, Func<Hash, bool> used, Func<Hash, bool> kept)
{
    // Reading a key costs several times as much as verifying with it. Kept as long as the state keeps the keys, and no longer.
    private readonly ConditionalWeakTable<MemberKeys, RsaVerifier> verifiers = [];

    /// <summary>The refusal, or null when the statement holds, when there is none, or when the rules of the circle refuse the command anyway.</summary>
    /// <param name="state">The circle before the command.</param>
    /// <param name="command">What is wanted.</param>
    /// <param name="committed">How many entries are durable: nobody can have seen more.</param>
    /// <param name="batch">Entries decided and not yet durable.</param>
    public Refusal? Judge(CircleState state, CircleCommand command, long committed, IReadOnlyList<Entry> batch)
    {
        (Proof? proof, MemberKeys? keys) = command switch
        {
            RegisterFounder { Founder: var founder } => (founder.Proof, founder.Keys),
            SubmitRequest { Newcomer: var newcomer } => (newcomer.Proof, newcomer.Keys),
            MemberCommand call => (call.Proof, state.MemberOf(call.MemberId)?.Newcomer.Keys),
            _ => (null, null),
        };
        if (proof is null || keys is null)
        {
            return null;
        }

        if (!Statement.Parse(proof.Statement).TryGet(out Statement? statement, out string? reason))
        {
            return Refusals.BadStatement($"The statement cannot be used: {reason}.");
        }

        if (Expected(state, command, statement) is not { } expected)
        {
            return Refusals.BadStatement("The statement names an entry that is in no signed head yet. Fetch and verify the newest checkpoint, and sign again.");
        }

        return statement.FirstDifference(expected) is { } line
                ? Refusals.BadStatement($"The line \"{line}\" of the statement does not say what this call says, or does not name this ledger.")
            : !HasSeen(statement, committed)
                ? Refusals.BadStatement("The line \"seen\" of the statement is no head that this ledger had. Fetch and verify the newest checkpoint, and sign again.")
            : !IsSigned(proof, keys)
                ? Refusals.BadStatement("The statement is not signed by the member's RSA key, or its signature is not canonical base64.")
            : Entry.DigestOf(proof.Statement) is var digest && (used(digest) || batch.Any(entry => entry.StatementDigest == digest))
                ? Refusals.BadStatement("This statement stands in the ledger already. Sign a new one with the time of now.")
            : Repeats(command, batch)
                ? Refusals.BadStatement("The addenda stand in the ledger already. Make new ones with fresh nonces, and sign again.")
            : null;
    }

    // Addenda are kept under their digests, each once. Whoever sends the bytes of others, or their own of an earlier request, is
    // told so here; in the transaction it would be a defect.
    private bool Repeats(CircleCommand command, IReadOnlyList<Entry> batch)
    {
        SealedAddenda? made = command switch
        {
            RegisterFounder { Founder.Sealed: { } founder } => founder,
            SubmitRequest { Newcomer.Sealed: { } newcomer } => newcomer,
            _ => null,
        };
        return made is not null && (Stands(Addendum.DigestOf(made.Profile)) || Stands(Addendum.DigestOf(made.Keys)));

        bool Stands(Hash digest) => kept(digest) || batch.Any(entry => entry.Addenda.Any(addendum => addendum.Digest == digest));
    }

    // What a true statement says, with the two lines that are the signer's own to choose. Null when it would have to name an
    // entry of the batch, which has no leaf that anybody can have seen.
    private Statement? Expected(CircleState state, CircleCommand command, Statement said)
    {
        switch (command)
        {
            case RegisterFounder { Founder: var founder }:
                return ByNewcomer(StatementKind.Founder, founder, said);
            case SubmitRequest { Newcomer: var newcomer }:
                return ByNewcomer(StatementKind.Request, newcomer, said);
            case CastVote vote:
                return state.RequestOf(vote.Request) is { } request
                    && tree.Leaf(request.Position) is { } subject
                    && ByMember(StatementKind.Vote, state, vote, said, vote.Approve) is { } voted
                        ? voted with { Request = request.Id, Subject = subject }
                        : null;
            case Leave departure:
                return ByMember(StatementKind.Leave, state, departure, said);
            case ChangeRequestsLock change:
                return ByMember(StatementKind.Lock, state, change, said, change.Locked);
            case RatifyHistory ratification:
                return ByMember(StatementKind.Ratify, state, ratification, said);
            case RequireStatements requirement:
                return ByMember(StatementKind.Require, state, requirement, said, requirement.Required);
            default:
                return null;
        }
    }

    private Statement ByNewcomer(StatementKind kind, Newcomer newcomer, Statement said) => new(kind, origin, said.Time)
    {
        Profile = new Addendum("", newcomer.Sealed!.Profile).Digest,
        Keys = new Addendum("", newcomer.Sealed.Keys).Digest,
    };

    private Statement? ByMember(StatementKind kind, CircleState state, MemberCommand command, Statement said, bool choice = false)
    {
        long handle = state.MemberOf(command.MemberId)!.Handle;
        return tree.Leaf(handle) is { } leaf
            ? new Statement(kind, origin, said.Time) { Member = new Handle(handle, leaf), Choice = choice, Seen = said.Seen }
            : null;
    }

    private bool HasSeen(Statement statement, long committed) =>
        statement.Kind is StatementKind.Founder or StatementKind.Request
        || (statement.Seen.Size <= committed && tree.RootAt(statement.Seen.Size) == statement.Seen.Root);

    private bool IsSigned(Proof proof, MemberKeys keys) =>
        CanonicalBase64.TryDecode(proof.Signature, out byte[] signature)
        && verifiers.GetValue(keys, VerifierOf).Verify(System.Text.Encoding.ASCII.GetBytes(proof.Statement), signature);

    private static RsaVerifier VerifierOf(MemberKeys keys) => new(RsaPublicKey.FromCanonicalSpki(Convert.FromBase64String(keys.RsaSpki)));
}
