using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SecureChat.Admin.History;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Commands;

/// <summary>
/// <c>verify [PATH] [--against CHECKPOINT] [--policy FILE]</c>: whether the ledger holds, what of it is PROVEN, and whether the tables
/// beside it are its own.
/// </summary>
internal static class VerifyCommand
{
    private const long ShortestForRate = 1_000;

    public static Command Build(Terminal terminal)
    {
        ReadingOptions reading = new();
        Option<string[]> against = new("--against")
        {
            HelpName = "CHECKPOINT",
            Description = "A head that somebody was shown or saved earlier, in a file: the ledger must begin with it. May be given more than once.",
        };
        Command command = new("verify", "Verifies a ledger from its first entry to its newest checkpoint. Reads only, also while the relay runs.") { against };
        reading.AddTo(command, verifies: false);
        command.SetAction(line =>
        {
            LogArgument ledger = reading.Ledger(line);
            byte[][] shown = [.. (line.GetValue(against) ?? []).Select(Shown)];
            long started = terminal.Clock.GetTimestamp();
            (Verdict verdict, string? folder) = ReadableLog.Read(ledger, log => (Run(log, shown, terminal), log.DataFolder));
            TimeSpan elapsed = terminal.Clock.GetElapsedTime(started);
            TablesCheck? tables = verdict.Checkpoint is { } head && folder is not null ? TablesCheck.Of(folder, head.Size, terminal) : null;
            if (reading.IsJson(line))
            {
                terminal.Json(json => WriteJson(json, verdict, tables));
            }
            else
            {
                Write(terminal, verdict, ledger, elapsed);
                tables?.Write(terminal, verdict.Checkpoint!.Size);
            }

            return verdict.Accepted && tables is not { Differences.Count: > 0 } ? ExitCode.Fine : ExitCode.Wrong;
        });
        return command;
    }

    private static byte[] Shown(string file)
    {
        byte[] note = LogPlace.Read(file);
        return SignedNote.Parse(note).TryGet(out SignedNote? _, out string? reason)
            ? note
            : throw CommandRefusedException.Usage($"{file} is no checkpoint: {reason}.");
    }

    private static Verdict Run(ReadableLog log, byte[][] shown, Terminal terminal)
    {
        long? size = null;
        try
        {
            size = log.Head().Checkpoint.Size;
        }
        catch (LogDamagedException)
        {
            // The verdict will say so.
        }

        return Verification.Run(log.Source with { KnownHeads = [.. log.Source.KnownHeads, .. shown] }, terminal, size, givesWay: log.IsInUse);
    }

    private static void Write(Terminal terminal, Verdict verdict, LogArgument ledger, TimeSpan elapsed)
    {
        if (verdict.Checkpoint is not { } checkpoint)
        {
            terminal.Headline($"The ledger is refused. {verdict.Refusal}", good: false);
            return;
        }

        terminal.Headline($"The ledger holds: all of its {checkpoint.Size} entries are those of its checkpoint, and follow its rules.", good: true);
        if (checkpoint.Size == 0)
        {
            terminal.Line("Warning: it has no entries. If this is a copy that was made while a relay ran, the file with -wal at the end of its name belongs to it.");
        }

        terminal.Line($"Log   {checkpoint.Origin}");
        terminal.Line($"Root  {checkpoint.Root.ToBase64()}");
        if (elapsed > TimeSpan.Zero)
        {
            // Of a short ledger it would tell how fast the program starts.
            string rate = checkpoint.Size < ShortestForRate ? "" : string.Create(CultureInfo.InvariantCulture, $", {checkpoint.Size / elapsed.TotalSeconds:N0} entries per second");
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"Took  {elapsed.TotalSeconds:0.00} s{rate}"));
        }

        terminal.Line(ledger.Policy is not null
            ? "The checkpoint is signed as the policy demands."
            : "The checkpoint was checked with the key that lies beside the ledger, so that the ledger agrees with itself. Use --policy with a key that you have from elsewhere.");
        terminal.Line();
        terminal.Table(
            ["member", "id", "name", "until", "grade", "because"],
            [.. verdict.Members.Select(Row)]);
        terminal.Line();
        terminal.Table(
            ["event", "proven", "asserted"],
            [.. Summary(verdict).Select(IReadOnlyList<string> (kind) => [kind.Event, $"{kind.Proven}", $"{kind.Asserted}"])]);
        foreach (string warning in verdict.Warnings)
        {
            terminal.Line($"Warning: {warning}");
        }
    }

    private static IReadOnlyList<string> Row(GradedMember member) =>
    [
        $"{member.Handle}", member.MemberId ?? "(erased)", member.DisplayName ?? "(erased)",
        member.LeftAt is { } left ? $"entry {left}" : "now", Reading.Name(member.Grade), member.Reason,
    ];

    private static IEnumerable<(string Event, long Proven, long Asserted)> Summary(Verdict verdict)
    {
        SortedDictionary<string, (long Proven, long Asserted)> kinds = new(StringComparer.Ordinal);
        foreach (GradedEvent graded in verdict.Events)
        {
            (long proven, long asserted) = kinds.GetValueOrDefault(graded.Event);
            kinds[graded.Event] = graded.Grade == Grade.Proven ? (proven + 1, asserted) : (proven, asserted + 1);
        }

        return kinds.Select(kind => (kind.Key, kind.Value.Proven, kind.Value.Asserted));
    }

    private static void WriteJson(Utf8JsonWriter json, Verdict verdict, TablesCheck? tables)
    {
        json.WriteBoolean("holds", verdict.Accepted);
        if (verdict.Checkpoint is not { } checkpoint)
        {
            json.WriteString("refusal", verdict.Refusal);
            json.WriteNumberOrNull("entry", verdict.BadEntry);
            return;
        }

        json.WriteString("origin", checkpoint.Origin);
        json.WriteNumber("size", checkpoint.Size);
        json.WriteString("root", checkpoint.Root.ToBase64());
        json.WriteObjects("members", verdict.Members, member =>
        {
            json.WriteNumber("handle", member.Handle);
            json.WriteString("member_id", member.MemberId);
            json.WriteString("display_name", member.DisplayName);
            json.WriteNumberOrNull("left_at", member.LeftAt);
            json.WriteString("grade", Reading.Name(member.Grade));
            json.WriteString("reason", member.Reason);
        });
        json.WriteStartObject("events");
        foreach ((string kind, long proven, long asserted) in Summary(verdict))
        {
            json.WriteStartObject(kind);
            json.WriteNumber("proven", proven);
            json.WriteNumber("asserted", asserted);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteTexts("warnings", verdict.Warnings);
        tables?.WriteJson(json);
    }
}
