using System.CommandLine;
using System.Text;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Admin.Commands;

/// <summary>
/// <c>restore FILE FOLDER [--key FILE]</c>: a backup becomes the ledger of a data folder that has none, with its key. Verified
/// before anything is in its place.
/// </summary>
internal static class RestoreCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string> file = new("FILE") { Description = "A backup, or a copy of a ledger.db." };
        Argument<string> folder = new("FOLDER") { Description = "The data folder, without a ledger.db in it; it need not be there." };
        Option<string?> key = new("--key") { HelpName = "FILE", Description = "The ledger's key, when it is neither FILE.key nor in the folder." };
        Option<bool> json = ForPrograms.Option();
        Command command = new("restore", "Puts a backup into a data folder that has no ledger, and verifies it before.") { file, folder, key, json };
        command.SetAction(line => Restore(
            terminal, Path.GetFullPath(line.GetRequiredValue(file)), line.GetRequiredValue(folder), line.GetValue(key), line.GetValue(json)));
        return command;
    }

    private static int Restore(Terminal terminal, string file, string folder, string? keyFile, bool isJson)
    {
        UnfinishedFolder.RequireNoLedger(folder);
        if (!File.Exists(file))
        {
            throw CommandRefusedException.Unreadable($"There is no file {file}, or it may not be read.");
        }

        LedgerFile.At(file).Look();
        SigningKey key = FindKey(file, folder, keyFile);
        Checkpoint? seen = SeenCheckpoint.Read(folder, key.VerifierKey)?.Checkpoint;
        using UnfinishedFolder unfinished = UnfinishedFolder.In(folder);
        string copy = Path.Combine(unfinished.Path, LedgerFile.FileName);
        LedgerCopy.Make(file, copy);
        Checkpoint restored = LedgerCopy.Verify(copy, key.VerifierKey, [], terminal);
        bool isLost = seen is not null && IsAnother(copy, restored, seen);
        if (!File.Exists(Path.Combine(folder, LogKey.FileName)))
        {
            LogKey.Write(Path.Combine(unfinished.Path, LogKey.FileName), key);
            unfinished.Place(LogKey.FileName);
        }

        unfinished.Place(LedgerFile.FileName);
        if (isJson)
        {
            terminal.Json(json =>
            {
                json.WriteString("folder", folder);
                json.WriteNumber("size", restored.Size);
                json.WriteString("root", restored.Root.ToBase64());
                json.WriteBoolean("older_than_shown", isLost);
            });
            return ExitCode.Fine;
        }

        terminal.Headline($"Restored and verified: {restored.Size} entries in {folder}.", good: true);
        SayWhatIsNext(terminal, folder, restored, isLost ? seen : null);
        return ExitCode.Fine;
    }

    private static SigningKey FindKey(string file, string folder, string? keyFile)
    {
        string inFolder = Path.Combine(folder, LogKey.FileName);
        string beside = Path.Combine(Path.GetDirectoryName(file)!, LogKey.FileName);
        string found = keyFile
            ?? new[] { file + BackupCommand.KeySuffix, inFolder, beside }.FirstOrDefault(File.Exists)
            ?? throw CommandRefusedException.Usage(
                $"There is neither {file}{BackupCommand.KeySuffix} nor a {LogKey.FileName}: name the ledger's key with --key FILE. Without it, no relay can go on from "
                + "this ledger; to read it, use verify, history or export with --policy.");
        SigningKey key = Parse(found);
        return !File.Exists(inFolder) || Parse(inFolder).VerifierKey.Equals(key.VerifierKey)
            ? key
            : throw CommandRefusedException.Usage($"{inFolder} is the key of another ledger than {found}: move it away, or name another folder.");
    }

    private static SigningKey Parse(string path) => LogKey.Parse(Encoding.UTF8.GetString(LogPlace.Read(path)))
        ?? throw CommandRefusedException.Unreadable($"{path} is no signing key of a log.");

    // Whether the relay has shown a head that this ledger does not contain.
    private static bool IsAnother(string copy, Checkpoint restored, Checkpoint seen)
    {
        using LedgerView view = new(LedgerFile.At(copy));
        return seen.Size > restored.Size || view.RootAt(seen.Size) != seen.Root;
    }

    private static void SayWhatIsNext(Terminal terminal, string folder, Checkpoint restored, Checkpoint? lost)
    {
        if (lost is not null)
        {
            terminal.Line($"The relay will not start on it: it has shown its members a ledger of {lost.Size} entries, and this one of {restored.Size} is older, or another one.");
            terminal.Line($"If there is a newer backup, delete {Path.Combine(folder, LedgerFile.FileName)} and restore that one. If not: securechat-admin accept-rollback {folder}");
        }
        else
        {
            terminal.Line($"Start the relay with DATA_DIR={folder}. If it has written anything after this backup was made, that is lost, and members and witnesses who saw it will notice.");
        }
    }
}
