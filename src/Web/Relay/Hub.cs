using System.Collections.Concurrent;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using SecureChat.Ledger.Circle;
using SecureChat.Projections;
using SecureChat.Web.Transport;

namespace SecureChat.Web.Relay;

/// <summary>
/// The relay: all sockets of the circle. Messages go from one to the others without touching the disk; what happens to the
/// circle is announced to them.
/// </summary>
/// <remarks>It logs nothing: whatever a line could say would be about somebody's message or connection.</remarks>
public sealed class Hub : IAsyncDisposable
{
    private static readonly TimeSpan AlarmGranularity = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<Connection, bool> connections = new();
    private readonly Presence presence = new();
    private readonly Receipts receipts;
    private readonly Announcements announcements;
    private readonly Dispatcher dispatcher;
    private readonly Alarm alarm;
    private readonly Doors doors;
    private readonly SocketLogins logins;
    private readonly RelayLimits limits;
    private readonly TimeProvider clock;
    private readonly TaskCompletionSource allGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool stopping;

    /// <summary>Makes a relay without connections.</summary>
    /// <param name="roster">The circle as it is now. Asked at each frame.</param>
    /// <param name="logins">Checks logins.</param>
    /// <param name="vote">Casts votes.</param>
    /// <param name="limits">How much of everything there may be.</param>
    /// <param name="clock">Monotonic timestamps and timers; the time of day is not asked for.</param>
    public Hub(Func<Roster> roster, SocketLogins logins, CastVote vote, RelayLimits limits, TimeProvider clock)
    {
        this.logins = logins;
        this.limits = limits;
        this.clock = clock;
        doors = new Doors(limits.MaxConnections, limits.MaxConnectionsPerAddress);
        alarm = new Alarm(clock, AlarmGranularity, Watch);
        receipts = new Receipts(presence, limits, clock, Settle);
        announcements = new Announcements(roster, presence, receipts, vote, limits);
        Login login = new(logins, announcements);
        dispatcher = new Dispatcher(roster, login, new MessageRelay(presence, receipts), presence);
    }

    /// <summary>Whether a request wants to become a WebSocket, on whatever path, and is to be given to <see cref="ServeAsync(HttpContext, string)"/>.</summary>
    public static bool IsUpgrade(HttpContext context) => Handshake.IsAskedFor(context);

    /// <summary>Whether one of a member's connections lives.</summary>
    public bool IsOnline(RosterMember member) => presence.Of(member.Handle).Length > 0;

    /// <summary>Called with what should not have happened on a connection whose request has ended, so that nobody else can tell it.</summary>
    public Action<Exception> Failed { get; init; } = _ => { };

    /// <summary>
    /// Serves an upgrade request. Refusals are answered with 400, 426 or 503. When it returns, the request may end: the connection has ended,
    /// too, or the relay has taken over its socket and goes on without the web server.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="clientAddress">Where it comes from, in one form for each address that is counted.</param>
    public async Task ServeAsync(HttpContext context, string clientAddress)
    {
        if (Handshake.Refuse(context) is { } error)
        {
            await Handshake.AnswerAsync(
                context, error, error == UpgradeErrors.UnsupportedVersion ? StatusCodes.Status426UpgradeRequired : StatusCodes.Status400BadRequest);
        }
        else if (stopping || !doors.TryEnter(clientAddress))
        {
            await Handshake.AnswerAsync(
                context, stopping ? UpgradeErrors.Stopping : UpgradeErrors.TooManyConnections, StatusCodes.Status503ServiceUnavailable);
        }
        else
        {
            await AcceptAsync(context, clientAddress);
        }
    }

