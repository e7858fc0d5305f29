using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using SecureChat.Admin.Import;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Commands;

/// <summary>
/// <c>import OLD.db FOLDER [--origin NAME] [--yes]</c>: the circle of a Node.js server goes on in a new ledger, and its members
/// reconnect as if nothing had happened. What they did there is no part of the ledger: nobody can verify it.
/// </summary>
internal static class ImportCommand
{
    // Any of these says that somebody else's data stands here, or that another import was cut short.
    private static readonly string[] MustBeAbsent = [LogKey.FileName, SeenCheckpoint.FileName, "securechat.db"];

    public static Command Build(Terminal terminal)
    {
        Argument<string> old = new("OLD.db") { Description = "The securechat.db of a Node.js server that is stopped. It stays as it is." };
        Argument<string> folder = new("FOLDER") { Description = "The data folder of the new relay: empty, or not there yet." };
        Option<string?> origin = new("--origin") { HelpName = "NAME", Description = "The name of the new ledger, as in LEDGER_ORIGIN; a random one by default." };
        Option<bool> yes = new("--yes") { Description = "Without asking, also without members who cannot be carried over." };
        Option<bool> json = ForPrograms.OptionWith(yes);
        Command command = new("import", "Moves the members of a Node.js server into a new ledger.") { old, folder, origin, yes, json };
        command.SetAction(async (line, _) => await ImportAsync(
            terminal, line.GetRequiredValue(old), line.GetRequiredValue(folder), line.GetValue(origin), line.GetValue(yes), line.GetValue(json)));
        return command;
    }

    private static async Task<int> ImportAsync(Terminal terminal, string oldFile, string folder, string? origin, bool isConfirmed, bool isJson)
    {
        if (origin is not null && !Checkpoint.IsPossibleOrigin(origin))
        {
            throw CommandRefusedException.Usage("--origin must be an ASCII name of 1 to 255 bytes without blanks and plus signs, such as chat.example.org/ledger.");
        }

        RequireEmpty(folder);
        if (File.Exists(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(oldFile))!, LedgerFile.FileName)))
        {
            throw CommandRefusedException.Usage(
                $"{oldFile} lies beside a {LedgerFile.FileName}: these are the tables of this relay and not of an old server. To move a ledger, use backup and restore.");
        }

        OldServer old = OldServerFile.Read(oldFile);
        ImportPlan plan = ImportPlan.Make(old);
        if (!isJson)
        {
            ImportPreview.Show(terminal, folder, old, plan);
        }

        if (!isConfirmed)
        {
            terminal.Confirm(plan.Members.Count.ToString(CultureInfo.InvariantCulture));
        }

        using UnfinishedFolder unfinished = UnfinishedFolder.In(folder);
        RequireEmpty(folder);
        Verdict verdict = await WriteAsync(terminal, unfinished.Path, plan, origin);
        if (!verdict.Accepted)
        {
            throw new CommandRefusedException(ExitCode.Wrong, $"The new ledger does not verify, and nothing was made. {verdict.Refusal}");
        }

        unfinished.Place(LogKey.FileName, SeenCheckpoint.FileName, LedgerFile.FileName);
        if (isJson)
        {
            terminal.Json(json => ImportPreview.WriteJson(json, folder, old, plan));
            return ExitCode.Fine;
        }

        terminal.Headline($"Imported and verified: {folder} holds a ledger of {plan.Members.Count} entries. Start the relay with DATA_DIR={folder}.", good: true);
        terminal.Line($"{oldFile} still holds names, keys and addresses: delete it, and what stands beside it, when all is well.");
        return ExitCode.Fine;
    }

    private static void RequireEmpty(string folder)
    {
        UnfinishedFolder.RequireNoLedger(folder);
        if (MustBeAbsent.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is { } there)
        {
            throw CommandRefusedException.Usage($"{folder} holds a {there} already: name a folder that is empty, or not there yet.");
        }
    }

    private static async Task<Verdict> WriteAsync(Terminal terminal, string folder, ImportPlan plan, string? origin)
    {
        OpenLedger ledger = LedgerOpening.Open(folder, origin, RandomNumberGenerator.Fill);
        await using (LedgerWriter writer = new(ledger, terminal.Clock))
        {
            await writer.SubmitAsync(new ImportCircle(
                plan.Members[0].Newcomer, [.. plan.Members.Skip(1).Select(member => new MemberImported(member.Newcomer, member.Joined))]));
        }

        using (LedgerView view = new(ledger.File))
        {
            SeenCheckpoint.Keep(folder, view.Checkpoint());
        }

        return ReadableLog.Read(new LogArgument(folder, Token: null, Policy: null), log => Verification.Run(log.Source, terminal));
    }
}
