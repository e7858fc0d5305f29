using System.Globalization;

namespace SecureChat.Admin.Import;

/// <summary>What an import will do and what it leaves behind, before anybody is asked.</summary>
internal static class ImportPreview
{
    /// <summary>Writes it.</summary>
    public static void Show(Terminal terminal, string folder, OldServer old, ImportPlan plan)
    {
        terminal.Line($"A new ledger is made in {folder} with {Count(plan.Members.Count, "member")}, who keep their ids, names and keys:");
        terminal.Table(["entry", "name", "id", "joined", ""], [.. plan.Members.Select(Row)]);
        terminal.Line();
        if (plan.FounderLeft)
        {
            terminal.Line($"The founder of the old server is no member any more, or is not known: {plan.Members[0].Old.Called}, the oldest member, takes entry 0.");
        }

        terminal.Line("The channel general and a channel for each two members are made anew. What was joined before is ASSERTED until a member ratifies it.");
        ShowLeftBehind(terminal, old, plan);
        terminal.Line();
        terminal.Line(old.ServerName is { Length: > 0 } name
            ? $"The name of the server is a setting: start the relay with SERVER_NAME={name}."
            : "The name of the server is a setting: start the relay with the SERVER_NAME, and at the address, of the old one.");
    }

    private static void ShowLeftBehind(Terminal terminal, OldServer old, ImportPlan plan)
    {
        if (plan.Refused.Count > 0)
        {
            terminal.Line();
            terminal.Line($"{Count(plan.Refused.Count, "member")} cannot be carried over. Without them the circle goes on; they can ask to join again:");
            terminal.Table(
                ["name", "id", "because"],
                [.. plan.Refused.Select(IReadOnlyList<string> (refused) => [refused.Old.Name ?? $"(row {refused.Old.Row})", refused.Old.Id ?? "", refused.Reason])]);
        }

        if (old.Pending.Count > 0)
        {
            terminal.Line();
            terminal.Line($"{Count(old.Pending.Count, "pending request")} and the votes on them are not carried over. Who asked has to ask again:");
            terminal.Table(["name", "request"], [.. old.Pending.Select(IReadOnlyList<string> (request) => [request.Name, request.Id])]);
        }

        terminal.Line();
        terminal.Line("Nothing else is carried over:");
        terminal.Line($"- {Count(old.Left.Count, "member")} who left{Names(old.Left)}");
        terminal.Line($"- {Count(old.Decided, "request")} that were decided or expired, and {Count(old.Addresses, "address", "addresses")}");
        terminal.Line(old.RequestsLocked
            ? "- the lock: join requests are closed on the old server and will be open here, until a member closes them"
            : "- the lock, which is open");
    }

    private static IReadOnlyList<string> Row(ImportedMember member, int position) =>
    [
        $"{position}",
        member.Newcomer.Profile!.DisplayName,
        member.Newcomer.Profile.MemberId,
        member.Joined is { } joined
            ? DateTimeOffset.FromUnixTimeMilliseconds(joined).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : "not known",
        member.Newcomer.Keys!.Curve25519.Length == 0 ? "no Curve25519 key" : "",
    ];

    private static string Names(IReadOnlyList<OldMember> members) =>
        members.Count == 0 ? "" : $": {string.Join(", ", members.Select(member => member.Called))}";

    private static string Count(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? $"{one}s")}");
}
