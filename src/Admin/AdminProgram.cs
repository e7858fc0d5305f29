using System.CommandLine;
using System.CommandLine.Invocation;
using Microsoft.Data.Sqlite;
using SecureChat.Admin.Commands;
using SecureChat.Admin.Report;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin;

/// <summary>The commands together, and what becomes of everything that can go wrong in them: one sentence and an exit code.</summary>
internal static class AdminProgram
{
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="terminal">Where answers go and come from.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal)
    {
        RootCommand root = new("Reads and looks after the ledger of a SecureChat relay. "
            + "Exit codes: 0 fine, 1 something is wrong with the ledger, 2 usage, 3 cannot read.")
        {
            StatusCommand.Build(terminal),
            HistoryCommand.Build(terminal),
            MembersCommand.Build(terminal),
            RequestsCommand.Build(terminal),
            DiffCommand.Build(terminal),
            WhoAdmittedCommand.Build(terminal),
            CheckpointCommand.Build(terminal),
            ProofCommand.Build(terminal),
            VerifyCommand.Build(terminal),
            ExportCommand.Build(terminal),
            ReportCommand.Build(terminal),
            EraseCommand.Build(terminal),
            AcceptRollbackCommand.Build(terminal),
            ImportCommand.Build(terminal),
            BackupCommand.Build(terminal),
            RestoreCommand.Build(terminal),
            RebuildCommand.Build(terminal),
        };
        root.Add(CompletionCommand.Build(terminal, root));
        Examples.AddTo(root);
        try
        {
            ParseResult line = root.Parse(args);
            if (line.Action is ParseErrorAction)
            {
                return terminal.Refuse(ExitCode.Usage, $"{line.Errors[0].Message} See: securechat-admin --help");
            }

            return await line.InvokeAsync(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (CommandRefusedException refused)
        {
            return terminal.Refuse(refused.Code, refused.Message);
        }
        catch (Exception wrong) when (wrong is InvalidOperationException { Source: "System.CommandLine" } or ArgumentException { ParamName: "path" or "fileName" or "path1" or "sourceFileName" })
        {
            // An empty path, or a number that is none, of which the library says more than anybody wants to know.
            string sentence = wrong is ArgumentException ? "A path on the command line is empty or cannot be one" : wrong.Message.Split(" as expected type")[0];
            return terminal.Refuse(ExitCode.Usage, $"{sentence}. See: securechat-admin --help");
        }
        catch (Exception damaged) when (damaged is LedgerDamagedException or LogDamagedException)
        {
            return terminal.Refuse(ExitCode.Wrong, damaged.Message);
        }
        catch (FormatException damaged)
        {
            return terminal.Refuse(ExitCode.Wrong, $"The ledger is damaged: {damaged.Message}.");
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is Corrupt or NotADatabase)
        {
            return terminal.Refuse(ExitCode.Wrong, "The ledger is damaged: its file cannot be read as a database. Restore a backup.");
        }
        catch (SqliteException unreadable)
        {
            return terminal.Refuse(ExitCode.Unreadable, $"SQLite cannot use the file ({unreadable.Message.TrimEnd('.')}).");
        }
        catch (Exception unreadable) when (unreadable is DataFolderException or LedgerUnavailableException or IOException or UnauthorizedAccessException)
        {
            return terminal.Refuse(ExitCode.Unreadable, unreadable.Message);
        }
    }
}
