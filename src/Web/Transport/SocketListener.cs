using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using SecureChat.Web.Relay;

namespace SecureChat.Web.Transport;

/// <summary>Listens for the web server: register it as <see cref="IConnectionListenerFactory"/> in place of the web server's own.</summary>
/// <param name="accepted">Called with each connection.</param>
internal sealed class SocketListenerFactory(Action accepted) : IConnectionListenerFactory
{
    private const int Backlog = 512;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            Socket listening = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            listening.Listen(Backlog);
            return ValueTask.FromResult<IConnectionListener>(new SocketListener(listening, accepted));
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(taken.Message, taken);
        }
    }
}

/// <summary>One listening socket.</summary>
/// <param name="listening">It listens already.</param>
/// <param name="accepted">Called with each connection.</param>
internal sealed class SocketListener(Socket listening, Action accepted) : IConnectionListener
{
    private const int SentBlock = 16 * 1024;

    // So long the backlog has to do when the process has as many files open as it may.
    private static readonly TimeSpan WithoutFiles = TimeSpan.FromMilliseconds(50);

    private readonly ClearingMemoryPool received = new(ClearingMemoryPool.UsualBlock);
    private readonly ClearingMemoryPool sent = new(SentBlock);

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = listening.LocalEndPoint!;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                Socket socket = await listening.AcceptAsync(cancellationToken);
                accepted();
                return Connection(socket);
            }
            catch (Exception over) when (over is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException failed)
            {
                // Who was reset while waiting is gone; the next one may be there.
                if (failed.SocketErrorCode == SocketError.TooManyOpenSockets)
                {
                    await Task.Delay(WithoutFiles, CancellationToken.None);
                }
            }
        }
    }

    // The kernel does not tell the address of somebody who has reset the connection already.
    private SocketConnection Connection(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            socket.Blocking = false;
            return new SocketConnection(socket, received, sent);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        listening.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        listening.Dispose();
        return ValueTask.CompletedTask;
    }
}
