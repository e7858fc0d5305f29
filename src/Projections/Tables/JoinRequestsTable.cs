using System.Data;
using Dapper;
using SecureChat.Ledger.Circle;

namespace SecureChat.Projections.Tables;

/// <summary>A join request as whoever waits for it polls it.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Status">One of <c>pending</c>, <c>approved</c>, <c>rejected</c>, <c>expired</c>.</param>
/// <param name="RequesterName">Under which name it was asked.</param>
/// <param name="ExpiresAt">Milliseconds since the Unix epoch.</param>
public sealed record JoinRequestRow(string Id, string Status, string RequesterName, long ExpiresAt);

/// <summary><c>join_requests</c>: every request that was ever submitted. The address stands in it only while it is pending.</summary>
internal static class JoinRequestsTable
{
    public const string Schema = """
        CREATE TABLE join_requests (
            id                              TEXT PRIMARY KEY,
            requester_id                    TEXT NOT NULL,
            requester_name                  TEXT NOT NULL,
            requester_public_key            TEXT NOT NULL,
            requester_curve25519_public_key TEXT NOT NULL DEFAULT '',
            requester_ip                    TEXT,
            requested_at                    INTEGER NOT NULL,
            expires_at                      INTEGER NOT NULL,
            approvals                       TEXT NOT NULL DEFAULT '[]',
            rejections                      TEXT NOT NULL DEFAULT '[]',
            status                          TEXT NOT NULL DEFAULT 'pending'
                                            CHECK (status IN ('pending', 'approved', 'rejected', 'expired'))
        );

        CREATE INDEX join_requests_by_status ON join_requests (status);
        """;

    public const string Clear = "DELETE FROM join_requests;";

    private static readonly string Approve = Add("approvals");
    private static readonly string Reject = Add("rejections");

    public static void Apply(TableCommands commands, RecordedEvent recorded)
    {
        switch (recorded.Event)
        {
            case RequestSubmitted submission:
                Submit(commands, recorded, submission);
                break;
            case MemberAdmitted admission:
                Resolve(commands, admission.Request, "approved");
                break;
            case RequestRejected rejection:
                Resolve(commands, rejection.Request, "rejected");
                break;
            case RequestExpired expiry:
                Resolve(commands, expiry.Request, "expired");
                break;
            case MemberLeft departure:
                // Approvals are those that count: whoever leaves drops out of every electorate.
                commands.Run(
                    """
                    UPDATE join_requests
                    SET approvals = (
                        SELECT json_group_array(value ORDER BY key) FROM json_each(approvals)
                        WHERE value <> (SELECT member_id FROM member_handles WHERE handle = @member))
                    WHERE status = 'pending'
                    """,
                    ("@member", departure.Member));
                break;
        }
    }

    /// <summary>Votes between which nothing else happened. All on one request go into its row at once: writing it is what a vote costs.</summary>
    public static void Apply(TableCommands commands, IEnumerable<VoteCast> votes)
    {
        foreach (IGrouping<(string Request, bool Approve), VoteCast> alike in votes.GroupBy(vote => (vote.Request, vote.Approve)))
        {
            commands.Run(
                alike.Key.Approve ? Approve : Reject,
                ("@voters", $"[{string.Join(',', alike.Select(vote => vote.Voter))}]"),
                ("@request", alike.Key.Request));
        }
    }

    public static JoinRequestRow? Find(IDbConnection connection, string id) =>
        connection.QuerySingleOrDefault<JoinRequestRow>(
            "SELECT id AS Id, status AS Status, requester_name AS RequesterName, expires_at AS ExpiresAt FROM join_requests WHERE id = @id",
            new { id });

    private static string Add(string column) =>
        $"""
         UPDATE join_requests
         SET {column} = (
             SELECT json_group_array(voter ORDER BY part, place) FROM (
                 SELECT value AS voter, 0 AS part, key AS place FROM json_each({column})
                 UNION ALL
                 SELECT member_id, 1, given.key FROM json_each(@voters) AS given JOIN member_handles ON handle = given.value))
         WHERE id = @request
         """;

    private static void Submit(TableCommands commands, RecordedEvent recorded, RequestSubmitted submission)
    {
        (Profile? profile, MemberKeys? keys) = (submission.Newcomer.Profile, submission.Newcomer.Keys);
        commands.Run(
            """
            INSERT INTO join_requests (
                id, requester_id, requester_name, requester_public_key, requester_curve25519_public_key,
                requester_ip, requested_at, expires_at)
            VALUES (@request, @id, @name, @key, @curve, (SELECT ip FROM ip_cooldowns WHERE request_id = @request), @time, @expires);

            UPDATE ip_cooldowns SET requested_at = @time, expires_at = @expires WHERE request_id = @request;
            """,
            ("@request", submission.Request),
            ("@id", profile?.MemberId ?? ""),
            ("@name", profile?.DisplayName ?? ""),
            ("@key", keys?.PublicKey ?? ""),
            ("@curve", keys?.Curve25519 ?? ""),
            ("@time", recorded.Time),
            ("@expires", submission.Expires));
    }

    private static void Resolve(TableCommands commands, string request, string status) =>
        commands.Run(
            """
            UPDATE join_requests SET status = @status, requester_ip = NULL WHERE id = @request;
            DELETE FROM ip_cooldowns WHERE request_id = @request;
            """,
            ("@status", status),
            ("@request", request));
}
