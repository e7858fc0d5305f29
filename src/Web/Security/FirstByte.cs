using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

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
        using CancellationTokenSource patience = new(Within, clock);
        try
        {
            ReadResult first = await connection.Transport.Input.ReadAsync(patience.Token);

            // Nothing is taken: whoever comes next finds it all.
            connection.Transport.Input.AdvanceTo(first.Buffer.Start);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            return;
        }

        await next(connection);
    };
}
