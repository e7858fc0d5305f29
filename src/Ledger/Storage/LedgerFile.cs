using Microsoft.Data.Sqlite;

namespace SecureChat.Ledger.Storage;

/// <summary><c>ledger.db</c>: its name, its mark and its schema.</summary>
public static class LedgerFile
{
    /// <summary>"SChL" in the header of the file.</summary>
    public const int ApplicationId = 0x5343684C;

    /// <summary>The schema version of this program.</summary>
    public const int SchemaVersion = 2;

    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "ledger.db";

    /// <summary>The ledger's file in a data folder.</summary>
    /// <param name="dataFolder">The folder.</param>
    public static DatabaseFile In(string dataFolder) => At(Path.Combine(dataFolder, FileName));

    /// <summary>A ledger that may be a copy under another name.</summary>
    /// <param name="path">The file.</param>
    public static DatabaseFile At(string path) => new(path, ApplicationId, SchemaVersion, Sql("Schema.sql") + Sql("Tree.sql"));

    /// <summary>The signatures of changes that were written down and not yet forgotten.</summary>
    /// <param name="file">A file that was prepared.</param>
    public static IReadOnlyList<UsedSignature> UsedSignatures(DatabaseFile file)
    {
        using SqliteConnection connection = file.OpenForReading();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT member_id, timestamp FROM used_signatures";
        using SqliteDataReader rows = command.ExecuteReader();
        List<UsedSignature> used = [];
        while (rows.Read())
        {
            used.Add(new UsedSignature(rows.GetString(0), rows.GetInt64(1)));
        }

        return used;
    }

    /// <summary>SQL that is kept in a file of its own.</summary>
    internal static string Sql(string name)
    {
        using Stream sql = typeof(LedgerFile).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(sql);
        return reader.ReadToEnd();
    }
}
