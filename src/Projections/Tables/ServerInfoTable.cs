using SecureChat.Ledger.Circle;

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

    public static void Apply(TableCommands commands, RecordedEvent recorded)
    {
        switch (recorded.Event)
        {
            case FounderRegistered founding:
                Set(commands, "founder_set", "true");
                Set(commands, "founder_id", MembersTable.IdOf(founding.Founder.Profile, recorded.Position));
                Set(commands, "requests_locked", "false");
                break;
            case RequestsLockChanged change:
                Set(commands, "requests_locked", change.Locked ? "true" : "false");
                break;
        }
    }

    private static void Set(TableCommands commands, string key, string value) =>
        commands.Run(
            "INSERT INTO server_info (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            ("@key", key),
            ("@value", value));
}
