using System.Text;
using Microsoft.Data.Sqlite;

namespace SecureChat.Admin.Import;

/// <summary>
/// Reads the <c>securechat.db</c> of the Node.js server. It took anything that its clients sent, and files are damaged, edited and
/// mistaken for others: nothing is believed of a column that SQLite does not enforce, and SQLite enforces no types.
/// </summary>
internal sealed class OldServerFile : IDisposable
{
    // A body of the old server was at most 100 KB, one of ours is at most 64.
    private const int LongestText = 65_536;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Without these nothing can be said of a circle. What later versions added may be missing.
    private static readonly Dictionary<string, string[]> Needed = new()
    {
        ["members"] = ["id", "display_name", "public_key", "joined_at", "status"],
        ["join_requests"] = ["id", "requester_name", "status"],
        ["channels"] = ["id", "type", "member_ids"],
        ["server_info"] = ["key", "value"],
    };

    private readonly SqliteConnection connection;

    private OldServerFile(string path)
    {
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
    }

    /// <summary>Reads the file, which stays as it is.</summary>
    /// <param name="path">The old server's database. What stands in its write-ahead log is read too.</param>
    /// <exception cref="CommandRefusedException">It is no such database, or cannot be read.</exception>
    public static OldServer Read(string path)
    {
        using PrivateCopy copy = PrivateCopy.Of(path);
        using OldServerFile file = new(copy.File);
        try
        {
            file.Open(path);
            return file.Read();
        }
        catch (SqliteException unreadable)
        {
            throw CommandRefusedException.Unreadable($"{path} cannot be read as a database ({unreadable.Message.TrimEnd('.')}). Take a copy that is whole.", unreadable);
        }
    }

    private void Open(string path)
    {
        connection.Open();
        Run("PRAGMA trusted_schema = OFF");
        if (Text("PRAGMA encoding") != "UTF-8" || Text("PRAGMA integrity_check(1)") is not "ok")
        {
            throw CommandRefusedException.Unreadable($"{path} is damaged: SQLite's own check of it fails. Take a copy that is whole.");
        }

        foreach ((string table, string[] columns) in Needed)
        {
            string[] there = ColumnsOf(table);
            string[] missing = [.. columns.Except(there)];
            if (missing.Length > 0)
            {
                throw CommandRefusedException.Unreadable(there.Length == 0
                    ? $"{path} is not the database of a SecureChat server: it has no table {table}."
                    : $"{path} is not the database of a SecureChat server: its table {table} has no column {missing[0]}.");
            }
        }
    }

    private OldServer Read()
    {
        List<OldMember> active = [];
        List<OldMember> left = [];
        ReadMembers((status, member) => (status == "active" ? active : left).Add(member));
        Dictionary<string, string> info = [];
        Each($"SELECT {Bytes("key")}, {Bytes("value")} FROM server_info", row => info[Text(row, 0) ?? ""] = Text(row, 1) ?? "");
        List<OldRequest> pending = [];
        Each(
            $"SELECT {Bytes("id")}, {Bytes("requester_name")} FROM join_requests WHERE status = 'pending' ORDER BY requested_at",
            row => pending.Add(new OldRequest(Text(row, 0) ?? "", Text(row, 1) ?? "")));
        return new OldServer(
            active,
            left,
            info.GetValueOrDefault("founder_id"),
            info.GetValueOrDefault("server_name"),
            info.GetValueOrDefault("requests_locked") == "true",
            pending,
            Count("SELECT count(*) FROM join_requests WHERE status IS NOT 'pending'"),
            Addresses());
    }

    private void ReadMembers(Action<string?, OldMember> found)
    {
        // An old database is from before there were these keys.
        string curve25519 = ColumnsOf("members").Contains("curve25519_public_key") ? "coalesce(curve25519_public_key, '')" : "''";
        int rows = 0;
        Each(
            $"""
             SELECT {Bytes("status")}, {Bytes("id")}, {Bytes("display_name")}, {Bytes("public_key")}, {Bytes(curve25519)},
                    iif(typeof(joined_at) IN ('integer', 'real'), CAST(joined_at AS INTEGER), NULL)
             FROM members
             """,
            row => found(
                Text(row, 0),
                new OldMember(++rows, Text(row, 1), Text(row, 2), Text(row, 3), Text(row, 4), row.IsDBNull(5) ? null : row.GetInt64(5))));
    }

    private long Addresses() =>
        (ColumnsOf("join_requests").Contains("requester_ip") ? Count("SELECT count(*) FROM join_requests WHERE requester_ip IS NOT NULL") : 0)
        + (ColumnsOf("ip_cooldowns").Length > 0 ? Count("SELECT count(*) FROM ip_cooldowns") : 0);

    // As bytes, because a driver stops a text at U+0000 and mends what is no UTF-8: it would not be what the clients sent.
    private static string Bytes(string column) =>
        $"iif(typeof({column}) = 'text' AND length(CAST({column} AS BLOB)) <= {LongestText}, CAST({column} AS BLOB), NULL)";

    private static string? Text(SqliteDataReader row, int column)
    {
        if (row.IsDBNull(column) || row.GetValue(column) is not byte[] bytes)
        {
            return null;
        }

        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // Tables only: a view can do anything, and for ever.
    private string[] ColumnsOf(string table)
    {
        List<string> columns = [];
        if (Count($"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '{table}' AND sql LIKE 'CREATE TABLE%'") == 1)
        {
            Each($"SELECT name FROM pragma_table_info('{table}')", row => columns.Add(row.GetString(0)));
        }

        return [.. columns];
    }

    private long Count(string sql) => (long)Scalar(sql)!;

    private string? Text(string sql) => Scalar(sql) as string;

    private object? Scalar(string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private void Run(string sql) => Scalar(sql);

    private void Each(string sql, Action<SqliteDataReader> take)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            take(rows);
        }
    }

    public void Dispose() => connection.Dispose();
}
