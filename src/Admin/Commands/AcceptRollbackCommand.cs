using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Commands;

/// <summary>
/// <c>accept-rollback FOLDER [--checkpoint FILE] [--yes]</c>: the newest ledger is lost for good, and the relay is to go on from
/// an old copy. That forks the history in front of everybody, so it is explained, confirmed, and written into the ledger.
/// </summary>
internal static class AcceptRollbackCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string> folder = new("FOLDER") { Description = "The data folder of a relay that is stopped." };
        Option<string?> newer = new("--checkpoint")
        {
            HelpName = "FILE",
            Description = "A lost checkpoint that a member or a witness still has, when it is newer than the file seen-checkpoint.",
        };
        Option<bool> yes = new("--yes") { Description = "Without asking." };
        Option<bool> json = ForPrograms.OptionWith(yes);
        Command command = new("accept-rollback", "Goes on from an old copy of the ledger when the newest one is lost. Members and witnesses will see it.")
        {
            folder, newer, yes, json,
        };
        command.SetAction(async (line, _) =>
            await AcceptAsync(terminal, LogPlace.DataFolder(line.GetRequiredValue(folder)), line.GetValue(newer), line.GetValue(yes), line.GetValue(json)));
        return command;
    }

    private static async Task<int> AcceptAsync(Terminal terminal, string folder, string? newer, bool isConfirmed, bool isJson)
    {
        LedgerFile.In(folder).Look();
        await using FileStream held = DataFolderLock.Take(folder);
        Progress progress = new(terminal, "Verifying");
        OpenLedger ledger = LedgerOpening.OpenOlderThanSeen(folder, RandomNumberGenerator.Fill, progress.Report);
        progress.Finish();
        Checkpoint present = ledger.Checkpoint.Checkpoint;
        if (Lost(folder, ledger, newer) is not { } lost)
        {
            throw CommandRefusedException.Usage(
                "There is nothing to accept: no checkpoint is known that is newer than this ledger, or of another history. If a witness knows one, name it with --checkpoint FILE.");
        }

        if (present.Size == 0)
        {
            throw CommandRefusedException.Usage("This ledger is empty, and there is nothing to go on from. Restore a copy that holds the circle.");
        }

        if (!isJson)
        {
            Explain(terminal, present, lost);
        }

        if (!isConfirmed)
        {
            terminal.Confirm(lost.Size.ToString(CultureInfo.InvariantCulture));
        }

        await using (LedgerWriter writer = new(ledger, terminal.Clock))
        {
            await writer.SubmitAsync(new AcceptRollback(lost.Size, lost.Root));
        }

        // A crash before this: the loss stands in the ledger, the start is still refused, and the command can be given again.
        using LedgerView view = new(ledger.File);
        SeenCheckpoint.Keep(folder, view.Checkpoint());
        if (isJson)
        {
            terminal.Json(properties =>
            {
                properties.WriteNumber("lost_size", lost.Size);
                properties.WriteString("lost_root", lost.Root.ToBase64());
                properties.WriteNumber("size", view.Size());
            });
            return ExitCode.Fine;
        }

        terminal.Headline($"The loss is written down. The ledger now has {view.Size()} entries, and the relay can be started.", good: true);
        return ExitCode.Fine;
    }

    // The newest head that is known and that this ledger does not contain.
    private static Checkpoint? Lost(string folder, OpenLedger ledger, string? newer)
    {
        using LedgerView view = new(ledger.File);
        List<Checkpoint> known = [];
        if (SeenCheckpoint.Read(folder, ledger.Key.VerifierKey) is { } seen)
        {
            known.Add(seen.Checkpoint);
        }

        if (newer is not null)
        {
            known.Add(Checkpoint.Open(LogPlace.Read(newer), ledger.Key.VerifierKey).TryGet(out SignedCheckpoint? opened, out string? reason)
                ? opened.Checkpoint
                : throw CommandRefusedException.Usage($"{newer} is no checkpoint of this ledger: {reason}."));
        }

        return known
            .Where(head => head.Size > ledger.Checkpoint.Checkpoint.Size || view.RootAt(head.Size) != head.Root)
            .MaxBy(head => head.Size);
    }

    private static void Explain(Terminal terminal, Checkpoint present, Checkpoint lost)
    {
        terminal.Table(
            ["", "entries", "root"],
            [
                ["known to be lost", $"{lost.Size}", lost.Root.ToBase64()],
                ["this ledger", $"{present.Size}", present.Root.ToBase64()],
            ]);
        terminal.Line();
        terminal.Line(lost.Size > present.Size
            ? $"This ledger is an old copy: the relay has shown its members one of {lost.Size} entries. Whatever the others said is undone:"
            : "This ledger is another one than the relay has shown its members. What only the other one said is undone:");
        terminal.Line("whoever was admitted there is no member, whoever left there is a member again, and votes and requests of then are gone.");
        terminal.Line("Clients and witnesses that have seen the lost checkpoint will refuse this ledger or warn of it, and are right to. Tell the members.");
        terminal.Line("If there is any newer copy of ledger.db, restore that one and do not go on here. The loss will stand in the ledger for ever.");
    }
}
