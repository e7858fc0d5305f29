using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>What somebody outside has for the truth of something in the log.</summary>
public enum Grade
{
    /// <summary>The relay says so; nobody else vouches for it.</summary>
    Asserted,

    /// <summary>Signatures of the members concerned say so.</summary>
    Proven,
}

/// <summary>A member, present or departed; whoever came back is here once for each membership.</summary>
/// <param name="Handle">The leaf index of the event that made it a member.</param>
/// <param name="MemberId">Its id; null where the profile is gone.</param>
/// <param name="DisplayName">Its name; null where the profile is gone.</param>
/// <param name="LeftAt">The leaf index of its departure; null while it is active.</param>
/// <param name="Grade">PROVEN or ASSERTED.</param>
/// <param name="Reason">Why, as half a sentence.</param>
public sealed record GradedMember(long Handle, string? MemberId, string? DisplayName, long? LeftAt, Grade Grade, string Reason);

/// <summary>An event of the log.</summary>
/// <param name="Position">The leaf index.</param>
/// <param name="Event">The name in the entry's field <c>event</c>.</param>
/// <param name="Grade">PROVEN or ASSERTED.</param>
/// <param name="Reason">Why, as half a sentence.</param>
public sealed record GradedEvent(long Position, string Event, Grade Grade, string Reason);

/// <summary>What a verifier came to: the log is refused, or it holds and everything in it has a grade.</summary>
public sealed class Verdict
{
    private readonly Grades? grades;

    private Verdict(string? refusal, long? badEntry, Checkpoint? checkpoint, IReadOnlyList<string> warnings, Grades? grades)
    {
        Refusal = refusal;
        BadEntry = badEntry;
        Checkpoint = checkpoint;
        Warnings = warnings;
        this.grades = grades;
        Members = grades?.Members() ?? [];
    }

    /// <summary>Whether everything holds.</summary>
    public bool Accepted => Refusal is null;

    /// <summary>Why the log is refused, in one sentence that names the file or entry; null when it is accepted.</summary>
    public string? Refusal { get; }

    /// <summary>The leaf index of the first bad entry, where one is known.</summary>
    public long? BadEntry { get; }

    /// <summary>The checkpoint that the log was verified against; null when it is refused.</summary>
    public Checkpoint? Checkpoint { get; }

    /// <summary>What is odd and yet allowed, each in a sentence. After the first thousand they are only counted.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Every membership in the order of the handles; empty when the log is refused.</summary>
    public IReadOnlyList<GradedMember> Members { get; }

    /// <summary>Every event in order, made as it is asked for; empty when the log is refused.</summary>
    public IEnumerable<GradedEvent> Events
    {
        get
        {
            for (long position = 0; position < (Checkpoint?.Size ?? 0); position++)
            {
                yield return EventAt(position);
            }
        }
    }

    /// <summary>One event of an accepted log.</summary>
    /// <param name="position">The leaf index.</param>
    public GradedEvent EventAt(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Checkpoint?.Size ?? 0);
        return grades!.Event(position);
    }

    internal static Verdict Refuse(LogDamagedException damage) => new(damage.Message, damage.Entry, checkpoint: null, [], grades: null);

    internal static Verdict Accept(Checkpoint checkpoint, IReadOnlyList<string> warnings, Grades grades) =>
        new(refusal: null, badEntry: null, checkpoint, warnings, grades);
}
