using System.Text;
using Dapper;
using Microsoft.Data.Sqlite;

namespace SecureChat.UnitTests.Projections;

/// <summary><c>securechat.db</c> as an operator's script sees it: another connection, plain SQL.</summary>
internal sealed class TablesOnDisk(string path)
{
    /// <summary>Rows as lines, their columns joined with <c>|</c>, NULL as nothing.</summary>
    public IReadOnlyList<string> Rows(string sql) =>
        With(connection => connection.Query(sql).Select(row => string.Join('|', ((IDictionary<string, object?>)row).Values)).ToList());

    public string Cell(string sql) => Rows(sql).ShouldHaveSingleItem();

    public void Execute(string sql) => With(connection => connection.Execute(sql));

    /// <summary>Everything that comes from the ledger, as text.</summary>
    public string All()
    {
        StringBuilder all = new();
        foreach (string sql in (string[])
        [
            "SELECT * FROM members ORDER BY id",
            "SELECT * FROM member_handles ORDER BY handle",
            "SELECT * FROM join_requests ORDER BY id",
            "SELECT * FROM channels ORDER BY id",
            "SELECT * FROM server_info ORDER BY key",
            "SELECT position, hex(leaf_hash) FROM projection_checkpoint",
        ])
        {
            all.AppendLine(sql).AppendJoin('\n', Rows(sql)).AppendLine();
        }

        return all.ToString();
    }

    private T With<T>(Func<SqliteConnection, T> use)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return use(connection);
    }
}
