using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace SecureChat.Web.Security;

/// <summary>
/// Ends connections that are opened and then say nothing. The web server's own limits begin with the first byte of a request, or allow as
/// much time as between two requests, which is more than somebody needs who has just come.
/// </summary>
internal static class FirstByte
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <summary>Waits for the first byte before anything else is done with a connection.</summary>
    public static ConnectionDelegate Before(ConnectionDelegate next, TimeProvider clock) => async connection =>
    {
        if (await SpeaksAsync(connection, clock))
        {
            await next(connection);
        }
    };

    // By itself, so that the timer is gone as soon as the byte has come.
    private static async Task<bool> SpeaksAsync(ConnectionContext connection, TimeProvider clock)
    {
        // When the process stops it waits for nobody who has not begun.
        CancellationToken stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using CancellationTokenSource patience = new(Within, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            ReadResult first = await connection.Transport.Input.ReadAsync(either.Token);

            // Nothing is taken: whoever comes next finds it all.
            connection.Transport.Input.AdvanceTo(first.Buffer.Start);
            return true;
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            return false;
        }
    }
}
