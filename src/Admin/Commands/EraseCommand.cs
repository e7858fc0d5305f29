using System.CommandLine;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;

namespace SecureChat.Admin.Commands;

/// <summary>
/// <c>erase FOLDER --request ID | --member ID [--yes]</c>: deletes what the ledger holds of a person, and says in the ledger that it
/// did. Tree, proofs and old checkpoints stay valid.
/// </summary>
internal static class EraseCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string> folder = new("FOLDER") { Description = "The data folder of a relay that is stopped." };
        Option<string?> request = new("--request") { HelpName = "ID", Description = "A request that was rejected or has expired: name, keys and the newcomer's statement." };
        Option<string?> member = new("--member") { HelpName = "ID", Description = "A member who has left: the name, of every time it was a member." };
        Option<bool> yes = new("--yes") { Description = "Without asking." };
        Command command = new("erase", "Erases a person from the ledger. What is erased cannot be brought back.") { folder, request, member, yes };
        command.Validators.Add(result =>
        {
            if (result.GetValue(request) is null == result.GetValue(member) is null)
            {
                result.AddError("Name either --request ID or --member ID.");
            }
        });
        command.SetAction(async (line, _) =>
            await EraseAsync(terminal, LogPlace.DataFolder(line.GetRequiredValue(folder)), line.GetValue(request), line.GetValue(member), line.GetValue(yes)));
        return command;
    }

    private static async Task<int> EraseAsync(Terminal terminal, string folder, string? request, string? member, bool isConfirmed)
    {
        LedgerFile.In(folder).Look();
        Progress progress = new(terminal, "Verifying");
        await using LiveCircle circle = LiveCircle.Open(folder, terminal.Clock, progress: progress.Report);
        progress.Finish();
        long now = terminal.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        Person person = Person.Find(circle, folder, now, request, member);
        string[] copies = OldCopies(folder);
        Preview(terminal, person, copies);
        if (!isConfirmed)
        {
            terminal.Confirm(person.Id);
        }

        // What is overdue has to expire first: nobody is erased while pending.
        await circle.ExecuteAsync(new ExpireRequests());
        Outcome outcome = await circle.ExecuteAsync(new EraseAddenda(person.Erasures));
        if (outcome.Refusal is { } refusal)
        {
            throw CommandRefusedException.Usage(refusal.Sentence);
        }

        Array.ForEach(copies, File.Delete);
        terminal.Headline($"Erased. The ledger now has {outcome.Size} entries and says so.", good: true);
        terminal.Line("Backups and exports of before still hold what was erased: replace them.");
        return ExitCode.Fine;
    }

    private static void Preview(Terminal terminal, Person person, string[] copies)
    {
        terminal.Line($"What the ledger holds of {person.Id} and is deleted, from {LedgerFile.FileName} and the tables made of it:");
        terminal.Table(
            ["entry", "documents", "name"],
            [.. person.Erasures.Select(IReadOnlyList<string> (erasure) => [$"{erasure.Leaf}", string.Join(", ", erasure.Erased), person.Names[erasure.Leaf]])]);
        foreach (string copy in copies)
        {
            terminal.Line($"The copy {Path.GetFileName(copy)}, kept when the ledger was upgraded, holds it too and is deleted.");
        }

        terminal.Line();
        terminal.Line("What stays: the entries themselves, which hold no name and no key, with their times; and that this was erased, and when.");
        if (person.Stays is { } stays)
        {
            terminal.Line(stays);
        }
    }

    private static string[] OldCopies(string folder) => Directory.GetFiles(folder, $"{LedgerFile.FileName}.v*");
}
