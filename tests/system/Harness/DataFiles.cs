using System.Text;
using Microsoft.Data.Sqlite;

namespace SecureChat.SystemTests.Harness;

/// <summary>What stands in the data folder: rows as an operator's scripts read them, and bytes as a thief would.</summary>
public static class DataFiles
{
    /// <summary>Every row of a query on <c>securechat.db</c>, each value as an SQL literal, so that types are told apart.</summary>
    public static List<string> Query(this RelayProcess relay, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(relay.DataFolder, "securechat.db"),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(column => Literal(reader.GetValue(column)))));
        }

        return rows;
    }

    /// <summary>The names of the files, below the data folder or matching the pattern, that hold this text as UTF-8 or UTF-16.</summary>
    public static List<string> FilesHolding(this RelayProcess relay, string text, string pattern = "*")
    {
        byte[][] needles = [Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text)];
        return [.. Directory.EnumerateFiles(relay.DataFolder, pattern, SearchOption.AllDirectories)
            .Where(file => needles.Any(needle => ReadShared(file).AsSpan().IndexOf(needle) >= 0))
            .Select(file => Path.GetRelativePath(relay.DataFolder, file))];
    }

    /// <summary>The same in everything that the process could have left: its working folder with what it was given for temporary files.</summary>
    public static List<string> LeftHolding(this RelayProcess relay, string text)
    {
        byte[][] needles = [Encoding.UTF8.GetBytes(text), Encoding.Unicode.GetBytes(text)];
        return [.. Directory.EnumerateFiles(relay.Folder, "*", SearchOption.AllDirectories)
            .Where(file => file.Contains(text, StringComparison.Ordinal) || needles.Any(needle => ReadShared(file).AsSpan().IndexOf(needle) >= 0))];
    }

    public static byte[] ReadShared(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            stream.CopyTo(copy);
            return copy.ToArray();
        }
        catch (FileNotFoundException)
        {
            return []; // a journal that came and went
        }
    }

    /// <summary>Removes the database of projections, as an operator may at any time while the relay is stopped.</summary>
    public static void DeleteProjections(this RelayProcess relay)
    {
        foreach (var file in Directory.EnumerateFiles(relay.DataFolder, "securechat.db*"))
        {
            File.Delete(file);
        }
    }

    private static string Literal(object value) => value switch
    {
        DBNull => "NULL",
        string text => $"'{text}'",
        byte[] bytes => $"x'{Convert.ToHexString(bytes)}'",
        _ => FormattableString.Invariant($"{value}"),
    };
}
