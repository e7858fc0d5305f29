using System.CommandLine;
using System.Text.Json;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Admin.Commands;

/// <summary>
/// <c>backup FILE [FOLDER] [--without-key] [--replace]</c>: the ledger in one file, consistent and verified, while the relay runs.
/// Its key goes into a file of its own beside it: without the key no relay can go on from the ledger, and whoever is only to
/// read the ledger must not have it.
/// </summary>
internal static class BackupCommand
{
    /// <summary>What stands behind the name of a backup in that of its key.</summary>
    public const string KeySuffix = ".key";

    private const string RecordName = "last-backup.json";

    public static Command Build(Terminal terminal)
    {
        Argument<string> file = new("FILE") { Description = "Where to write the copy; its key goes to FILE.key." };
        Argument<string> folder = FolderArgument.Make(", which may run");
        Option<bool> withoutKey = new("--without-key") { Description = "The ledger alone, when its key is kept elsewhere." };
        Option<bool> replace = new("--replace") { Description = "Put it in the place of an older backup, at the end and in one step." };
        Option<bool> json = ForPrograms.Option();
        Command command = new("backup", "Copies the ledger while the relay runs, and verifies the copy.") { file, folder, withoutKey, replace, json };
        command.SetAction(line => Backup(
            terminal, LogPlace.DataFolder(line.GetRequiredValue(folder)), Path.GetFullPath(line.GetRequiredValue(file)),
            line.GetValue(withoutKey), line.GetValue(replace), line.GetValue(json)));
        return command;
    }

    private static int Backup(Terminal terminal, string folder, string file, bool withoutKey, bool replace, bool isJson)
    {
        Require(folder, file, replace);
        SigningKey key = LogKey.Read(folder)
            ?? throw CommandRefusedException.Usage($"There is no {LogKey.FileName} in {folder}, and without it nobody can say whether the copy is right.");

        // Before the copy, which must not be behind it.
        byte[][] seen = SeenCheckpoint.Read(folder, key.VerifierKey) is { } head ? [head.Note.Format()] : [];
        string unfinished = $"{file}.unfinished";
        File.Delete(unfinished);
        try
        {
            LedgerCopy.Make(Path.Combine(folder, LedgerFile.FileName), unfinished);
            Checkpoint checkpoint = LedgerCopy.Verify(unfinished, key.VerifierKey, seen, terminal);
            if (!withoutKey)
            {
                KeepKey(key, file + KeySuffix);
            }

            File.Move(unfinished, file, overwrite: replace);
            string? warning = TryRecord(terminal, folder, checkpoint);
            if (isJson)
            {
                terminal.Json(json =>
                {
                    json.WriteString("file", file);
                    json.WriteString("key", withoutKey ? null : file + KeySuffix);
                    json.WriteNumber("size", checkpoint.Size);
                    json.WriteString("root", checkpoint.Root.ToBase64());
                    json.WriteTexts("warnings", warning is null ? [] : [warning]);
                });
                return ExitCode.Fine;
            }

            Say(terminal, file, checkpoint, withoutKey, warning);
            return ExitCode.Fine;
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static void Require(string folder, string file, bool replace)
    {
        if (Directory.Exists(file) || (File.Exists(file) && !replace))
        {
            throw CommandRefusedException.Usage($"{file} is there already: name another file, or replace an older backup with --replace.");
        }

        if (Path.GetDirectoryName(file) == Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar))
        {
            throw CommandRefusedException.Usage($"{file} lies in the data folder, and would be lost with it: name a place elsewhere.");
        }

        if (File.Exists(file))
        {
            // A file that is no ledger is not replaced by one.
            LedgerFile.At(file).Look();
        }
    }

    private static void KeepKey(SigningKey key, string path)
    {
        if (!File.Exists(path))
        {
            LogKey.Write(path, key);
        }
        else if (File.ReadAllText(path) != key.FormatSecret() + "\n")
        {
            throw CommandRefusedException.Usage($"{path} is there already and holds something else: name another file.");
        }
    }

    private static void Say(Terminal terminal, string file, Checkpoint checkpoint, bool withoutKey, string? warning)
    {
        terminal.Headline($"Backed up and verified: {checkpoint.Size} entries in {file}.", good: true);
        terminal.Line(withoutKey
            ? $"The key is not with it: keep {LogKey.FileName} elsewhere, for without it no relay can go on from this copy."
            : $"The key, a secret, is in {file}{KeySuffix}. It never changes; auditors do not get it.");
        if (warning is not null)
        {
            terminal.Line($"Warning: {warning}");
        }
    }

    private static string? TryRecord(Terminal terminal, string folder, Checkpoint checkpoint)
    {
        try
        {
            Record(terminal, folder, checkpoint);
            return null;
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return $"{RecordName} could not be written into {folder}, so that status does not know of this backup.";
        }
    }

    // What "securechat-admin status" says of the last backup.
    private static void Record(Terminal terminal, string folder, Checkpoint checkpoint)
    {
        string path = Path.Combine(folder, RecordName);
        string unfinished = path + ".new";
        File.Delete(unfinished);
        using (FileStream file = OwnerOnly.CreateFile(unfinished))
        using (Utf8JsonWriter json = new(file))
        {
            json.WriteStartObject();
            json.WriteNumber("time", terminal.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            json.WriteNumber("size", checkpoint.Size);
            json.WriteString("root", checkpoint.Root.ToBase64());
            json.WriteEndObject();
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
