namespace SecureChat.Projections.Tables;

/// <summary><c>server_info</c>: <c>founder_set</c>, <c>founder_id</c> and <c>requests_locked</c>, as text.</summary>
internal static class ServerInfoTable
{
    public const string Schema = """
        CREATE TABLE server_info (
            key   TEXT PRIMARY KEY,
            value TEXT NOT NULL
        );
        """;

    public const string Clear = "DELETE FROM server_info;";

    public static void Found(TableCommands commands, string founder)
    {
        Set(commands, "founder_set", "true");
        Set(commands, "founder_id", founder);
        Lock(commands, locked: false);
    }

    public static void Lock(TableCommands commands, bool locked) => Set(commands, "requests_locked", locked ? "true" : "false");

    private static void Set(TableCommands commands, string key, string value) =>
        commands.Run(
            "INSERT INTO server_info (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            ("@key", key),
            ("@value", value));
}
