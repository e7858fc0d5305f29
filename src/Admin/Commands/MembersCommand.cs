using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SecureChat.Admin.History;

namespace SecureChat.Admin.Commands;

/// <summary><c>members [PATH] [--at MOMENT] [--all]</c>: who was in the circle at any moment.</summary>
internal static class MembersCommand
{
    public static Command Build(Terminal terminal)
    {
        ReadingOptions reading = new();
        Option<string?> at = new("--at") { HelpName = "MOMENT", Description = $"The circle as it was then. {Moment.Forms}" };
        Option<bool> all = new("--all") { Description = "Also who had left by then." };
        Command command = new("members", "Lists the members, now or at any moment.") { at, all };
        reading.AddTo(command);
        command.SetAction(line =>
        {
            Reading read = reading.Read(line, terminal);
            long size = MomentOption.SizeAt(read, line.GetValue(at), terminal);
            List<Membership> members =
            [
                .. line.GetValue(all) ? read.Chronicle.Everybody.Where(member => member.Handle < size) : read.Chronicle.MembersAt(size),
            ];
            if (reading.IsJson(line))
            {
                terminal.Json(json => WriteJson(json, read, members, size));
            }
            else
            {
                terminal.Table(["member", "id", "name", "since (UTC)", "until", "grade"], [.. members.Select(member => Row(read, member, size))]);
                terminal.Line();
                terminal.Line($"{Words.Count(members.Count(member => member.IsActive(size)), "member", "members")} {MomentOption.Text(read, size)}. {read.Remark}");
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static IReadOnlyList<string> Row(Reading read, Membership member, long size) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{member.Handle}"),
        member.MemberId ?? "(erased)",
        member.Name ?? "(erased)",
        Moment.Text(member.Joined),
        member.Left is { } left && left.Entry < size ? string.Create(CultureInfo.InvariantCulture, $"{Moment.Text(left.Time)}, entry {left.Entry}") : "",
        read.Grade(member),
    ];

    private static void WriteJson(Utf8JsonWriter json, Reading read, List<Membership> members, long size)
    {
        json.WriteBoolean("verified", read.Verdict is not null);
        json.WriteNumber("size", size);
        json.WriteObjects("members", members, member =>
        {
            json.WriteNumber("handle", member.Handle);
            json.WriteString("member_id", member.MemberId);
            json.WriteString("display_name", member.Name);
            json.WriteNumber("joined_at", member.Joined);
            json.WriteNumberOrNull("left_at", member.Left is { } left && left.Entry < size ? left.Entry : null);
            json.WriteBoolean("requires_statements", member.RequiresStatements(size));
            json.WriteString("grade", read.Verdict is null ? null : read.Grade(member));
            json.WriteString("reason", read.Graded(member)?.Reason);
        });
    }
}

/// <summary>The option <c>--at</c>: how much of the ledger counts.</summary>
internal static class MomentOption
{
    /// <summary>How many entries count; all of them without the option.</summary>
    public static long SizeAt(Reading read, string? at, Terminal terminal) => at is null
        ? read.Chronicle.Size
        : Moment.Parse(at, terminal.Clock.GetUtcNow().ToUnixTimeMilliseconds(), isEnd: true).SizeIn(read.Chronicle);

    /// <summary>The moment as the end of a sentence.</summary>
    public static string Text(Reading read, long size) =>
        size == read.Chronicle.Size ? "now"
        : size == 0 ? "before the first entry"
        : string.Create(CultureInfo.InvariantCulture, $"after entry {size - 1} of {Moment.Text(read.Chronicle.Happenings[(int)size - 1].Time)} UTC");
}
