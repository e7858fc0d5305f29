using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Circle.Names;

namespace SecureChat.Projections.Tables;

/// <summary>
/// <c>members</c>: everybody who was ever in the circle, one row an id. Beside it <c>member_handles</c>, which the events name
/// members by.
/// </summary>
internal static class MembersTable
{
    public const string Schema = """
        CREATE TABLE members (
            id                    TEXT PRIMARY KEY,
            display_name          TEXT NOT NULL,
            public_key            TEXT NOT NULL,
            curve25519_public_key TEXT NOT NULL DEFAULT '',
            joined_at             INTEGER NOT NULL,
            status                TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'left'))
        );

        CREATE TABLE member_handles (
            handle    INTEGER PRIMARY KEY,
            member_id TEXT NOT NULL
        );
        """;

    public const string Clear = "DELETE FROM members; DELETE FROM member_handles;";

    public static void Apply(TableCommands commands, RecordedEvent recorded)
    {
        switch (recorded.Event)
        {
            case FounderRegistered founding:
                Insert(commands, recorded.Position, founding.Founder, recorded.Time);
                break;
            case MemberImported import:
                Insert(commands, recorded.Position, import.Newcomer, import.Joined ?? recorded.Time);
                break;
            case MemberAdmitted admission:
                // The same row becomes active again when somebody comes back.
                commands.Run(
                    """
                    INSERT INTO members (id, display_name, public_key, curve25519_public_key, joined_at)
                    SELECT iif(requester_id = '', 'erased-' || @handle, requester_id), requester_name,
                           requester_public_key, requester_curve25519_public_key, @time
                    FROM join_requests WHERE id = @request
                    ON CONFLICT (id) DO UPDATE SET
                        display_name = excluded.display_name,
                        public_key = excluded.public_key,
                        curve25519_public_key = excluded.curve25519_public_key,
                        joined_at = excluded.joined_at,
                        status = 'active';
                    INSERT INTO member_handles (handle, member_id)
                    SELECT @handle, iif(requester_id = '', 'erased-' || @handle, requester_id) FROM join_requests WHERE id = @request;
                    """,
                    ("@request", admission.Request),
                    ("@time", recorded.Time),
                    ("@handle", recorded.Position));
                break;
            case MemberLeft departure:
                commands.Run(
                    """
                    UPDATE members SET status = 'left'
                    WHERE id = (SELECT member_id FROM member_handles WHERE handle = @handle)
                    """,
                    ("@handle", departure.Member));
                break;
        }
    }

    private static void Insert(TableCommands commands, long handle, Newcomer newcomer, long joinedAt) =>
        commands.Run(
            """
            INSERT INTO members (id, display_name, public_key, curve25519_public_key, joined_at)
            VALUES (@id, @name, @key, @curve, @joinedAt);
            INSERT INTO member_handles (handle, member_id) VALUES (@handle, @id);
            """,
            ("@id", IdOf(newcomer.Profile, handle)),
            ("@name", newcomer.Profile?.DisplayName ?? ""),
            ("@key", newcomer.Keys?.PublicKey ?? ""),
            ("@curve", newcomer.Keys?.Curve25519 ?? ""),
            ("@joinedAt", joinedAt),
            ("@handle", handle));

    /// <summary>The id of a member, or what stands for it after its profile was erased, which no client can choose.</summary>
    public static string IdOf(Profile? profile, long handle) => profile?.MemberId ?? MemberId.OfErased(handle);
}
