using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>
/// The log played again from leaf 0, entry by entry: what cannot follow is refused, and of what can follow it is noted what it
/// rests on.
/// </summary>
internal sealed class Replay(StatementCheck statements, EntryFacts facts, Roster roster, Warnings warnings)
{
    private readonly CircleState state = new();
    private readonly EntryAddenda addenda = new();
    private long nextExpiry = long.MaxValue;

    /// <summary>The circle after the entries so far.</summary>
    public CircleState State => state;

    /// <summary>Takes the next entry.</summary>
    /// <param name="stored">The entry as it was found.</param>
    /// <param name="leafHash">Its leaf hash.</param>
    /// <param name="find">Gives addenda.</param>
    /// <returns>What it says.</returns>
    /// <exception cref="FormatException">It is no entry, or its statement is wrong.</exception>
    /// <exception cref="ImpossibleEventException">It cannot follow on what stands before it.</exception>
    public (CircleEvent Event, long Time) Take(in StoredEntry stored, in Hash leafHash, Func<Hash, byte[]?> find)
    {
        long entry = state.Size;
        addenda.Start(find);
        (CircleEvent happened, long time) = Entry.Read(stored.Bytes.Span, addenda.Find);
        RequireNothingOverdue(happened, time);
        NoteOddities(happened, entry);
        state.Apply(happened, time);
        Signer newcomer = new(NewcomerOf(happened)?.Keys?.RsaSpki);
        Support support = Statement(happened, entry, stored.Place, newcomer, out long seen);
        facts.Add(EntryFacts.KindOf(happened), support, addenda.Served(happened), addenda.Missed(happened));
        Follow(happened, entry, leafHash, newcomer, seen);
        return (happened, time);
    }

    private static Newcomer? NewcomerOf(CircleEvent happened) => happened switch
    {
        FounderRegistered founding => founding.Founder,
        MemberImported import => import.Newcomer,
        RequestSubmitted submission => submission.Newcomer,
        _ => null,
    };

    /// <exception cref="LogDamagedException">The last entry decided something, and the outcome does not follow.</exception>
    public void Finish()
    {
        if (Consensus.DueOutcome(state) is { } due)
        {
            throw new LogDamagedException(
                $"Entry {state.Size} is missing: {EntryFacts.KindOf(due)} is due after entry {state.Size - 1}, and must be the very next.", state.Size);
        }

        for (long entry = 0; entry < facts.Count; entry++)
        {
            if (facts.Missed(entry) is not AddendaSet.None and var missed)
            {
                warnings.Add($"Entry {entry}: addenda are missing that no entry declares erased ({Names(missed)}).");
            }
        }
    }

    // Every step of the writer lets overdue requests expire before anything else; an outcome belongs to the step of its cause.
    // What the operator alone does (erasing, going on from an old copy) has no bearing on who is a member.
    private void RequireNothingOverdue(CircleEvent happened, long time)
    {
        if (time > nextExpiry
            && happened is not (RequestExpired or MemberAdmitted or RequestRejected or AddendaErased or RollbackAccepted))
        {
            throw new ImpossibleEventException("A request was overdue and must have expired before.");
        }
    }

    // The relay's own rules at the door, which the format does not know.
    private void NoteOddities(CircleEvent happened, long entry)
    {
        if (happened is RequestSubmitted submission)
        {
            if (state.RequestsLocked)
            {
                warnings.Add($"Entry {entry}: the request was taken although a member had closed the circle for requests.");
            }

            if (submission.Newcomer is { Profile: { } profile, Keys: { } keys }
                && state.IsDeparted(profile.MemberId, out Hash? key) && key is not null && key != keys.RsaKeyDigest)
            {
                warnings.Add($"Entry {entry}: whoever asks has the id of a departed member and another RSA key.");
            }
        }
        else if (happened is RollbackAccepted rollback)
        {
            warnings.Add($"Entry {entry}: the operator went on from an old copy; a log of {rollback.Size} entries is lost.");
        }
    }

