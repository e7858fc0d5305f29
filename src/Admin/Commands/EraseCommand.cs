using System.CommandLine;
using System.Text.Json;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;

namespace SecureChat.Admin.Commands;

/// <summary>
/// <c>erase WHO [FOLDER] [--yes]</c>, or <c>erase [FOLDER] --request ID | --member ID [--yes]</c>: deletes what the ledger holds of a
/// person, and says in the ledger that it did. Tree, proofs and old checkpoints stay valid.
/// </summary>
internal static class EraseCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string[]> words = new("WHO [FOLDER]")
        {
            Description = "The id of a request, or the id, the handle or the name of a member; left out where an option says it. Then the data folder of "
                + "a relay that is stopped, without it that of DATA_DIR, or else data.",
            Arity = new ArgumentArity(0, 2),
        };
        Option<string?> request = new("--request") { HelpName = "ID", Description = "A request that was rejected or has expired: name, keys and the newcomer's statement." };
        Option<string?> member = new("--member") { HelpName = "ID", Description = "A member who has left: the name, of every time it was a member." };
        Option<bool> yes = new("--yes") { Description = "Without asking." };
        Option<bool> json = ForPrograms.OptionWith(yes);
        Command command = new("erase", "Erases a person from the ledger. What is erased cannot be brought back.") { words, request, member, yes, json };
        command.Validators.Add(result =>
        {
            bool isNamed = (result.GetValue(request) ?? result.GetValue(member)) is not null;
            int count = result.GetValue(words)?.Length ?? 0;
            if ((result.GetValue(request) is not null && result.GetValue(member) is not null) || (isNamed ? count > 1 : count == 0))
            {
                result.AddError("Name one: WHO, or --request ID, or --member ID.");
            }
        });
        command.SetAction(async (line, _) =>
        {
            Queue<string> given = new(line.GetValue(words) ?? []);
            (string? Request, string? Member) id = (line.GetValue(request), line.GetValue(member));
            string? who = id is (null, null) ? given.Dequeue() : null;
            string folder = given.Count > 0 ? given.Dequeue() : FolderArgument.Default();
            return await EraseAsync(terminal, LogPlace.DataFolder(folder), who, id, line.GetValue(yes), line.GetValue(json));
        });
        return command;
    }

    private static async Task<int> EraseAsync(Terminal terminal, string folder, string? who, (string? Request, string? Member) id, bool isConfirmed, bool isJson)
    {
        LedgerFile.In(folder).Look();
        Progress progress = new(terminal, "Verifying");
        await using LiveCircle circle = LiveCircle.Open(folder, terminal.Clock, progress: progress.Report);
        progress.Finish();
        long now = terminal.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (who is not null)
        {
            using LedgerReader reader = new(LedgerFile.In(folder));
            id = WhoToErase.Find(reader.Read(0), who);
        }

        Person person = Person.Find(circle, folder, now, id.Request, id.Member);
        string[] copies = OldCopies(folder);
        if (!isJson)
        {
            Preview(terminal, person, copies);
        }

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
        if (isJson)
        {
            terminal.Json(json => WriteJson(json, person, outcome.Size, copies));
            return ExitCode.Fine;
        }

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

    private static void WriteJson(Utf8JsonWriter json, Person person, long size, string[] copies)
    {
        json.WriteString("erased", person.Id);
        json.WriteObjects("entries", person.Erasures, erasure =>
        {
            json.WriteNumber("entry", erasure.Leaf);
            json.WriteTexts("documents", erasure.Erased);
        });
        json.WriteTexts("deleted_copies", copies.Select(copy => Path.GetFileName(copy)!));
        json.WriteNumber("size", size);
    }

    private static string[] OldCopies(string folder) => Directory.GetFiles(folder, $"{LedgerFile.FileName}.v*");
}
