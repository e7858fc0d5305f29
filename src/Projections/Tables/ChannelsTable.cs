using System.Data;
using Dapper;
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
    public static void Apply(IDbTransaction transaction, RecordedEvent recorded)
    {
        IDbConnection connection = transaction.Connection!;
        switch (recorded.Event)
        {
            case FounderRegistered:
                connection.Execute(
                    """
                    INSERT INTO channels (id, type, member_ids)
                    SELECT 'general', 'general', json_array(member_id) FROM member_handles WHERE handle = @handle
                    """,
                    new { handle = recorded.Position },
                    transaction);
                break;
            case MemberAdmitted or MemberImported:
                connection.Execute(
                    """
                    UPDATE channels
                    SET member_ids = json_insert(member_ids, '$[#]', (SELECT member_id FROM member_handles WHERE handle = @handle))
                    WHERE id = 'general';

                    INSERT INTO channels (id, type, member_ids)
                    SELECT min(one.id, other.member_id) || ':' || max(one.id, other.member_id), 'dm',
                           json_array(min(one.id, other.member_id), max(one.id, other.member_id))
                    FROM members AS one JOIN member_handles AS other ON other.handle = @handle
                    JOIN members AS newcomer ON newcomer.id = other.member_id
                    WHERE one.status = 'active' AND one.id <> other.member_id
                    AND one.display_name <> '' AND newcomer.display_name <> ''
                    ORDER BY one.joined_at, one.id
                    ON CONFLICT (id) DO NOTHING;
                    """,
                    new { handle = recorded.Position },
                    transaction);
                break;
            case MemberLeft departure:
                connection.Execute(
                    """
                    UPDATE channels
                    SET member_ids = (
                        SELECT json_group_array(value ORDER BY key) FROM json_each(member_ids)
                        WHERE value <> (SELECT member_id FROM member_handles WHERE handle = @handle))
                    WHERE id = 'general'
                    """,
                    new { handle = departure.Member },
                    transaction);
                break;
        }
    }
}
