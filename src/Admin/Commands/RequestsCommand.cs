using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SecureChat.Admin.History;

namespace SecureChat.Admin.Commands;

/// <summary><c>requests [PATH] [--at MOMENT]</c>: who asked to be let in, and whose vote was missing, at any moment.</summary>
internal static class RequestsCommand
{
    public static Command Build(Terminal terminal)
    {
        ReadingOptions reading = new();
        Option<string?> at = new("--at") { HelpName = "MOMENT", Description = $"As it was then. {Moment.Forms}" };
        Command command = new("requests", "Lists the pending requests and who has not voted, now or at any moment.") { at };
        reading.AddTo(command);
        command.SetAction(line =>
        {
            Reading read = reading.Read(line, terminal);
            long size = MomentOption.SizeAt(read, line.GetValue(at), terminal);
            List<JoinRequest> pending = [.. read.Chronicle.PendingAt(size)];
            if (reading.IsJson(line))
            {
                terminal.Json(json =>
                {
                    json.WriteBoolean("verified", read.Verdict is not null);
                    json.WriteNumber("size", size);
                    WriteJson(json, read.Chronicle, pending, size);
                });
            }
            else
            {
                if (pending.Count > 0)
                {
                    Write(terminal, read.Chronicle, pending, size);
                    terminal.Line();
                }

                terminal.Line($"{Words.Count(pending.Count, "pending request", "pending requests")} {MomentOption.Text(read, size)}. {read.Remark}");
            }

            return ExitCode.Fine;
        });
        return command;
    }

    /// <summary>The requests as a table.</summary>
    public static void Write(Terminal terminal, Chronicle chronicle, IReadOnlyList<JoinRequest> pending, long size)
    {
        long now = terminal.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        bool isPresent = size == chronicle.Size;
        terminal.Table(["entry", "name", "id", "asked (UTC)", "until (UTC)", "approved", "not voted"], [.. pending.Select(Row)]);

        IReadOnlyList<string> Row(JoinRequest request) =>
        [
            request.Entry.ToString(CultureInfo.InvariantCulture),
            request.Name ?? "(erased)",
            request.MemberId ?? "(erased)",
            Moment.Text(request.Time),
            Moment.Text(request.Expires) + (isPresent && request.Expires < now ? " (overdue)" : ""),
            string.Join(", ", request.Approvals(size).Select(vote => Sentences.Name(chronicle, vote.Voter))),
            string.Join(", ", Silent(chronicle, request, size).Select(member => Sentences.Name(chronicle, member))),
        ];
    }

    /// <summary>The requests as an array.</summary>
    public static void WriteJson(Utf8JsonWriter json, Chronicle chronicle, IReadOnlyList<JoinRequest> pending, long size) =>
        json.WriteObjects("requests", pending, request =>
        {
            json.WriteNumber("entry", request.Entry);
            json.WriteString("request_id", request.Id);
            json.WriteString("requester_id", request.MemberId);
            json.WriteString("requester_name", request.Name);
            json.WriteNumber("requested_at", request.Time);
            json.WriteNumber("expires_at", request.Expires);
            json.WriteBoolean("signed", request.IsSigned);
            WriteMembers("approved", request.Approvals(size).Select(vote => vote.Voter));
            WriteMembers("not_voted", Silent(chronicle, request, size));

            void WriteMembers(string name, IEnumerable<Membership> members) => json.WriteObjects(name, members, member =>
            {
                json.WriteNumber("handle", member.Handle);
                json.WriteString("member_id", member.MemberId);
                json.WriteString("display_name", member.Name);
            });
        });

    private static IEnumerable<Membership> Silent(Chronicle chronicle, JoinRequest request, long size)
    {
        HashSet<Membership> voted = [.. request.Votes.Where(vote => vote.Entry < size).Select(vote => vote.Voter)];
        return chronicle.MembersAt(size).Where(member => !voted.Contains(member));
    }
}
