using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SecureChat.Admin.History;
using SecureChat.Admin.Sources;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;

namespace SecureChat.Admin.Commands;

/// <summary>What the tables beside a ledger are worth.</summary>
/// <param name="Position">How many entries they have taken in.</param>
/// <param name="Differences">What is wrong with them, each in a sentence; none if they are those of the ledger.</param>
internal sealed record TablesCheck(long Position, IReadOnlyList<string> Differences)
{
    private const int Attempts = 3;

    /// <summary>Compares the tables in a data folder with the ledger in it, which is verified.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="size">How many entries the ledger has.</param>
    /// <param name="terminal">Where progress is shown.</param>
    /// <returns>Null where there are no tables.</returns>
    public static TablesCheck? Of(string folder, long size, Terminal terminal)
    {
        DatabaseFile file = TableComparison.FileIn(folder);
        if (!File.Exists(file.Path))
        {
            return null;
        }

        try
        {
            for (int attempt = 1; ; attempt++)
            {
                (ComparedTables compared, bool wasDisturbed) = UntouchedDatabase.Read(sharesIndex => Compare(file, folder, size, terminal, sharesIndex));

                // A running relay changes the tables a moment after the ledger.
                if (!wasDisturbed && (compared.Differences.Count == 0 || compared.Position == size || attempt == Attempts))
                {
                    return new TablesCheck(compared.Position, [.. compared.Differences.Select(Sentence)]);
                }
            }
        }
        catch (Exception unreadable) when (unreadable is SqliteException or DataFolderException or InvalidCastException)
        {
            return new TablesCheck(0, [$"securechat.db cannot be read as the tables of this ledger ({unreadable.Message.TrimEnd('.')})."]);
        }
    }

    /// <summary>Writes the outcome for a person.</summary>
    public void Write(Terminal terminal, long size)
    {
        if (Differences.Count == 0)
        {
            terminal.Line(Position == size
                ? "The tables in securechat.db are those of this ledger."
                : $"The tables in securechat.db are those of this ledger, as far as they are: {Words.Count(size - Position, "entry", "entries")} behind. The next start catches up.");
            return;
        }

        terminal.Headline("The tables in securechat.db are not those of this ledger. They are made of it: stop the relay, and rebuild them.", good: false);
        terminal.Lines(Differences);
        if (Differences.Count >= TableComparison.MostDifferences)
        {
            terminal.Line("There may be more.");
        }
    }

    /// <summary>Writes the outcome for a program.</summary>
    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject("tables");
        json.WriteNumber("entries", Position);
        json.WriteTexts("differences", Differences);
        json.WriteEndObject();
    }

    private static (ComparedTables Compared, bool WasDisturbed) Compare(DatabaseFile file, string folder, long size, Terminal terminal, bool sharesIndex)
    {
        using UntouchedDatabase tables = UntouchedDatabase.Open(file, sharesIndex);
        using UntouchedDatabase ledger = UntouchedDatabase.Open(Path.Combine(folder, LedgerFile.FileName), sharesIndex);
        string aside = Directory.CreateTempSubdirectory("securechat-admin-").FullName;
        Progress progress = new(terminal, "Comparing tables", size);
        Pace pace = new(terminal.Clock, ledger.IsInUse);
        try
        {
            ComparedTables compared = TableComparison.Compare(tables.File, ledger.File, aside, done =>
            {
                pace.Rest();
                progress.Report(done);
            });
            return (compared, tables.WasDisturbed || ledger.WasDisturbed);
        }
        finally
        {
            progress.Finish();
            Directory.Delete(aside, recursive: true);
        }
    }

    private static string Sentence(TableDifference difference) =>
        string.Create(CultureInfo.InvariantCulture, $"{difference.Table}: the row {difference.Key} {difference.What}.");
}
