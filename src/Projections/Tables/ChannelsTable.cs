namespace SecureChat.Projections.Tables;

/// <summary>
/// <c>channels</c>: <c>general</c>, and one DM channel for every two members who were ever in the circle together. A DM channel
/// stays when one of them leaves, and is usable again when both are active.
/// </summary>
internal sealed class ChannelsTable(TableCommands commands)
{
    public const string Schema = """
        CREATE TABLE channels (
            id         TEXT PRIMARY KEY,
            type       TEXT NOT NULL CHECK (type IN ('general', 'dm')),
            member_ids TEXT NOT NULL
        );
        """;

    public const string Clear = "DELETE FROM channels;";

    /// <summary>Somebody came: a DM channel with each who is present. Nobody talks with those of whom nothing is known any more.</summary>
    public void Open(MembersTable.Person newcomer, IReadOnlyList<MembersTable.Person> present)
    {
        if (newcomer.Name.Length == 0 || present.Count <= 1)
        {
            return;
        }

        commands.Run(
            """
            INSERT INTO channels (id, type, member_ids)
            SELECT min(value, @newcomer) || ':' || max(value, @newcomer), 'dm', json_array(min(value, @newcomer), max(value, @newcomer))
            FROM json_each(@others) WHERE true
            ON CONFLICT (id) DO NOTHING
            """,
            ("@newcomer", newcomer.Id),
            ("@others", JsonTexts.Of(present.Where(other => other != newcomer && other.Name.Length > 0).Select(other => other.Id))));
    }

    /// <summary>Writes who is present into the channel of all.</summary>
    public void WriteGeneral(IReadOnlyList<MembersTable.Person> present) => commands.Run(
        """
        INSERT INTO channels (id, type, member_ids) VALUES ('general', 'general', @members)
        ON CONFLICT (id) DO UPDATE SET member_ids = excluded.member_ids
        """,
        ("@members", JsonTexts.Of(present.Select(member => member.Id))));
}
