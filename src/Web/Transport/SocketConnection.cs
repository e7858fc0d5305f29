using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace SecureChat.Web.Transport;

/// <summary>
/// One accepted socket as the web server sees it: it is read when the web server asks for bytes, and never ahead of it. After an upgrade the
/// socket can be taken over, and then the web server, with all that it keeps for a connection, is done with it.
/// </summary>
internal sealed class SocketConnection : DefaultConnectionContext, IMemoryPoolFeature
{
    private readonly SocketStream stream;
    private readonly StreamPipe pipe;

    // Not the base's own, which is disposed of while an Abort may be about to cancel it on another thread.
    private readonly CancellationTokenSource closed = new();
    private volatile bool taken;

    /// <summary>Makes a connection of an accepted socket.</summary>
    /// <param name="socket">The socket; it is this connection's from now on.</param>
    /// <param name="received">Where the blocks come from into which is read.</param>
    /// <param name="sent">Where those come from that are written.</param>
    public SocketConnection(Socket socket, MemoryPool<byte> received, MemoryPool<byte> sent)
        : base(nameof(SocketConnection))
    {
        MemoryPool = received;
        stream = new SocketStream(socket);
        pipe = new StreamPipe(
            PipeReader.Create(stream, new StreamPipeReaderOptions(received, received.MaxBufferSize, leaveOpen: true, useZeroByteReads: true)),
            PipeWriter.Create(stream, new StreamPipeWriterOptions(sent, sent.MaxBufferSize, leaveOpen: true)));
        Transport = pipe;
        ConnectionClosed = closed.Token;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set(this);
    }

    /// <inheritdoc/>
    public MemoryPool<byte> MemoryPool { get; }

    /// <summary>
    /// Gives the socket away, from behind what the web server has read and written. The web server thinks that the connection ends with the
    /// request; whoever took it ends it.
    /// </summary>
    /// <returns>Null when the bytes are encrypted: then only the web server can read them.</returns>
    public SocketStream? TakeOver()
    {
        if (!ReferenceEquals(Transport, pipe))
        {
            return null;
        }

        if (pipe.Input.TryRead(out ReadResult read))
        {
            stream.PutBack(read.Buffer);
            pipe.Input.AdvanceTo(read.Buffer.End);
        }

        taken = true;
        return stream;
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (!taken)
        {
            stream.End();
        }

        ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), closed, preferLocal: false);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        try
        {
            await pipe.Input.CompleteAsync();
            await pipe.Output.CompleteAsync();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // Nobody is there who could get the rest.
        }

        if (!taken)
        {
            stream.Finish();
        }

        await base.DisposeAsync();
    }

    private sealed record StreamPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
