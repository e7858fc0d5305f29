using Microsoft.Data.Sqlite;
using SecureChat.Tests.Shared;

namespace SecureChat.SystemTests.Harness;

/// <summary>The database of a Node.js server with people in it, as such a server left it behind.</summary>
public sealed class OldServer
{
    private readonly string file;
    private long joined = 1_700_000_000_000;

    /// <param name="file">Where its database is made.</param>
    /// <param name="isFirstVersion">Whether it never knew of addresses and Curve25519 keys.</param>
    public OldServer(string file, bool isFirstVersion = false)
    {
        this.file = file;
        Execute(OldServerTables.Sql(isFirstVersion));
    }

    /// <summary>A member; the first one is the founder. Nobody is ever taken out of <c>general</c>.</summary>
    public OldServer With(Person person, string status = "active")
    {
        Execute(
            """
            INSERT INTO members (id, display_name, public_key, joined_at, status) VALUES ($id, $name, $key, $joined, $status);
            INSERT OR IGNORE INTO server_info VALUES ('founder_set', 'true'), ('founder_id', $id);
            INSERT OR IGNORE INTO channels VALUES ('general', 'general', '[]');
            UPDATE channels SET member_ids = json_insert(member_ids, '$[#]', $id) WHERE id = 'general';
            """,
            ("$id", person.Id), ("$name", person.Name), ("$key", person.PublicKey), ("$joined", joined++), ("$status", status));
        return this;
    }

    /// <summary>The key that the first versions of the server dropped on its way into the table.</summary>
    public OldServer WithCurve25519(Person person)
    {
        Execute("UPDATE members SET curve25519_public_key = $key WHERE id = $id", ("$key", person.Curve25519), ("$id", person.Id));
        return this;
    }

    /// <summary>A request with its address, which stays when the request is over.</summary>
    public OldServer WithRequest(Person person, string status)
    {
        Execute(
            """
            INSERT INTO join_requests (id, requester_id, requester_name, requester_public_key, requester_ip, requested_at, expires_at, status)
            VALUES ('request-' || $id, $id, $name, $key, $address, $joined, $joined + 172800000, $status);
            INSERT INTO ip_cooldowns VALUES ($address, $joined, $joined + 172800000);
            """,
            ("$id", person.Id), ("$name", person.Name), ("$key", person.PublicKey), ("$address", person.Address), ("$joined", joined++), ("$status", status));
        return this;
    }

    private void Execute(string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }
}
