using System.CommandLine;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Commands;

/// <summary>
/// <c>export PATH FOLDER</c>: the ledger as static files, in the bytes in which the relay serves them, for any reader of
/// C2SP tlog-tiles. The addenda are in it, so the files are for their owner only.
/// </summary>
internal static class ExportCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string> path = new("PATH") { Description = "A data folder, or a ledger.db or a copy of one." };
        Argument<string> folder = new("FOLDER") { Description = "Where to write; it must be empty or not there yet." };
        Option<string?> policy = new("--policy")
        {
            HelpName = "FILE",
            Description = "Whose ledger it must be, as a tlog-policy: without it, the key that lies beside the ledger.",
        };
        Option<bool> json = ForPrograms.Option();
        Command command = new("export", "Writes a ledger as static files, and verifies what was written. Reads only, also while the relay runs.")
        {
            path, folder, policy, json,
        };
        command.SetAction(line =>
        {
            LogPlace place = LogPlace.Find(line.GetRequiredValue(path));
            if (!place.IsDatabase)
            {
                throw CommandRefusedException.Usage($"{place.Path} is an exported folder already: copy it.");
            }

            return Export(terminal, place, line.GetRequiredValue(folder), LogPlace.Policy(line.GetValue(policy)), line.GetValue(json));
        });
        return command;
    }

    private static int Export(Terminal terminal, LogPlace place, string folder, WitnessPolicy? wanted, bool isJson)
    {
        RequireEmpty(folder);
        LogSource exported;
        // What was written would be in the way of a second attempt.
        using (DatabaseLog log = DatabaseLog.Open(place.Path, wanted, sharesIndex: true))
        {
            byte[] note = log.Checkpoint();
            Checkpoint head = Checkpoint.Parse(SignedNote.Parse(note).Value.Text).Value;
            PolicyLog owner = log.Policy.Logs.FirstOrDefault(known => known.Key.Name == head.Origin)
                ?? throw new LogDamagedException("The checkpoint is of another log than the key, or the policy, is for.");

            // Before anything is written: an altered document would only be missing in the export.
            if (Verification.Run(log.Source, terminal) is { Accepted: false } refused)
            {
                throw new LogDamagedException($"The ledger is refused, and nothing was exported. {refused.Refusal}", refused.BadEntry);
            }

            OwnerOnly.CreateFolder(folder);
            Write(terminal, log.View, folder, head.Size);
            Write(folder, "addenda.v1", []);
            Write(folder, "policy", WitnessPolicy.OfLog(owner.Key).Format());

            // Last, so that an export that was cut short does not look like a whole one.
            Write(folder, "checkpoint", note);
            exported = ExportFolder.Source(folder, log.Policy) with { KnownHeads = log.Source.KnownHeads };
            if (log.WasDisturbed)
            {
                throw CommandRefusedException.Unreadable($"The relay was started in the meantime: delete {folder} and export again.");
            }
        }

        Verdict verdict = Verification.Run(exported, terminal);
        if (verdict.Checkpoint is not { } checkpoint)
        {
            return terminal.Refuse(ExitCode.Wrong, $"What was exported does not verify. {verdict.Refusal}");
        }

        if (isJson)
        {
            terminal.Json(json =>
            {
                json.WriteString("folder", folder);
                json.WriteNumber("size", checkpoint.Size);
                json.WriteString("root", checkpoint.Root.ToBase64());
                json.WriteTexts("warnings", verdict.Warnings);
            });
            return ExitCode.Fine;
        }

        terminal.Headline($"Exported and verified: {checkpoint.Size} entries in {folder}.", good: true);
        foreach (string warning in verdict.Warnings)
        {
            terminal.Line($"Warning: {warning}");
        }

        return ExitCode.Fine;
    }

    private static void RequireEmpty(string folder)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw CommandRefusedException.Usage($"{folder} is not empty: an export goes into a folder of its own.");
        }
    }

    private static void Write(Terminal terminal, LedgerView view, string folder, long size)
    {
        foreach (TilePath tile in Tiles.OfTree(size))
        {
            Write(folder, tile.Format(), view.Tile(tile));
        }

        Progress progress = new(terminal, "Exporting");
        foreach (TilePath bundle in Tiles.BundlesOfTree(size))
        {
            long first = bundle.Index * TilePath.FullWidth;
            Write(folder, bundle.Format(), view.Tile(bundle));
            for (long position = first; position < first + bundle.Width; position++)
            {
                foreach (Addendum addendum in view.AddendaOf(position))
                {
                    Write(folder, ExportFolder.AddendumPath(addendum.Digest), addendum.Bytes);
                }
            }

            progress.Report(first + bundle.Width);
        }

        progress.Finish();
    }

    private static void Write(string folder, string name, byte[] content)
    {
        string path = Path.Combine(folder, name);
        OwnerOnly.CreateFolder(Path.GetDirectoryName(path)!);
        using FileStream file = OwnerOnly.CreateFile(path);
        file.Write(content);
    }
}
