using System.CommandLine;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SecureChat.Admin.History;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Verification;
using SecureChat.Projections;

namespace SecureChat.Admin.Commands;

/// <summary><c>status [PATH]</c>: how the circle and its files are, on one page.</summary>
internal static class StatusCommand
{
    private const long ForgottenBackup = 7 * 24 * 60 * 60 * 1000L;

    public static Command Build(Terminal terminal)
    {
        ReadingOptions reading = new();
        Command command = new("status", "Shows on one page how the circle, its ledger and its files are.");
        reading.AddTo(command);
        command.SetAction(line =>
        {
            Status status = ReadableLog.Read(reading.Ledger(line), log => Look(log, reading.When(line), terminal));
            if (reading.IsJson(line))
            {
                terminal.Json(json => StatusPage.WriteJson(json, status));
            }
            else
            {
                StatusPage.Write(terminal, status);
            }

            return status.Refusal is null ? ExitCode.Fine : ExitCode.Wrong;
        });
        return command;
    }

    private static Status Look(ReadableLog log, WhenToVerify when, Terminal terminal)
    {
        IReadOnlyList<DataFile> files = log.DataFolder is { } folder ? DataFolderFiles.List(folder) : [];
        LastBackup? backup = log.DataFolder is null ? null : DataFolderFiles.LastBackup(log.DataFolder);
        List<string> warnings = log.DataFolder is null ? [] : [.. DataFolderFiles.Warnings(log.DataFolder, files)];
        string? name = ServerName(log);
        try
        {
            Reading read = Reading.Of(log, when, terminal);
            warnings.AddRange(Warnings(log, read, backup, terminal.Clock.GetUtcNow().ToUnixTimeMilliseconds()));
            return new Status(log.Name, name, read, Refusal: null, files, log.DataFolder is not null, backup, warnings);
        }
        catch (LogDamagedException damaged)
        {
            return new Status(log.Name, name, Read: null, damaged.Message, files, log.DataFolder is not null, backup, warnings);
        }
    }

    private static IEnumerable<string> Warnings(ReadableLog log, Reading read, LastBackup? backup, long now)
    {
        if (read.Note.Signatures.Count == 1)
        {
            yield return "No witness has cosigned the newest checkpoint: that everybody is shown the same ledger is the operator's word.";
        }

        if (log.DataFolder is { } folder)
        {
            if (Tables(folder, read) is { } tables)
            {
                yield return tables;
            }

            if (backup is null)
            {
                yield return "No backup is known of.";
            }
            else if (backup.Size < read.Head.Size && now - backup.Time > ForgottenBackup)
            {
                yield return $"The last backup is older than a week, and {Words.Count(read.Head.Size - backup.Size, "entry is", "entries are")} not in it.";
            }
        }

        foreach (string warning in read.Verdict?.Warnings ?? [])
        {
            yield return warning;
        }
    }

    // Where they end and on which entry: row by row is for verify.
    private static string? Tables(string folder, Reading read)
    {
        DatabaseFile file = TableComparison.FileIn(folder);
        if (!File.Exists(file.Path))
        {
            return "There is no securechat.db: the next start of the relay makes it of the ledger.";
        }

        try
        {
            long position = UntouchedDatabase.Read(sharesIndex =>
            {
                using UntouchedDatabase tables = UntouchedDatabase.Open(file, sharesIndex);
                return TableComparison.Checkpoint(tables.File).Position;
            });
            return position < read.Head.Size
                ? $"The tables in securechat.db are {Words.Count(read.Head.Size - position, "entry", "entries")} behind the ledger; the relay catches up by itself."
                : null;
        }
        catch (Exception unreadable) when (unreadable is SqliteException or DataFolderException)
        {
            return $"securechat.db cannot be read ({unreadable.Message.TrimEnd('.')}).";
        }
    }

    // Not in the ledger: it is a setting of the relay.
    private static string? ServerName(ReadableLog log)
    {
        if (log.Relay?.Status() is not { } body)
        {
            return log.DataFolder is null ? null : Environment.GetEnvironmentVariable("SERVER_NAME");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetString(body));
            return document.RootElement.TryGetProperty("server_name", out JsonElement name) ? name.GetString() : null;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
