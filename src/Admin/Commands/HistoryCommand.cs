using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SecureChat.Admin.History;

namespace SecureChat.Admin.Commands;

/// <summary><c>history [PATH]</c>: every event as a sentence, with time, entry number and grade.</summary>
internal static class HistoryCommand
{
    private const int ScreenfulsOfEvents = 200;
    private static readonly string[] Formats = ["table", "json", "csv"];

    public static Command Build(Terminal terminal)
    {
        ReadingOptions reading = new();
        Option<string?> since = new("--since") { HelpName = "MOMENT", Description = $"From there on. {Moment.Forms}" };
        Option<string?> until = new("--until") { HelpName = "MOMENT", Description = "Up to there and with it." };
        Option<string?> member = new("--member") { HelpName = "MEMBER", Description = "What somebody did and what was done about it: an id, a name, or the entry that made it a member." };
        Option<string[]> types = new("--type") { HelpName = "EVENT", Description = "Only these events, by their names in the ledger (MemberAdmitted); may be given more than once." };
        Option<string> format = new("--format") { HelpName = "table|json|csv", Description = "How it is written.", DefaultValueFactory = _ => "table" };
        Option<int?> last = new("--last") { HelpName = "N", Description = "Only the newest N of them." };
        Option<int?> limit = new("--limit") { HelpName = "N", Description = "At most N of them, from the oldest on." };
        Option<int> offset = new("--offset") { HelpName = "N", Description = "Leave out the oldest N of them." };
        format.AcceptOnlyFromAmong(Formats);
        types.AcceptOnlyFromAmong(EventFilter.Types);
        Command command = new("history", "Tells everything that happened, a sentence an event.") { since, until, member, types, format, last, limit, offset };
        reading.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(last) < 0 || result.GetValue(limit) < 0 || result.GetValue(offset) < 0)
            {
                result.AddError("Numbers of events are not negative.");
            }
        });
        command.SetAction(line =>
        {
            Reading read = reading.Read(line, terminal);
            EventFilter filter = EventFilter.Of(
                read.Chronicle, terminal.Clock, line.GetValue(since), line.GetValue(until), line.GetValue(member), line.GetValue(types) ?? []);
            List<Happening> found = [.. filter.Apply(read.Chronicle).Skip(line.GetValue(offset)).Take(line.GetValue(limit) ?? int.MaxValue)];
            string form = reading.IsJson(line) ? "json" : line.GetRequiredValue(format);
            bool isCut = line.GetValue(last) is null && line.GetValue(limit) is null && terminal.IsTerminal && form == "table" && found.Count > ScreenfulsOfEvents;
            int kept = isCut ? ScreenfulsOfEvents : line.GetValue(last) ?? int.MaxValue;
            Write(terminal, read, [.. found.TakeLast(kept)], form);
            if (isCut)
            {
                terminal.Line($"These are the newest {kept} of {found.Count}. Others: --last N, --offset N --limit N, or everything into a pager: history | less");
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static void Write(Terminal terminal, Reading read, List<Happening> events, string format)
    {
        switch (format)
        {
            case "json":
                terminal.Json(json => WriteJson(json, read, events));
                break;
            case "csv":
                terminal.Lines(events
                    .Select(IReadOnlyList<string> (happening) => [Number(happening), Iso(happening.Time), Type(happening), read.Grade(happening), Sentences.Of(read.Chronicle, happening)])
                    .Prepend(["entry", "time", "event", "grade", "sentence"])
                    .Select(Csv.Line));
                break;
            default:
                terminal.Table(
                    ["entry", "time (UTC)", "grade", "what happened"],
                    [.. events.Select(IReadOnlyList<string> (happening) => [Number(happening), Moment.Text(happening.Time), read.Grade(happening), Sentences.Of(read.Chronicle, happening)])]);
                terminal.Line();
                terminal.Line(read.Remark);
                break;
        }
    }

    private static void WriteJson(Utf8JsonWriter json, Reading read, List<Happening> events)
    {
        json.WriteBoolean("verified", read.Verdict is not null);
        json.WriteNumber("size", read.Chronicle.Size);
        json.WriteObjects("events", events, happening =>
        {
            json.WriteNumber("entry", happening.Position);
            json.WriteNumber("time", happening.Time);
            json.WriteString("event", Type(happening));
            json.WriteString("sentence", Sentences.Of(read.Chronicle, happening));
            json.WriteBoolean("signed", happening.IsSigned);
            json.WriteString("grade", read.Verdict is null ? null : read.Grade(happening));
            json.WriteString("reason", read.Verdict?.EventAt(happening.Position).Reason);
        });
    }

    private static string Number(in Happening happening) => happening.Position.ToString(CultureInfo.InvariantCulture);

    private static string Type(in Happening happening) => happening.Event.GetType().Name;

    private static string Iso(long time) => Moment.Text(time) is var text && text.EndsWith("ms", StringComparison.Ordinal) ? text : text.Replace(' ', 'T') + "Z";
}
