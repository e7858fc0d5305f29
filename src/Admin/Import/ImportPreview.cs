using System.Globalization;
using System.Text.Json;

namespace SecureChat.Admin.Import;

/// <summary>What an import will do and what it leaves behind, before anybody is asked.</summary>
internal static class ImportPreview
{
    /// <summary>Writes it.</summary>
    public static void Show(Terminal terminal, string folder, OldServer old, ImportPlan plan)
    {
        terminal.Line($"A new ledger is made in {folder}. Members who come over, with their ids, names and keys: {plan.Members.Count}");
        terminal.Table(["entry", "name", "id", "joined", ""], [.. plan.Members.Select(Row)]);
        terminal.Line();
        if (plan.FounderLeft)
        {
            terminal.Line($"The founder of the old server is no member any more, or is not known. Entry 0 goes to the oldest of these: {plan.Members[0].Old.Called}.");
        }

        terminal.Line("The channel general and a channel for each two members are made anew. Each member counts as ASSERTED until that member ratifies the history.");
        if (plan.Refused.Count > 0)
        {
            terminal.Line();
            terminal.Line($"Members who CANNOT come over, and can only ask to join anew: {plan.Refused.Count}");
            terminal.Table(
                ["name", "id", "because"],
                [.. plan.Refused.Select(IReadOnlyList<string> (refused) => [refused.Old.Name ?? $"(row {refused.Old.Row})", refused.Old.Id ?? "", refused.Reason])]);
        }

        ShowLeftBehind(terminal, old);
        terminal.Line();
        terminal.Line(old.ServerName is { Length: > 0 } name
            ? $"The name of the server is a setting: start the relay with SERVER_NAME={name}."
            : "The name of the server is a setting: start the relay with the SERVER_NAME, and at the address, of the old one.");
    }

    /// <summary>The same for programs, when it is done.</summary>
    public static void WriteJson(Utf8JsonWriter json, string folder, OldServer old, ImportPlan plan)
    {
        json.WriteString("folder", folder);
        json.WriteBoolean("founder_left", plan.FounderLeft);
        json.WriteObjects("members", plan.Members.Index(), member =>
        {
            json.WriteNumber("entry", member.Index);
            json.WriteString("member_id", member.Item.Newcomer.Profile!.MemberId);
            json.WriteString("display_name", member.Item.Newcomer.Profile.DisplayName);
            json.WriteNumberOrNull("joined", member.Item.Joined);
        });
        json.WriteObjects("refused", plan.Refused, refused =>
        {
            json.WriteString("member_id", refused.Old.Id);
            json.WriteString("display_name", refused.Old.Name);
            json.WriteString("reason", refused.Reason);
        });
        json.WriteObjects("pending", old.Pending, request =>
        {
            json.WriteString("request_id", request.Id);
            json.WriteString("display_name", request.Name);
        });
        json.WriteObjects("left", old.Left, member =>
        {
            json.WriteString("member_id", member.Id);
            json.WriteString("display_name", member.Name);
        });
        json.WriteNumber("decided", old.Decided);
        json.WriteNumber("addresses", old.Addresses);
        json.WriteBoolean("requests_locked", old.RequestsLocked);
        json.WriteString("server_name", old.ServerName);
    }

    private static void ShowLeftBehind(Terminal terminal, OldServer old)
    {
        if (old.Pending.Count > 0)
        {
            terminal.Line();
            terminal.Line($"Requests that are pending, and the votes on them, do not come over. Who asked has to ask again: {old.Pending.Count}");
            terminal.Table(["name", "request"], [.. old.Pending.Select(IReadOnlyList<string> (request) => [request.Name, request.Id])]);
        }

        string[] rest =
        [
            .. old.RequestsLocked ? ["The lock: join requests are closed on the old server, and will be open here until a member closes them."] : Array.Empty<string>(),
            .. old.Left.Count > 0 ? [$"Members who left: {string.Join(", ", old.Left.Select(member => member.Called))}"] : Array.Empty<string>(),
            .. old.Decided > 0 ? [$"Requests that were decided or expired: {old.Decided}"] : Array.Empty<string>(),
            .. old.Addresses > 0 ? [$"Addresses of people who asked: {old.Addresses}"] : Array.Empty<string>(),
        ];
        if (rest.Length > 0)
        {
            terminal.Line();
            terminal.Line("What else does not come over:");
            Array.ForEach(rest, line => terminal.Line($"- {line}"));
        }
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
}
