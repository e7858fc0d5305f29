using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;

namespace SecureChat.Projections.Tables;

/// <summary>
/// <c>ip_cooldowns</c>: one address, one pending request. No projection: besides <c>requester_ip</c> of a pending request it is
/// the only place where an address may stand, and when the request is resolved the address is gone from the bytes of the files.
/// </summary>
/// <remarks>
/// A row is durable before its request is. A crash between the two leaves a row without a request, which the next start drops.
/// An operator may add a row by hand, without a request, to keep an address out until <c>expires_at</c>.
/// </remarks>
public sealed class AddressGuard : IDisposable
{
    internal sealed record Reservation(long ExpiresAt, string? Request);

    internal const string Schema = """
        CREATE TABLE IF NOT EXISTS ip_cooldowns (
            ip           TEXT PRIMARY KEY,
            requested_at INTEGER NOT NULL,
            expires_at   INTEGER NOT NULL,
            request_id   TEXT
        );
        """;

    private readonly Lock gate = new();
    private readonly DatabaseFile file;
    private readonly Func<bool> isLate;
    private readonly HashSet<string> underway = [];
    private readonly HashSet<string> released = [];
    private readonly Action<Func<bool>> repeatUntil;
    private SqliteConnection? opened;
    private bool disposed;

    /// <param name="file">The tables.</param>
    /// <param name="isLate">Whether the tables are still behind the ledger because the disk is full; orphans have not been dropped by then.</param>
    /// <param name="repeatUntil">Does something again and again, later, until it says that it is done.</param>
    internal AddressGuard(DatabaseFile file, Func<bool> isLate, Action<Func<bool>> repeatUntil)
    {
        this.file = file;
        this.isLate = isLate;
        this.repeatUntil = repeatUntil;
    }

    // Under the gate. Not before it is needed: at the start on a full disk there may be no file yet.
    private SqliteConnection Connection => opened ??= file.Open();

    /// <summary>Reserves an address for a request that is about to be submitted.</summary>
    /// <param name="address">In canonical form.</param>
    /// <param name="request">The id that the request will have.</param>
    /// <param name="now">Milliseconds since the Unix epoch.</param>
    /// <param name="expires">Until when, at the longest.</param>
    /// <param name="isPending">Whether a request of an id is pending.</param>
    /// <returns>Null when it is reserved; otherwise until when the address is taken.</returns>
    /// <exception cref="LedgerUnavailableException">It cannot be written down at present.</exception>
    public long? Reserve(string address, string request, long now, long expires, Func<string, bool> isPending)
    {
        lock (gate)
        {
            if (isLate())
            {
                throw new LedgerUnavailableException("The address guard cannot be written at present: the disk is full.");
            }

            try
            {
                SqliteConnection connection = Connection;
                Reservation? held = connection.QuerySingleOrDefault<Reservation>(
                    "SELECT expires_at AS ExpiresAt, request_id AS Request FROM ip_cooldowns WHERE ip = @address", new { address });
                if (held?.ExpiresAt >= now && (held.Request is null || underway.Contains(held.Request) || isPending(held.Request)))
                {
                    return held.ExpiresAt;
                }

                connection.Execute(
                    """
                    INSERT INTO ip_cooldowns (ip, requested_at, expires_at, request_id) VALUES (@address, @now, @expires, @request)
                    ON CONFLICT (ip) DO UPDATE SET
                        requested_at = excluded.requested_at, expires_at = excluded.expires_at, request_id = excluded.request_id
                    """,
                    new { address, now, expires, request });
                underway.Add(request);
                return null;
            }
            catch (SqliteException failed)
            {
                throw new LedgerUnavailableException("The address guard cannot be written at present.", failed);
            }
        }
    }

    /// <summary>The request was submitted; from here on its resolution releases the address.</summary>
    /// <param name="request">The request's id.</param>
    public void Submitted(string request)
    {
        lock (gate)
        {
            underway.Remove(request);
        }
    }

    /// <summary>The request was not submitted after all.</summary>
    /// <param name="request">The id that it would have had.</param>
    public void Release(string request)
    {
        lock (gate)
        {
            underway.Remove(request);
            released.Add(request);
            if (!ForgetReleased())
            {
                repeatUntil(ForgetReleased);
            }
        }
    }

    // A row that cannot be deleted at present keeps nobody out, for its request is not pending; but the address has to go.
    private bool ForgetReleased()
    {
        lock (gate)
        {
            if (disposed)
            {
                return true;
            }

            try
            {
                while (released.Count > 0)
                {
                    string request = released.First();
                    Connection.Execute("DELETE FROM ip_cooldowns WHERE request_id = @request", new { request });
                    released.Remove(request);
                }
            }
            catch (SqliteException)
            {
                return false;
            }

            return Scrub(Connection);
        }
    }

    /// <summary>Drops the rows of requests that never came about, or whose resolution was applied while the row was not there.</summary>
    internal static void DropOrphans(IDbConnection connection) => connection.Execute(
        """
        DELETE FROM ip_cooldowns
        WHERE request_id IS NOT NULL AND request_id NOT IN (SELECT id FROM join_requests WHERE status = 'pending')
        """);

    /// <summary>
    /// Takes deleted bytes out of the files: secure_delete has overwritten them in the pages, and this empties the WAL.
    /// </summary>
    /// <returns>False while somebody else is reading, or the disk refuses; it has to be tried again.</returns>
    internal static bool Scrub(IDbConnection connection)
    {
        try
        {
            // Long enough for our own readers, and no longer: whoever asked for the change waits for this, and an operator's
            // query can take minutes.
            connection.Execute("PRAGMA busy_timeout = 100");
            return connection.ExecuteScalar<long>("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
        }
        catch (SqliteException)
        {
            return false;
        }
        finally
        {
            connection.Execute("PRAGMA busy_timeout = 5000");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            opened?.Dispose();
        }
    }
}
