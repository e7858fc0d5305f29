using Microsoft.Data.Sqlite;

namespace SecureChat.ApprovalTests.Storage;

/// <summary>What a person with the sqlite3 shell sees in a file of the data folder.</summary>
internal static class DatabaseText
{
    /// <summary>A table in the order in which its rows came.</summary>
    public static string Table(string file, string name, Func<string, string> scrub) =>
        Query(file, $"SELECT * FROM {name} ORDER BY rowid", scrub);

    /// <param name="file">The database.</param>
    /// <param name="sql">A query.</param>
    /// <param name="scrub">What is done to each cell before the columns are aligned.</param>
    public static string Query(string file, string sql, Func<string, string> scrub)
    {
        using SqliteConnection connection = new($"Data Source={file};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader rows = command.ExecuteReader();
        TextTable table = new([.. Enumerable.Range(0, rows.FieldCount).Select(rows.GetName)]);
        while (rows.Read())
        {
            table.Add([.. Enumerable.Range(0, rows.FieldCount).Select(index => scrub(Cell(rows.GetValue(index))))]);
        }

        return table.ToString();
    }

    private static string Cell(object value) => value switch
    {
        DBNull => "NULL",
        "" => "''",
        _ => value.ToString()!,
    };
}
