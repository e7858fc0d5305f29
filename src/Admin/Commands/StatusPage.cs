using System.Globalization;
using System.Text.Json;
using SecureChat.Admin.History;

namespace SecureChat.Admin.Commands;

/// <summary>Everything that the page shows.</summary>
/// <param name="Name">The ledger, as it was named.</param>
/// <param name="ServerName">The relay's name for itself, if it is known.</param>
/// <param name="Read">The ledger; null when it is refused.</param>
/// <param name="Refusal">Why it is refused, or null.</param>
/// <param name="Files">The files of the data folder.</param>
/// <param name="IsDataFolder">Whether it is one.</param>
/// <param name="Backup">The last backup, if one is known.</param>
/// <param name="Warnings">What somebody should look at, each in a sentence.</param>
internal sealed record Status(
    string Name, string? ServerName, Reading? Read, string? Refusal, IReadOnlyList<DataFile> Files, bool IsDataFolder, LastBackup? Backup, IReadOnlyList<string> Warnings);

/// <summary>The page of <c>status</c>.</summary>
internal static class StatusPage
{
    /// <summary>For a person.</summary>
    public static void Write(Terminal terminal, Status status)
    {
        if (status.Read is { } read)
        {
            WriteCircle(terminal, status, read);
        }
        else
        {
            terminal.Headline(status.Refusal!, good: false);
        }

        if (status.IsDataFolder)
        {
            terminal.Line();
            terminal.Table(["file", "bytes", "mode"], [.. status.Files.Select(IReadOnlyList<string> (file) =>
                [file.Name, file.Name == "." ? "" : file.Size.ToString("N0", CultureInfo.InvariantCulture), file.Mode ?? ""])]);
        }

        if (status.Warnings.Count > 0)
        {
            terminal.Line();
            terminal.Lines(status.Warnings.Select(warning => $"Warning: {warning}"));
        }
    }

    private static void WriteCircle(Terminal terminal, Status status, Reading read)
    {
        Chronicle chronicle = read.Chronicle;
        terminal.Headline(read.Remark, good: read.Verdict is not null);
        List<JoinRequest> pending = [.. chronicle.PendingAt(chronicle.Size)];
        terminal.Lines(
        [
            $"Found at  {status.Name}",
            $"Circle    {(status.ServerName is null ? "" : $"{status.ServerName}, ")}{(chronicle.Size == 0 ? "not founded yet" : $"founded {Moment.Text(chronicle.Happenings[0].Time)} UTC")}",
            $"Members   {Members(chronicle)}",
            $"Requests  {(Locked(chronicle) ? "closed" : "open")}, {Words.Count(pending.Count, "pending request", "pending requests")}",
            $"Ledger    {Words.Count(read.Head.Size, "entry", "entries")}{Newest(chronicle)}",
            $"Log       {read.Head.Origin}",
            $"Root      {read.Head.Root.ToBase64()}",
        ]);
        if (status.IsDataFolder)
        {
            terminal.Line(status.Backup is { } backup
                ? $"Backup    {Moment.Text(backup.Time)} UTC, {Words.Count(backup.Size, "entry", "entries")}"
                : "Backup    none");
        }

        if (pending.Count > 0)
        {
            terminal.Line();
            RequestsCommand.Write(terminal, chronicle, pending, chronicle.Size);
        }
    }

    private static string Members(Chronicle chronicle)
    {
        string[] names = [.. chronicle.MembersAt(chronicle.Size).Select(member => Sentences.Name(chronicle, member))];
        return names.Length == 0 ? "nobody" : $"{names.Length}: {Words.List(names)}";
    }

    private static string Newest(Chronicle chronicle) => chronicle.Size == 0 ? "" : $", the newest of {Moment.Text(chronicle.Happenings[^1].Time)} UTC";

    private static bool Locked(Chronicle chronicle) => chronicle.LockAt(chronicle.Size)?.Locked ?? false;

    /// <summary>For a program.</summary>
    public static void WriteJson(Utf8JsonWriter json, Status status)
    {
        json.WriteString("ledger", status.Name);
        json.WriteString("server_name", status.ServerName);
        json.WriteString("refusal", status.Refusal);
        if (status.Read is { } read)
        {
            Chronicle chronicle = read.Chronicle;
            json.WriteBoolean("verified", read.Verdict is not null);
            json.WriteString("origin", read.Head.Origin);
            json.WriteNumber("size", read.Head.Size);
            json.WriteString("root", read.Head.Root.ToBase64());
            json.WriteNumber("cosignatures", read.Note.Signatures.Count - 1);
            json.WriteBoolean("requests_locked", Locked(chronicle));
            json.WriteObjects("members", chronicle.MembersAt(chronicle.Size), member =>
            {
                json.WriteNumber("handle", member.Handle);
                json.WriteString("member_id", member.MemberId);
                json.WriteString("display_name", member.Name);
            });
            RequestsCommand.WriteJson(json, chronicle, [.. chronicle.PendingAt(chronicle.Size)], chronicle.Size);
        }

        if (status.IsDataFolder)
        {
            json.WriteNumberOrNull("last_backup", status.Backup?.Time);
            json.WriteObjects("files", status.Files, file =>
            {
                json.WriteString("name", file.Name);
                json.WriteNumber("bytes", file.Size);
                json.WriteString("mode", file.Mode);
            });
        }

        json.WriteTexts("warnings", status.Warnings);
    }
}
