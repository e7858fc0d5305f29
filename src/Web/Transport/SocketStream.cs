using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using SecureChat.Web.Relay;

namespace SecureChat.Web.Transport;

/// <summary>
/// The bytes of one socket: what is read is asked for by whoever needs it, and what is written is given to the kernel at once, on the
/// thread that writes. Nothing is kept in between.
/// </summary>
/// <remarks>
/// One reads and one writes at a time. Failures are <see cref="ConnectionResetException"/> when the peer is gone and
/// <see cref="ConnectionAbortedException"/> when this side ended it, as the web server expects.
/// </remarks>
internal sealed class SocketStream(Socket socket) : Stream
{
    private const int LargestDrained = 1024 * 1024;

    private byte[]? early;
    private int earlyStart;
    private int earlyEnd;
    private int ended;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Has the next reads give these bytes first, which the web server had read already.</summary>
    public void PutBack(ReadOnlySequence<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            early = ClearedBuffers.Rent((int)bytes.Length);
            (earlyStart, earlyEnd) = (0, (int)bytes.Length);
            bytes.CopyTo(early);
        }
    }

    /// <summary>
    /// Reads what has arrived already, without waiting. A read of nothing waits for something to arrive, but now and then it ends early, and
    /// whoever then waited with a buffer would keep it for as long as nothing comes.
    /// </summary>
    /// <param name="buffer">Where it goes; not empty.</param>
    /// <returns>How many bytes, 0 when the peer has ended, -1 when there is nothing yet.</returns>
    public int ReadArrived(Span<byte> buffer)
    {
        if (early is not null)
        {
            return ReadEarly(early, buffer);
        }

        try
        {
            int count = socket.Receive(buffer, SocketFlags.None, out SocketError error);
            return error switch
            {
                SocketError.Success => count,
                SocketError.WouldBlock => -1,
                _ => throw Translated(new SocketException((int)error)),
            };
        }
        catch (ObjectDisposedException closed)
        {
            throw Translated(closed);
        }
    }

    /// <summary>Ends the connection at once, whatever is under way; anybody may, at any time.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref ended, 1) != 0)
        {
            return;
        }

        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The peer was faster.
        }

        socket.Dispose();
    }

    /// <summary>
    /// Ends the connection after what was written has been sent. What the peer has sent meanwhile is read and thrown away: a socket that is
    /// closed with bytes unread resets, and then the peer may never see the last answer.
    /// </summary>
    public void Finish()
    {
        ForgetEarly();
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            Span<byte> away = stackalloc byte[4096];
            int drained = 0;
            while (drained < LargestDrained && socket.Available > 0)
            {
                drained += socket.Receive(away);
            }

            away.Clear();
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It was reset, or has ended already.
        }

        End();
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (early is not null)
        {
            return ReadEarly(early, buffer.Span);
        }

        try
        {
            return await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is SocketException or ObjectDisposedException)
        {
            throw Translated(failed);
        }
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            ValueTask<int> sending = socket.SendAsync(buffer, SocketFlags.None, cancellationToken);
            if (!sending.IsCompletedSuccessfully)
            {
                return SendAllAsync(sending, buffer, cancellationToken);
            }

            int sent = sending.Result;
            return sent == buffer.Length ? ValueTask.CompletedTask : SendAllAsync(ValueTask.FromResult(sent), buffer, cancellationToken);
        }
        catch (ObjectDisposedException closed)
        {
            return ValueTask.FromException(Translated(closed));
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is kept.
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAllAsync(ValueTask<int> sending, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            int sent = await sending.ConfigureAwait(false);
            while (sent < buffer.Length)
            {
                sent += await socket.SendAsync(buffer[sent..], SocketFlags.None, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failed) when (failed is SocketException or ObjectDisposedException)
        {
            throw Translated(failed);
        }
    }

    private int ReadEarly(byte[] read, Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, earlyEnd - earlyStart);
        read.AsSpan(earlyStart, count).CopyTo(buffer);
        earlyStart += count;
        if (earlyStart == earlyEnd)
        {
            ForgetEarly();
        }

        return count;
    }

    private void ForgetEarly()
    {
        if (early is not null)
        {
            ClearedBuffers.Return(early, earlyEnd);
            early = null;
        }
    }

    private static Exception Translated(Exception failed) =>
        failed is SocketException { SocketErrorCode: not SocketError.OperationAborted } socket
            ? new ConnectionResetException(socket.Message, socket)
            : new ConnectionAbortedException("The connection was ended by this side.", failed);
}
