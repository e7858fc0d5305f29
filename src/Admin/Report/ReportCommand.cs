using System.CommandLine;
using System.Text;
using SecureChat.Admin.Commands;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>
/// <c>report [PATH] -o FILE.html</c>: the history of a circle for people who are no engineers, as one file that carries the ledger and
/// verifies it in the reader's browser.
/// </summary>
internal static class ReportCommand
{
    public static Command Build(Terminal terminal)
    {
        ReadingOptions reading = new();
        Option<string> output = new("--output", "-o") { HelpName = "FILE.html", Description = "Where to write; it must not be there yet.", Required = true };
        Command command = new("report", "Writes the history of the circle as one HTML file, which verifies itself in a browser. Reads only, also while the relay runs.")
        {
            output,
        };
        reading.AddTo(command, verifies: false);
        command.SetAction(line => Report(terminal, reading.Ledger(line), line.GetRequiredValue(output), reading.IsJson(line)));
        return command;
    }

    private static int Report(Terminal terminal, LogArgument argument, string file, bool isJson)
    {
        if (Path.Exists(file))
        {
            throw CommandRefusedException.Usage($"{file} is there already: name another file, or delete it.");
        }

        (ReportedLedger ledger, Verdict verdict) = ReadableLog.Read(argument, log => Read(terminal, log.Source));
        byte[] page = Encoding.UTF8.GetBytes(ReportPage.Write(ledger, verdict, terminal.Clock.GetUtcNow().ToUnixTimeMilliseconds()));
        using (FileStream written = OwnerOnly.CreateFile(file))
        {
            written.Write(page);
        }

        if (isJson)
        {
            terminal.Json(json =>
            {
                json.WriteString("file", file);
                json.WriteBoolean("holds", verdict.Accepted);
                json.WriteString("refusal", verdict.Refusal);
                json.WriteNumber("size", ledger.Checkpoint.Size);
            });
            return verdict.Accepted ? ExitCode.Fine : ExitCode.Wrong;
        }

        if (!verdict.Accepted)
        {
            return terminal.Refuse(ExitCode.Wrong, $"The ledger is refused, and the report in {file} says so. {verdict.Refusal}");
        }

        terminal.Headline($"The ledger holds. Its {ledger.Checkpoint.Size} entries are reported in {file}.", good: true);
        terminal.Line("The file holds names, ids and public keys: give it to those whom it concerns.");
        return ExitCode.Fine;
    }

    // The checkpoint is read once: a relay that runs may sign the next one in between.
    private static (ReportedLedger Ledger, Verdict Verdict) Read(Terminal terminal, LogSource source)
    {
        ReportedLedger ledger = ReportedLedger.Read(source);
        return (ledger, Verification.Run(source with { Checkpoint = () => ledger.Note }, terminal));
    }
}
