using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;

namespace SecureChat.Projections.Tables;

/// <summary>A join request as whoever waits for it polls it.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Status">One of <c>pending</c>, <c>approved</c>, <c>rejected</c>, <c>expired</c>.</param>
/// <param name="RequesterName">Under which name it was asked.</param>
/// <param name="ExpiresAt">Milliseconds since the Unix epoch.</param>
public sealed record JoinRequestRow(string Id, string Status, string RequesterName, long ExpiresAt);

/// <summary>
/// <c>join_requests</c>: every request that was ever submitted. The address stands in it only while it is pending. What is pending is in
/// memory as well, so that a row is written once for all that has happened to it between two commits.
/// </summary>
internal sealed class JoinRequestsTable(TableCommands commands)
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

    private const string Pending = "pending";

    private readonly Dictionary<string, Request> open = [];
    private readonly List<Request> changed = [];

    /// <summary>Reads what is pending.</summary>
    public void Load(SqliteConnection connection)
    {
        foreach (Request request in connection.Query<Request>(
            """
            SELECT id AS Id, requester_id AS RequesterId, requester_name AS Name, requester_public_key AS PublicKey,
                   requester_curve25519_public_key AS Curve25519, requested_at AS RequestedAt, expires_at AS ExpiresAt,
                   approvals AS Approvals, rejections AS Rejections
            FROM join_requests WHERE status = 'pending'
            """))
        {
            if (!JsonTexts.IsList(request.Approvals) || !JsonTexts.IsList(request.Rejections))
            {
                throw new EditedTablesException($"The votes on request {request.Id} are no list in join_requests.");
            }

            request.IsWritten = true;
            open.Add(request.Id, request);
        }
    }

    /// <summary>The request that an event is about.</summary>
    /// <exception cref="EditedTablesException">It was pending, and is not in the table.</exception>
    public Request Of(string id) => open.GetValueOrDefault(id) ?? throw new EditedTablesException($"The request {id} is not pending in join_requests.");

    /// <exception cref="EditedTablesException">It is pending in the table already.</exception>
    public void Submit(RequestSubmitted submission, long time)
    {
        (Profile? profile, MemberKeys? keys) = (submission.Newcomer.Profile, submission.Newcomer.Keys);
        Request request = new()
        {
            Id = submission.Request,
            RequesterId = profile?.MemberId ?? "",
            Name = profile?.DisplayName ?? "",
            PublicKey = keys?.PublicKey ?? "",
            Curve25519 = keys?.Curve25519 ?? "",
            RequestedAt = time,
            ExpiresAt = submission.Expires,
        };
        if (!open.TryAdd(request.Id, request))
        {
            throw new EditedTablesException($"The request {request.Id} is pending in join_requests before it was submitted.");
        }

        Change(request);
    }

    /// <param name="id">The request.</param>
    /// <param name="voter">The voter's id.</param>
    /// <param name="approve">Whether it is in favour.</param>
    public void Vote(string id, string voter, bool approve)
    {
        Request request = Of(id);
        if (approve)
        {
            request.Approvals = JsonTexts.With(request.Approvals, voter);
        }
        else
        {
            request.Rejections = JsonTexts.With(request.Rejections, voter);
        }

        Change(request);
    }

    public void Resolve(string id, string status)
    {
        Request request = Of(id);
        open.Remove(id);
        request.Status = status;
        Change(request);
    }

    /// <summary>Approvals are those that count: whoever leaves drops out of every electorate.</summary>
    public void Withdraw(string voter)
    {
        foreach (Request request in open.Values)
        {
            string approvals = JsonTexts.Without(request.Approvals, voter);
            if (approvals != request.Approvals)
            {
                request.Approvals = approvals;
                Change(request);
            }
        }
    }

    /// <summary>Writes the rows that have changed.</summary>
    public void Write()
    {
        foreach (Request request in changed)
        {
            if (!request.IsWritten)
            {
                Insert(request);
            }
            else
            {
                Update(request);
            }

            request.IsWritten = true;
            request.IsChanged = false;
        }

        if (changed.Exists(request => request.Status != Pending))
        {
            commands.Run(
                "DELETE FROM ip_cooldowns WHERE request_id IN (SELECT value FROM json_each(@requests))",
                ("@requests", JsonTexts.Of(changed.Where(request => request.Status != Pending).Select(request => request.Id))));
        }

        changed.Clear();
    }

    public static JoinRequestRow? Find(IDbConnection connection, string id) =>
        connection.QuerySingleOrDefault<JoinRequestRow>(
            "SELECT id AS Id, status AS Status, requester_name AS RequesterName, expires_at AS ExpiresAt FROM join_requests WHERE id = @id",
            new { id });

    private void Change(Request request)
    {
        if (!request.IsChanged)
        {
            request.IsChanged = true;
            changed.Add(request);
        }
    }

    private void Insert(Request request)
    {
        commands.Run(
            """
            INSERT INTO join_requests (
                id, requester_id, requester_name, requester_public_key, requester_curve25519_public_key,
                requester_ip, requested_at, expires_at, approvals, rejections, status)
            VALUES (@request, @id, @name, @key, @curve,
                iif(@status = 'pending', (SELECT ip FROM ip_cooldowns WHERE request_id = @request), NULL),
                @time, @expires, @approvals, @rejections, @status)
            """,
            ("@request", request.Id),
            ("@id", request.RequesterId),
            ("@name", request.Name),
            ("@key", request.PublicKey),
            ("@curve", request.Curve25519),
            ("@time", request.RequestedAt),
            ("@expires", request.ExpiresAt),
            ("@approvals", request.Approvals),
            ("@rejections", request.Rejections),
            ("@status", request.Status));
        if (request.Status == Pending)
        {
            commands.Run(
                "UPDATE ip_cooldowns SET requested_at = @time, expires_at = @expires WHERE request_id = @request",
                ("@request", request.Id),
                ("@time", request.RequestedAt),
                ("@expires", request.ExpiresAt));
        }
    }

    private void Update(Request request)
    {
        if (request.Status == Pending)
        {
            commands.Run(
                "UPDATE join_requests SET approvals = @approvals, rejections = @rejections WHERE id = @request",
                ("@request", request.Id),
                ("@approvals", request.Approvals),
                ("@rejections", request.Rejections));
        }
        else
        {
            commands.Run(
                """
                UPDATE join_requests SET approvals = @approvals, rejections = @rejections, status = @status, requester_ip = NULL
                WHERE id = @request
                """,
                ("@request", request.Id),
                ("@approvals", request.Approvals),
                ("@rejections", request.Rejections),
                ("@status", request.Status));
        }
    }

    /// <summary>A row as it is, or is to be.</summary>
    internal sealed class Request
    {
        public string Id { get; set; } = "";

        public string RequesterId { get; set; } = "";

        public string Name { get; set; } = "";

        public string PublicKey { get; set; } = "";

        public string Curve25519 { get; set; } = "";

        public long RequestedAt { get; set; }

        public long ExpiresAt { get; set; }

        public string Approvals { get; set; } = JsonTexts.None;

        public string Rejections { get; set; } = JsonTexts.None;

        public string Status { get; set; } = Pending;

        public bool IsWritten { get; set; }

        public bool IsChanged { get; set; }
    }
}
