using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SecureChat.Admin.History;

namespace SecureChat.Admin.Commands;

/// <summary>
/// <c>who-admitted MEMBER [PATH]</c>: whose consent let somebody in, and whose consent let those in, back to the founder. As a tree
/// that begins with the member; whoever stands in it already is not unfolded again.
/// </summary>
internal static class WhoAdmittedCommand
{
    public static Command Build(Terminal terminal)
    {
        ReadingOptions reading = new();
        Argument<string> member = new("MEMBER") { Description = "An id, a name, or the entry that made it a member." };
        Command command = new("who-admitted", "Shows whose consent let a member in, back to the founder.") { member };
        reading.AddTo(command);
        command.SetAction(line =>
        {
            Reading read = reading.Read(line, terminal);
            Membership asked = PersonSearch.Member(read.Chronicle, line.GetRequiredValue(member));
            if (reading.IsJson(line))
            {
                terminal.Json(json => WriteJson(json, read, asked));
            }
            else
            {
                terminal.Lines(Tree(read, asked));
                terminal.Line();
                terminal.Line(read.Remark);
            }

            return ExitCode.Fine;
        });
        return command;
    }

    private static List<string> Tree(Reading read, Membership root)
    {
        HashSet<Membership> shown = [];
        List<string> lines = [];
        Add(root, vote: null, lead: "", isLast: true);
        return lines;

        void Add(Membership member, Vote? vote, string lead, bool isLast)
        {
            bool isNew = shown.Add(member);
            string branch = vote is null ? "" : isLast ? "└─ " : "├─ ";
            lines.Add($"{lead}{branch}{Describe(read, member, vote, isNew)}");
            if (!isNew)
            {
                return;
            }

            Vote[] consent = [.. Consent(member)];
            string below = vote is null ? "" : lead + (isLast ? "   " : "│  ");
            for (int index = 0; index < consent.Length; index++)
            {
                Add(consent[index].Voter, consent[index], below, index == consent.Length - 1);
            }
        }
    }

    private static string Describe(Reading read, Membership member, Vote? vote, bool isNew)
    {
        string name = Sentences.Name(read.Chronicle, member);
        string grade = read.Grade(member) is { Length: > 0 } known ? $", {known}" : "";
        string came = member.Handle == 0 ? "the founder"
            : member.Request is null ? string.Create(CultureInfo.InvariantCulture, $"imported by the operator at entry {member.Handle}")
            : string.Create(CultureInfo.InvariantCulture, $"admitted {Moment.Text(member.Joined)} at entry {member.Handle}");
        string membership = isNew ? $"{name}, {came}{grade}" : $"{name}, see above";
        return vote is { } cast
            ? string.Create(CultureInfo.InvariantCulture, $"approved by {membership} [vote: entry {cast.Entry}, {Grade(read, cast)}]")
            : membership;
    }

    private static string Grade(Reading read, Vote vote) =>
        read.Grade(read.Chronicle.Happenings[(int)vote.Entry]) is { Length: > 0 } grade ? grade : "unsigned";

    // At the moment of admission; whoever had left by then has not been asked.
    private static IEnumerable<Vote> Consent(Membership member) => member.Request?.Approvals(member.Handle) ?? [];

    private static void WriteJson(Utf8JsonWriter json, Reading read, Membership root)
    {
        List<Membership> chain = [root];
        for (int index = 0; index < chain.Count; index++)
        {
            chain.AddRange(Consent(chain[index]).Select(vote => vote.Voter).Where(voter => !chain.Contains(voter)));
        }

        json.WriteBoolean("verified", read.Verdict is not null);
        json.WriteNumber("member", root.Handle);
        json.WriteObjects("chain", chain, member =>
        {
            json.WriteNumber("handle", member.Handle);
            json.WriteString("member_id", member.MemberId);
            json.WriteString("display_name", member.Name);
            json.WriteNumber("joined_at", member.Joined);
            json.WriteString("grade", read.Verdict is null ? null : read.Grade(member));
            json.WriteString("reason", read.Graded(member)?.Reason);
            json.WriteObjects("approved_by", Consent(member), vote =>
            {
                json.WriteNumber("handle", vote.Voter.Handle);
                json.WriteNumber("vote", vote.Entry);
                json.WriteBoolean("signed", vote.IsSigned);
                json.WriteString("grade", read.Verdict is null ? null : Grade(read, vote));
            });
        });
    }
}
