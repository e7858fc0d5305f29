using System.Buffers.Binary;
using System.Text;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;

namespace SecureChat.ApprovalTests.Storage;

/// <summary>The SQL of both databases as SQLite has it, and how they are opened.</summary>
public sealed class SchemaTests : IAsyncLifetime
{
    private static readonly string[] OfTheFile = ["application_id", "user_version", "journal_mode", "encoding", "auto_vacuum"];
    private static readonly string[] OfAConnection = ["synchronous", "secure_delete", "recursive_triggers", "foreign_keys", "busy_timeout"];

    private readonly EventfulCircle circle = new(DateTimeOffset.UnixEpoch);

    public Task InitializeAsync() => Task.CompletedTask;

    [Fact]
    public void Of_the_ledger() => Approve.Text(Describe("ledger.db"));

    [Fact]
    public void Of_the_tables() => Approve.Text(Describe("securechat.db"));

    private string Describe(string name)
    {
        DatabaseFile file = new(Path.Combine(circle.Folder, name), ApplicationId: 0, Version: 0, Schema: "");
        using SqliteConnection connection = file.Open();
        StringBuilder text = new();
        Pragmas(text, "The file", OfTheFile, connection);
        Pragmas(text, "A connection for writing", OfAConnection, connection);
        text.Append("== sqlite_schema\n");
        foreach (string[] row in Rows(connection, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"))
        {
            text.Append($"\n-- {row[0]} {row[1]}\n{row[2].ReplaceLineEndings("\n")};\n");
        }

        return text.ToString();
    }

    private static void Pragmas(StringBuilder text, string title, string[] names, SqliteConnection connection)
    {
        text.Append($"== {title}\n\n");
        foreach (string name in names)
        {
            string value = Rows(connection, $"PRAGMA {name}").Single()[0];
            text.Append($"PRAGMA {name} = {(name == "application_id" ? Readable(int.Parse(value)) : value)}\n");
        }

        text.Append('\n');
    }

    private static string Readable(int applicationId)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, applicationId);
        return $"0x{applicationId:X8} (\"{Encoding.ASCII.GetString(bytes)}\")";
    }

    private static IEnumerable<string[]> Rows(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return [.. Enumerable.Range(0, rows.FieldCount).Select(index => rows.GetValue(index).ToString()!)];
        }
    }

    public async Task DisposeAsync() => await circle.DisposeAsync();
}
