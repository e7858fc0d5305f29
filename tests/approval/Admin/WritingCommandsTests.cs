using Microsoft.Data.Sqlite;
using SecureChat.ApprovalTests.Storage;
using SecureChat.Ledger.Storage;

namespace SecureChat.ApprovalTests.Admin;

/// <summary>What the commands that write say before they are confirmed, and after.</summary>
public class WritingCommandsTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_000);

    [Fact]
    public async Task Import()
    {
        string folder = Directory.CreateTempSubdirectory("securechat-approval-").FullName;
        try
        {
            AdminText text = new AdminText(Start).Naming(folder, "");
            string old = Path.Combine(folder, "old.db");
            MakeOld(old);
            await text.RunWith("no\n", "import", old, Path.Combine(folder, "data"));
            await text.RunWith("2\n", "import", old, Path.Combine(folder, "data"), "--origin", "chat.example.org/ledger");
            await text.Run("import", old, Path.Combine(folder, "data"), "--yes");
            Execute(old, "UPDATE members SET status = 'left' WHERE id = 'ada'; DELETE FROM server_info WHERE key = 'requests_locked'; INSERT INTO server_info VALUES ('server_name', 'Our circle')");
            await text.Run("import", old, Path.Combine(folder, "second"), "--yes");
            Execute(old, "UPDATE members SET status = 'active', display_name = '' WHERE id = 'ada'");
            await text.Run("import", old, Path.Combine(folder, "third"), "--yes");
            Approve.Text(text.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Backup_restore_rebuild_and_erase()
    {
        string folder = Directory.CreateTempSubdirectory("securechat-approval-").FullName;
        await using EventfulCircle circle = new(Start);
        try
        {
            (Person ada, Person ben, Person cleo) = (Person.Named("Ada"), Person.Named("Ben"), Person.Named("Cleo"));
            await circle.Found(ada);
            await circle.Admit(ben, "request-of-ben", ada);
            await circle.Ask(cleo, "request-of-cleo");
            await circle.Vote(ada, "request-of-cleo", approve: false);
            AdminText text = new AdminText(Start + TimeSpan.FromDays(1)).Naming(circle.Folder, "/data").Naming(folder, "/backup");
            string backup = Path.Combine(folder, "ledger.db");
            await text.Run("backup", backup, circle.Folder);
            await text.Run("backup", backup, circle.Folder);
            await text.Run("backup", backup, circle.Folder, "--replace", "--without-key");
            await text.Run("restore", backup, Path.Combine(folder, "data"));
            await circle.Leave(ben);
            await circle.Close();
            await text.Run("rebuild", circle.Folder);
            await text.RunWith("ben\n", "erase", "Ben", circle.Folder);
            await text.RunWith("no\n", "erase", "request-of-cleo", circle.Folder);
            await text.Run("erase", "Ada", circle.Folder, "--yes");
            File.Delete(Path.Combine(circle.Folder, "ledger.db"));
            await text.Run("restore", backup, circle.Folder);
            Approve.Text(text.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task For_programs()
    {
        string folder = Directory.CreateTempSubdirectory("securechat-approval-").FullName;
        await using EventfulCircle circle = new(Start);
        try
        {
            (Person ada, Person ben) = (Person.Named("Ada"), Person.Named("Ben"));
            await circle.Found(ada);
            await circle.Admit(ben, "request-of-ben", ada);
            await circle.Leave(ben);
            AdminText text = new AdminText(Start + TimeSpan.FromDays(1)).Naming(circle.Folder, "/data").Naming(folder, "/elsewhere")
                .Naming(RootOf(circle.Folder), "ROOT");
            string old = Path.Combine(folder, "old.db");
            string backup = Path.Combine(folder, "ledger.db");
            MakeOld(old);
            await text.Run("import", old, Path.Combine(folder, "imported"), "--json");
            await text.Run("import", old, Path.Combine(folder, "imported"), "--json", "--yes");
            await text.Run("backup", backup, circle.Folder, "--json");
            await text.Run("backup", backup, circle.Folder, "--json", "--replace", "--without-key");
            await text.Run("restore", backup, Path.Combine(folder, "restored"), "--json");
            await text.Run("report", circle.Folder, "-o", Path.Combine(folder, "circle.html"), "--json");
            await circle.Close();
            await text.Run("rebuild", circle.Folder, "--json");
            await text.Run("erase", "Ben", circle.Folder, "--json");
            await text.Run("erase", "Ben", circle.Folder, "--json", "--yes");
            Approve.Text(text.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string RootOf(string folder)
    {
        using LedgerView view = new(LedgerFile.In(folder));
        return view.RootAt(view.Size()).ToBase64();
    }

    private static void MakeOld(string path)
    {
        Execute(path, """
            CREATE TABLE members (id TEXT PRIMARY KEY, display_name TEXT NOT NULL, public_key TEXT NOT NULL, joined_at INTEGER NOT NULL, status TEXT DEFAULT 'active', curve25519_public_key TEXT DEFAULT '');
            CREATE TABLE join_requests (id TEXT PRIMARY KEY, requester_id TEXT NOT NULL, requester_name TEXT NOT NULL, requester_public_key TEXT NOT NULL, requester_ip TEXT,
              requested_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, approvals TEXT DEFAULT '[]', rejections TEXT DEFAULT '[]', status TEXT DEFAULT 'pending');
            CREATE TABLE channels (id TEXT PRIMARY KEY, type TEXT NOT NULL, member_ids TEXT NOT NULL);
            CREATE TABLE server_info (key TEXT PRIMARY KEY, value TEXT NOT NULL);
            CREATE TABLE ip_cooldowns (ip TEXT PRIMARY KEY, requested_at INTEGER NOT NULL, expires_at INTEGER NOT NULL);
            INSERT INTO server_info VALUES ('founder_set', 'true'), ('founder_id', 'ada'), ('requests_locked', 'true');
            """);
        foreach ((string id, string name, string status) in ((string, string, string)[])[
            ("ada", "Ada", "active"), ("ben", "Ben", "active"), ("gone", "Gone", "left"), ("a:b", "Colon", "active"), ("twin", "BEN", "active")])
        {
            Execute(
                path,
                $"INSERT INTO members (id, display_name, public_key, joined_at, status) SELECT '{id}', '{name}', $key, 1700000000000 + count(*) * 86400000, '{status}' FROM members",
                Person.Named("Ada").PublicKey);
        }

        Execute(path, $"UPDATE members SET curve25519_public_key = '{Person.Named("Ben").Curve25519}' WHERE id = 'ben'");
        Execute(path, "INSERT INTO members (id, display_name, public_key, joined_at) VALUES ('short', 'Short', $key, 1)", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAaj7kb8e+Gj3aDlA8Dr3GsDQ3y7kdtQiWH3KTnF5yO9I=\n-----END PUBLIC KEY-----\n");
        Execute(path, "INSERT INTO join_requests VALUES ('r1', 'dora', 'Dora', '', '203.0.113.7', 1, 2, '[]', '[]', 'pending'), ('r2', 'eve', 'Eve', '', '203.0.113.8', 1, 2, '[]', '[]', 'rejected')");
    }

    private static void Execute(string path, string sql, string? key = null)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        if (key is not null)
        {
            command.Parameters.AddWithValue("$key", key);
        }

        command.ExecuteNonQuery();
    }
}
