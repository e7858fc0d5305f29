using System.CommandLine;
using System.Globalization;
using SecureChat.Admin.History;
using SecureChat.Ledger.Circle;

namespace SecureChat.Admin.Commands;

/// <summary><c>diff FROM TO [PATH]</c>: what was different between two moments.</summary>
internal static class DiffCommand
{
    public static Command Build(Terminal terminal)
    {
        ReadingOptions reading = new();
        Argument<string> from = new("FROM") { Description = $"The earlier moment; of an entry, what was when it stood there. {Moment.Forms}" };
        Argument<string> to = new("TO") { Description = "The later one; now means the newest entry." };
        Command command = new("diff", "Tells what changed in the circle between two moments.") { from, to };
        reading.AddTo(command);
        command.SetAction(line =>
        {
            Reading read = reading.Read(line, terminal);
            long now = terminal.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            long start = Moment.Parse(line.GetRequiredValue(from), now, isEnd: false).SizeIn(read.Chronicle);
            string end = line.GetRequiredValue(to);
            long size = end == "now" ? read.Chronicle.Size : Moment.Parse(end, now, isEnd: true).SizeIn(read.Chronicle);
            if (size < start)
            {
                throw CommandRefusedException.Usage("The later moment comes second.");
            }

            List<Change> changes = [.. Between(read.Chronicle, start, size)];
            if (reading.IsJson(line))
            {
                terminal.Json(json =>
                {
                    json.WriteBoolean("verified", read.Verdict is not null);
                    json.WriteNumber("from", start);
                    json.WriteNumber("to", size);
                    json.WriteObjects("changes", changes, change =>
                    {
                        json.WriteString("change", change.Kind);
                        json.WriteNumber("entry", change.Entry);
                        json.WriteString("member_id", change.MemberId);
                        json.WriteString("sentence", change.Sentence);
                    });
                });
                return ExitCode.Fine;
            }

            foreach (Change change in changes)
            {
                terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{change.Sign} {change.Sentence} (entry {change.Entry})"));
            }

            terminal.Line($"{Words.Count(changes.Count, "change", "changes")} in {Words.Count(size - start, "entry", "entries")}. "
                + $"Members: {read.Chronicle.MembersAt(start).Count()} before, {read.Chronicle.MembersAt(size).Count()} after. {read.Remark}");
            return ExitCode.Fine;
        });
        return command;
    }

    // What is the same at both ends is no change: who came and went between them has left nothing but the history.
    private static IEnumerable<Change> Between(Chronicle chronicle, long start, long size)
    {
        HashSet<string?> before = [.. chronicle.MembersAt(start).Select(Identity)];
        HashSet<string?> after = [.. chronicle.MembersAt(size).Select(Identity)];
        foreach (Membership member in chronicle.MembersAt(size).Where(member => member.Handle >= start))
        {
            yield return before.Contains(Identity(member))
                ? new Change('~', "returned", member.Handle, member.MemberId, $"{Sentences.Name(chronicle, member)} left and came back.")
                : new Change('+', "joined", member.Handle, member.MemberId, SentenceAt(chronicle, member.Handle));
        }

        foreach (Membership member in chronicle.MembersAt(start).Where(member => !member.IsActive(size) && !after.Contains(Identity(member))))
        {
            yield return new Change('-', "left", member.Left!.Value.Entry, member.MemberId, SentenceAt(chronicle, member.Left.Value.Entry));
        }

        foreach (JoinRequest request in chronicle.PendingAt(size).Where(request => request.Entry >= start))
        {
            yield return new Change('+', "asked", request.Entry, request.MemberId, SentenceAt(chronicle, request.Entry));
        }

        foreach (JoinRequest request in chronicle.PendingAt(start).Where(request => !request.IsPending(size) && request.Outcome!.Value.Fate != Fate.Admitted))
        {
            long outcome = request.Outcome!.Value.Entry;
            yield return new Change('-', "denied", outcome, request.MemberId, SentenceAt(chronicle, outcome));
        }

        if (chronicle.LockAt(size) is { } closed && closed.Locked != (chronicle.LockAt(start)?.Locked ?? false))
        {
            yield return new Change('~', "lock", closed.Entry, null, SentenceAt(chronicle, closed.Entry));
        }

        foreach (Happening happening in chronicle.Happenings.Take((int)size).Skip((int)start).Where(one => one.Event is AddendaErased or RollbackAccepted))
        {
            yield return new Change('~', happening.Event is AddendaErased ? "erased" : "rollback", happening.Position, null, Sentences.Of(chronicle, happening));
        }
    }

    private static string SentenceAt(Chronicle chronicle, long entry) => Sentences.Of(chronicle, chronicle.Happenings[(int)entry]);

    private static string Identity(Membership member) => member.MemberId ?? string.Create(CultureInfo.InvariantCulture, $"entry {member.Handle}");

    private sealed record Change(char Sign, string Kind, long Entry, string? MemberId, string Sentence);
}
