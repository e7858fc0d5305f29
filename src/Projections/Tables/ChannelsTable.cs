using SecureChat.Ledger.Circle;

namespace SecureChat.Projections.Tables;

/// <summary>
/// <c>channels</c>: <c>general</c>, and one DM channel for every two members who were ever in the circle together. A DM channel
/// stays when one of them leaves, and is usable again when both are active.
/// </summary>
internal static class ChannelsTable
{
    public const string Schema = """
        CREATE TABLE channels (
            id         TEXT PRIMARY KEY,
            type       TEXT NOT NULL CHECK (type IN ('general', 'dm')),
            member_ids TEXT NOT NULL
        );
        """;

    public const string Clear = "DELETE FROM channels;";

    // After MembersTable: the member who came or left stands there already.
    public static void Apply(TableCommands commands, RecordedEvent recorded)
    {
        switch (recorded.Event)
        {
            case FounderRegistered:
                commands.Run(
                    """
                    INSERT INTO channels (id, type, member_ids)
                    SELECT 'general', 'general', json_array(member_id) FROM member_handles WHERE handle = @handle
                    """,
                    ("@handle", recorded.Position));
                break;
            case MemberAdmitted or MemberImported:
                // Who is present is read from the channel of all: among the members are those who ever were.
                commands.Run(
                    """
                    UPDATE channels
                    SET member_ids = json_insert(member_ids, '$[#]', (SELECT member_id FROM member_handles WHERE handle = @handle))
                    WHERE id = 'general';

                    INSERT INTO channels (id, type, member_ids)
                    SELECT min(one.id, other.member_id) || ':' || max(one.id, other.member_id), 'dm',
                           json_array(min(one.id, other.member_id), max(one.id, other.member_id))
                    FROM json_each((SELECT member_ids FROM channels WHERE id = 'general')) AS present
                    JOIN members AS one ON one.id = present.value
                    JOIN member_handles AS other ON other.handle = @handle
                    JOIN members AS newcomer ON newcomer.id = other.member_id
                    WHERE one.id <> other.member_id
                    AND one.display_name <> '' AND newcomer.display_name <> ''
                    ORDER BY one.joined_at, one.id
                    ON CONFLICT (id) DO NOTHING;
                    """,
                    ("@handle", recorded.Position));
                break;
            case MemberLeft departure:
                commands.Run(
                    """
                    UPDATE channels
                    SET member_ids = (
                        SELECT json_group_array(value ORDER BY key) FROM json_each(member_ids)
                        WHERE value <> (SELECT member_id FROM member_handles WHERE handle = @handle))
                    WHERE id = 'general'
                    """,
                    ("@handle", departure.Member));
                break;
        }
    }
}
