using System.CommandLine;
using System.Text;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>
/// <c>report PATH -o FILE.html</c>: the history of a circle for people who are no engineers, as one file that carries the ledger and
/// verifies it in the reader's browser.
/// </summary>
internal static class ReportCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string> path = new("PATH") { Description = "A data folder, a ledger.db or a copy of one, or an exported folder." };
        Option<string> output = new("--output", "-o") { HelpName = "FILE.html", Description = "Where to write; it must not be there yet.", Required = true };
        Option<string?> policy = new("--policy")
        {
            HelpName = "FILE",
            Description = "Whose ledger it must be, as a tlog-policy: without it, the key that lies beside the ledger.",
        };
        Command command = new("report", "Writes the history of the circle as one HTML file, which verifies itself in a browser. Reads only, also while the relay runs.")
        {
            path, output, policy,
        };
        command.SetAction(line => Report(
            terminal, LogPlace.Find(line.GetRequiredValue(path)), LogPlace.Policy(line.GetValue(policy)), line.GetRequiredValue(output)));
        return command;
    }

    private static int Report(Terminal terminal, LogPlace place, WitnessPolicy? wanted, string file)
    {
        if (Path.Exists(file))
        {
            throw CommandRefusedException.Usage($"{file} is there already: name another file, or delete it.");
        }

        (ReportedLedger ledger, Verdict verdict) = Read(terminal, place, wanted);
        byte[] page = Encoding.UTF8.GetBytes(ReportPage.Write(ledger, verdict, terminal.Clock.GetUtcNow().ToUnixTimeMilliseconds()));
        using (FileStream written = OwnerOnly.CreateFile(file))
        {
            written.Write(page);
        }

        if (!verdict.Accepted)
        {
            return terminal.Refuse(ExitCode.Wrong, $"The ledger is refused, and the report in {file} says so. {verdict.Refusal}");
        }

        terminal.Headline($"The ledger holds. Its {ledger.Checkpoint.Size} entries are reported in {file}.", good: true);
        terminal.Line("The file holds names, ids and public keys: give it to those whom it concerns.");
        return ExitCode.Fine;
    }

    private static (ReportedLedger Ledger, Verdict Verdict) Read(Terminal terminal, LogPlace place, WitnessPolicy? wanted)
    {
        if (!place.IsDatabase)
        {
            return Read(terminal, ExportFolder.Source(place.Path, wanted));
        }

        while (true)
        {
            using DatabaseLog log = DatabaseLog.Open(place.Path, wanted);
            (ReportedLedger Ledger, Verdict Verdict) read = Read(terminal, log.Source);
            if (!log.WasDisturbed)
            {
                return read;
            }
        }
    }

    // The checkpoint is read once: a relay that runs may sign the next one in between.
    private static (ReportedLedger Ledger, Verdict Verdict) Read(Terminal terminal, LogSource source)
    {
        ReportedLedger ledger = ReportedLedger.Read(source);
        return (ledger, Verification.Run(source with { Checkpoint = () => ledger.Note }, terminal));
    }
}
