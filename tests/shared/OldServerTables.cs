namespace SecureChat.Tests.Shared;

/// <summary>The tables of a Node.js server, as it makes them, and what its later versions added.</summary>
internal static class OldServerTables
{
    private const string FirstVersion = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE members (
          id TEXT PRIMARY KEY, display_name TEXT NOT NULL, public_key TEXT NOT NULL, joined_at INTEGER NOT NULL, status TEXT DEFAULT 'active');
        CREATE TABLE join_requests (
          id TEXT PRIMARY KEY, requester_id TEXT NOT NULL, requester_name TEXT NOT NULL, requester_public_key TEXT NOT NULL,
          requested_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, approvals TEXT DEFAULT '[]', rejections TEXT DEFAULT '[]',
          status TEXT DEFAULT 'pending');
        CREATE TABLE channels (id TEXT PRIMARY KEY, type TEXT NOT NULL, member_ids TEXT NOT NULL);
        CREATE TABLE server_info (key TEXT PRIMARY KEY, value TEXT NOT NULL);

        """;

    private const string LaterVersions = """
        CREATE TABLE ip_cooldowns (ip TEXT PRIMARY KEY, requested_at INTEGER NOT NULL, expires_at INTEGER NOT NULL);
        ALTER TABLE join_requests ADD COLUMN requester_ip TEXT;
        ALTER TABLE members ADD COLUMN curve25519_public_key TEXT DEFAULT '';
        ALTER TABLE join_requests ADD COLUMN requester_curve25519_public_key TEXT DEFAULT '';
        """;

    /// <summary>The SQL that makes an empty database one of such a server, in the write-ahead mode that it uses.</summary>
    /// <param name="isFirstVersion">Whether it never knew of addresses and Curve25519 keys.</param>
    public static string Sql(bool isFirstVersion = false) => isFirstVersion ? FirstVersion : FirstVersion + LaterVersions;
}
