using Microsoft.Data.Sqlite;
using SecureChat.Tests.Shared;

namespace SecureChat.UnitTests.Admin;

/// <summary>A <c>securechat.db</c> as a Node.js server has it: its tables, and rows that a test puts into them.</summary>
internal sealed class OldDatabase
{
    public const long Joined = 1_700_000_000_000;

    private int members;

    private OldDatabase(string path) => Path = path;

    public string Path { get; }

    /// <summary>An empty one, in the write-ahead mode that the server used.</summary>
    public static OldDatabase Make(string path, bool isFirstVersion = false)
    {
        OldDatabase old = new(path);
        old.Execute(OldServerTables.Sql(isFirstVersion));
        return old;
    }

    public OldDatabase Founder(string id, string name, string key)
    {
        Execute("INSERT INTO server_info VALUES ('founder_set', 'true'), ('founder_id', $id)", ("$id", id));
        Execute("INSERT INTO channels VALUES ('general', 'general', json_array($id))", ("$id", id));
        return Member(id, name, key);
    }

    public OldDatabase Member(object? id, object? name, object? key, string? status = "active", object? joined = null)
    {
        Execute(
            "INSERT INTO members (id, display_name, public_key, joined_at, status) VALUES ($id, $name, $key, $joined, $status)",
            ("$id", id), ("$name", name), ("$key", key), ("$joined", joined ?? Joined + members++), ("$status", status));
        Execute("UPDATE channels SET member_ids = json_insert(member_ids, '$[#]', $id) WHERE id = 'general' AND typeof($id) = 'text'", ("$id", id));
        return this;
    }

    public OldDatabase Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object? value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        command.ExecuteNonQuery();
        return this;
    }
}
