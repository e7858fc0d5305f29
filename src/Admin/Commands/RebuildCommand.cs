using System.CommandLine;
using System.Security.Cryptography;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Verification;
using SecureChat.Projections;

namespace SecureChat.Admin.Commands;

/// <summary><c>rebuild [FOLDER]</c>: the tables of <c>securechat.db</c> made anew from the ledger, whatever happened to them.</summary>
internal static class RebuildCommand
{
    public static Command Build(Terminal terminal)
    {
        Argument<string> folder = FolderArgument.Make(" that is stopped");
        Option<bool> json = ForPrograms.Option();
        Command command = new("rebuild", "Makes the tables in securechat.db anew from the ledger, which is verified first.") { folder, json };
        command.SetAction(line => Rebuild(terminal, LogPlace.DataFolder(line.GetRequiredValue(folder)), line.GetValue(json)));
        return command;
    }

    private static int Rebuild(Terminal terminal, string folder, bool isJson)
    {
        LedgerFile.In(folder).Look();
        using FileStream held = DataFolderLock.Take(folder);
        OpenLedger ledger = LedgerOpening.Open(folder, origin: null, RandomNumberGenerator.Fill);
        int? addresses = TablesRebuild.Run(folder);
        if (isJson)
        {
            terminal.Json(json =>
            {
                json.WriteNumber("size", ledger.Checkpoint.Checkpoint.Size);
                json.WriteNumberOrNull("addresses_kept", addresses);
            });
            return ExitCode.Fine;
        }

        terminal.Headline($"The tables are made anew from {ledger.Checkpoint.Checkpoint.Size} entries.", good: true);
        terminal.Line(addresses is { } kept
            ? $"Addresses of pending requests that were kept: {kept}."
            : "The addresses of pending requests could not be read and are gone: whoever has a request pending can ask once more from the same address.");
        return ExitCode.Fine;
    }
}