    // Whoever comes signs as newcomer with the key that is a member's later: one signer for both, because reading a key costs as much as
    // verifying half a dozen signatures with it.
    private Support Statement(CircleEvent happened, long entry, string place, Signer signer, out long seen)
    {
        switch (happened)
        {
            case FounderRegistered founding:
                return Own(StatementKind.Founder, founding.Founder, out seen);
            case RequestSubmitted submission:
                return Own(StatementKind.Request, submission.Newcomer, out seen);
            case VoteCast vote:
                return By(vote.Voter, vote.Proof, StatementKind.Vote, vote.Approve, out seen, vote.Request);
            case MemberLeft departure:
                return By(departure.Member, departure.Proof, StatementKind.Leave, choice: false, out seen);
            case RequestsLockChanged change:
                return By(change.Member, change.Proof, StatementKind.Lock, change.Locked, out seen);
            case HistoryRatified ratification:
                return By(ratification.Member, ratification.Proof, StatementKind.Ratify, choice: false, out seen);
            case StatementsRequired requirement:
                return By(requirement.Member, requirement.Proof, StatementKind.Require, requirement.Required, out seen);
            case MemberImported:
                seen = 0;
                return Support.Unsigned;
            default:
                seen = 0;
                return Support.None;
        }

        Support Own(StatementKind kind, Newcomer newcomer, out long seen) => newcomer.Proof is null ? Unsigned(out seen) : statements.Check(
            entry, place, newcomer.Proof, addenda.IsThere(2), signer,
            new Statement(kind, statements.Origin, 0) { Profile = addenda.Digest(0), Keys = addenda.Digest(1) }, out seen);

        Support By(long handle, Proof? proof, StatementKind kind, bool choice, out long seen, string? request = null)
        {
            Membership member = roster.Active(handle);
            if (proof is null && member.RequiresStatements)
            {
                throw new FormatException($"it is not signed, and the member of entry {handle} wants unsigned calls in its name refused");
            }

            return proof is null ? Unsigned(out seen) : statements.Check(
                entry, place, proof, addenda.IsThere(0), member.Signer,
                new Statement(kind, statements.Origin, 0)
                {
                    Member = new Handle(handle, member.LeafHash),
                    Choice = choice,
                    Request = request ?? "",
                    Subject = request is null ? default : roster.Applicant(request).LeafHash,
                },
                out seen);
        }

        static Support Unsigned(out long seen)
        {
            seen = 0;
            return Support.Unsigned;
        }
    }

    private void Follow(CircleEvent happened, long entry, in Hash leafHash, Signer newcomer, long seen)
    {
        switch (happened)
        {
            case FounderRegistered founding:
                roster.Start(entry, leafHash, newcomer, founding.Founder.Profile);
                break;
            case MemberImported import:
                roster.Start(entry, leafHash, newcomer, import.Newcomer.Profile);
                break;
            case RequestSubmitted submission:
                roster.Submit(submission.Request, new Applicant(entry, leafHash, newcomer, submission.Newcomer.Profile));
                nextExpiry = Math.Min(nextExpiry, submission.Expires);
                break;
            case VoteCast { Approve: true } vote:
                roster.Approve(vote.Request, new Approval(vote.Voter, entry));
                break;
            case MemberAdmitted admission:
                roster.Admit(admission.Request, entry, leafHash);
                nextExpiry = Decisions.NextExpiry(state) ?? long.MaxValue;
                break;
            case RequestRejected rejection:
                Resolve(rejection.Request);
                break;
            case RequestExpired expiry:
                Resolve(expiry.Request);
                break;
            case MemberLeft departure:
                roster.Leave(departure.Member, entry);
                break;
            case HistoryRatified ratification:
                roster.Ratify(ratification.Member, seen);
                break;
            case StatementsRequired requirement:
                roster.Active(requirement.Member).RequiresStatements = requirement.Required;
                break;
            case AddendaErased erasure:
                Declare(erasure, entry);
                break;
        }
    }

    private void Resolve(string request)
    {
        roster.Resolve(request);
        nextExpiry = Decisions.NextExpiry(state) ?? long.MaxValue;
    }

    private void Declare(AddendaErased erasure, long entry)
    {
        AddendaSet erased = AddendaSet.None;
        foreach (string name in erasure.Erased)
        {
            erased |= EntryAddenda.Named(name);
        }

        if ((facts.Served(erasure.Leaf) & erased) is not AddendaSet.None and var served)
        {
            warnings.Add($"Entry {entry}: it declares addenda of entry {erasure.Leaf} erased that are still there ({Names(served)}).");
        }

        facts.Declare(erasure.Leaf, erased);
    }

    private static string Names(AddendaSet addenda) => addenda.ToString().ToLowerInvariant();
}

/// <summary>What is odd and yet allowed: the first thousand sentences, and how many more there were.</summary>
internal sealed class Warnings
{
    private const int Kept = 1000;

    private readonly List<string> sentences = [];
    private long more;

    public void Add(string sentence)
    {
        if (sentences.Count < Kept)
        {
            sentences.Add(sentence);
        }
        else
        {
            more++;
        }
    }

    public IReadOnlyList<string> All() => more == 0 ? sentences : [.. sentences, $"There are {more} more warnings."];
}
