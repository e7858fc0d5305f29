using System.Globalization;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.History;

/// <summary>When a ledger is verified before it is told.</summary>
internal enum WhenToVerify
{
    /// <summary>If it is short enough that nobody has to wait for it, and something says whose it is.</summary>
    Auto,

    /// <summary>However long it takes.</summary>
    Always,

    /// <summary>Not at all.</summary>
    Never,
}

/// <summary>A ledger that was read: its story, and what the verifier made of it.</summary>
/// <param name="Chronicle">The story, as far as the head counts.</param>
/// <param name="Head">The newest head.</param>
/// <param name="Note">Its signed note.</param>
/// <param name="Verdict">What the verifier came to; null when it was not asked.</param>
/// <param name="Remark">One sentence for people on whether this was verified.</param>
internal sealed record Reading(Chronicle Chronicle, Checkpoint Head, SignedNote Note, Verdict? Verdict, string Remark)
{
    /// <summary>Up to here verifying takes a blink, signatures included.</summary>
    public const long ShortLedger = 20_000;

    /// <summary>Reads a ledger, and verifies it first if that is wanted.</summary>
    /// <exception cref="LogDamagedException">It is refused, or cannot be read.</exception>
    public static Reading Of(ReadableLog log, WhenToVerify when, Terminal terminal)
    {
        (Checkpoint head, SignedNote note) = log.Head();
        bool isVerified = when == WhenToVerify.Always || (when == WhenToVerify.Auto && log.HasKey && head.Size <= ShortLedger);
        if (!isVerified)
        {
            log.Relay?.ProfilesOnly = true;
            return new Reading(Story(log, head.Size, terminal), head, note, Verdict: null, Unverified(log, when, head.Size));
        }

        // The same head, also where a relay goes on writing in the meantime.
        byte[] bytes = note.Format();
        Verdict verdict = Verification.Run(log.Source with { Checkpoint = () => bytes }, terminal, head.Size);
        return verdict.Accepted
            ? new Reading(Story(log, head.Size, terminal), head, note, verdict, Verified(verdict, head.Size))
            : throw new LogDamagedException($"The ledger is refused. {verdict.Refusal}", verdict.BadEntry);
    }

    /// <summary>What somebody outside has for an event: a grade where it was verified, else whether a statement stands there.</summary>
    public string Grade(in Happening happening) =>
        Verdict is not null ? Name(Verdict.EventAt(happening.Position).Grade)
        : happening.IsSigned ? "signed"
        : "";

    /// <summary>The grade of a membership; nothing where it was not verified, for it rests on everything before.</summary>
    public string Grade(Membership member) => Verdict is null ? "" : Name(Graded(member)!.Grade);

    /// <summary>What the verifier says of a membership; null where it was not asked.</summary>
    public GradedMember? Graded(Membership member) => Verdict?.Members.First(graded => graded.Handle == member.Handle);

    /// <summary>PROVEN or ASSERTED.</summary>
    public static string Name(Grade grade) => grade == Ledger.Verification.Grade.Proven ? "PROVEN" : "ASSERTED";

    private static Chronicle Story(ReadableLog log, long size, Terminal terminal)
    {
        Progress progress = new(terminal, "Reading", size);
        try
        {
            return ChronicleReader.Read(log.Source, size, progress.Report);
        }
        finally
        {
            progress.Finish();
        }
    }

    private static string Verified(Verdict verdict, long size) =>
        size == 0 ? "Verified: it has no entries. If this is a copy that was made while a relay ran, the file with -wal at the end of its name belongs to it."
        : verdict.Warnings.Count == 0 ? string.Create(CultureInfo.InvariantCulture, $"Verified: all of its {size} entries hold.")
        : string.Create(CultureInfo.InvariantCulture, $"Verified: all of its {size} entries hold, with {Words.Count(verdict.Warnings.Count, "warning", "warnings")}; verify names them.");

    private static string Unverified(ReadableLog log, WhenToVerify when, long size) => string.Create(
        CultureInfo.InvariantCulture,
        $"Not verified{(when == WhenToVerify.Never ? "" : log.HasKey ? $": it has {size:N0} entries" : ": nothing says whose ledger this is (--policy FILE)")}. What is shown is what the ledger says of itself.");
}