    /// <summary>Serves a connection whose handshake is done, until it has ended.</summary>
    /// <param name="transport">Its bytes.</param>
    /// <param name="cut">Ends the transport at once, whatever is under way on it.</param>
    /// <param name="asked">What its client has to sign to log in; null for clients of old, who sign the time.</param>
    /// <param name="sendsOnPool">Whether writing is a call of the kernel, which a thread of the pool is to do.</param>
    public async Task ServeAsync(Stream transport, Action cut, SocketChallenge? asked = null, bool sendsOnPool = false)
    {
        Connection connection = new(transport, cut, dispatcher, alarm, limits, clock, sendsOnPool) { Challenge = asked };
        connections[connection] = true;
        Task writing = connection.Outbox.PumpAsync();
        if (asked is not null)
        {
            SharedFrame frame = ServerFrames.Challenge(asked);
            connection.Outbox.Append(FlushList.OfThisThread, frame);
            frame.Release();
            FlushList.OfThisThread.Flush();
        }

        if (stopping)
        {
            connection.Close(CloseCode.GoingAway, "The relay is stopping");
        }

        try
        {
            await connection.ReadAsync().ConfigureAwait(false);
        }
        finally
        {
            try
            {
                announcements.Leave(connection);
                await writing.ConfigureAwait(false);
            }
            finally
            {
                // Whatever went wrong: stopping waits for nobody who is gone.
                connections.TryRemove(connection, out _);
                if (stopping && connections.IsEmpty)
                {
                    allGone.TrySetResult();
                }
            }
        }
    }

    /// <summary>
    /// Tells members what happened to the circle. Called by one thread at a time, after the roster shows the events. When it
    /// returns, the connections of those who left are closed, and nothing more is relayed from or to them.
    /// </summary>
    /// <param name="events">What happened, in the order of the ledger.</param>
    /// <param name="before">The circle before it, where those are found who are gone.</param>
    public void Announce(IReadOnlyList<RecordedEvent> events, Roster before) => announcements.Announce(events, before);

    /// <summary>Closes all connections with 1001, and cuts what is left after a bounded time. New ones are refused.</summary>
    public async Task StopAsync()
    {
        stopping = true;
        announcements.Silent = true;
        foreach ((Connection connection, _) in connections)
        {
            connection.Close(CloseCode.GoingAway, "The relay is stopping");
        }

        if (connections.IsEmpty)
        {
            return;
        }

        try
        {
            await allGone.Task.WaitAsync(limits.StopWithin, clock);
        }
        catch (TimeoutException)
        {
            foreach ((Connection connection, _) in connections)
            {
                connection.Cut();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        alarm.Dispose();
        receipts.Dispose();
    }

    private async Task AcceptAsync(HttpContext context, string clientAddress)
    {
        bool goesOn = false;
        try
        {
            if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            {
                // How slowly a peer may read is decided by its outbox.
                rate.MinDataRate = null;
            }

            SocketChallenge? asked = Handshake.OffersChallenge(context) ? logins.Challenge(context) : null;
            Stream transport = await Handshake.AcceptAsync(context);
            if (transport is SocketStream socket)
            {
                goesOn = true;
                _ = ServeTakenOverAsync(socket, asked, clientAddress);
                return;
            }

            await ServeAsync(transport, context.Abort, asked, sendsOnPool: true);
        }
        finally
        {
            if (!goesOn)
            {
                doors.Leave(clientAddress);
            }
        }
    }

    private async Task ServeTakenOverAsync(SocketStream socket, SocketChallenge? asked, string clientAddress)
    {
        try
        {
            await ServeAsync(socket, socket.End, asked, sendsOnPool: true).ConfigureAwait(false);
        }
        catch (Exception unexpected)
        {
            Failed(unexpected);
        }
        finally
        {
            socket.Finish();
            doors.Leave(clientAddress);
        }
    }

    private long Watch(long now)
    {
        long next = long.MaxValue;
        foreach ((Connection connection, _) in connections)
        {
            next = Math.Min(next, connection.Watch(now));
        }

        FlushList.OfThisThread.Flush();
        return next;
    }

    private void Settle(long sender, ReadOnlySpan<byte> messageId, bool delivered)
    {
        ReadOnlySpan<byte> start = delivered
            ? """{"type":"DELIVERED","payload":{"message_id":"""u8
            : """{"type":"UNDELIVERED","payload":{"message_id":"""u8;
        foreach (Connection connection in presence.Of(sender))
        {
            connection.Outbox.Append(FlushList.OfThisThread, start, messageId, "}}"u8);
        }
    }
}
