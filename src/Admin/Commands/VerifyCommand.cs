using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Commands;

/// <summary><c>verify PATH [--policy FILE] [--json]</c>: whether the ledger holds, and what of it is PROVEN.</summary>
internal static class VerifyCommand
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Build(Terminal terminal)
    {
        Argument<string> path = new("PATH") { Description = "A data folder, a ledger.db or a copy of one, or an exported folder." };
        Option<string?> policy = new("--policy")
        {
            HelpName = "FILE",
            Description = "Whose ledger it must be, as a tlog-policy: without it, the key that lies beside the ledger.",
        };
        Option<bool> json = new("--json") { Description = "For programs." };
        Command command = new("verify", "Verifies a ledger from its first entry to its newest checkpoint. Reads only, also while the relay runs.")
        {
            path, policy, json,
        };
        command.SetAction(line =>
        {
            LogPlace place = LogPlace.Find(line.GetRequiredValue(path));
            WitnessPolicy? wanted = LogPlace.Policy(line.GetValue(policy));
            Verdict verdict = Verification.Run(place, wanted, terminal);
            if (line.GetValue(json))
            {
                WriteJson(terminal, verdict);
            }
            else
            {
                Write(terminal, verdict, wanted is not null);
            }

            return verdict.Accepted ? ExitCode.Fine : ExitCode.Wrong;
        });
        return command;
    }

    private static void Write(Terminal terminal, Verdict verdict, bool hasPolicy)
    {
        if (verdict.Checkpoint is not { } checkpoint)
        {
            terminal.Headline($"The ledger is refused. {verdict.Refusal}", good: false);
            return;
        }

        terminal.Headline($"The ledger holds: all of its {checkpoint.Size} entries are those of its checkpoint, and follow its rules.", good: true);
        terminal.Line($"Log   {checkpoint.Origin}");
        terminal.Line($"Root  {checkpoint.Root.ToBase64()}");
        terminal.Line(hasPolicy
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
        member.LeftAt is { } left ? $"entry {left}" : "now", Name(member.Grade), member.Reason,
    ];

    private static string Name(Grade grade) => grade == Grade.Proven ? "PROVEN" : "ASSERTED";

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

    private static void WriteJson(Terminal terminal, Verdict verdict)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteBoolean("holds", verdict.Accepted);
            if (verdict.Checkpoint is { } checkpoint)
            {
                WriteAccepted(json, verdict, checkpoint);
            }
            else
            {
                json.WriteString("refusal", verdict.Refusal);
                WriteNumber(json, "entry", verdict.BadEntry);
            }

            json.WriteEndObject();
        }

        terminal.Output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static void WriteAccepted(Utf8JsonWriter json, Verdict verdict, Checkpoint checkpoint)
    {
        json.WriteString("origin", checkpoint.Origin);
        json.WriteNumber("size", checkpoint.Size);
        json.WriteString("root", checkpoint.Root.ToBase64());
        json.WriteStartArray("members");
        foreach (GradedMember member in verdict.Members)
        {
            json.WriteStartObject();
            json.WriteNumber("handle", member.Handle);
            json.WriteString("member_id", member.MemberId);
            json.WriteString("display_name", member.DisplayName);
            WriteNumber(json, "left_at", member.LeftAt);
            json.WriteString("grade", Name(member.Grade));
            json.WriteString("reason", member.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("events");
        foreach ((string kind, long proven, long asserted) in Summary(verdict))
        {
            json.WriteStartObject(kind);
            json.WriteNumber("proven", proven);
            json.WriteNumber("asserted", asserted);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartArray("warnings");
        foreach (string warning in verdict.Warnings)
        {
            json.WriteStringValue(warning);
        }

        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
