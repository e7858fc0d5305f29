using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SecureChat.Bench.Load;

/// <summary>One connection to a server, read and written by the loop's thread without ever waiting.</summary>
internal abstract class Peer : IDisposable
{
    // Copying a large frame would cost more than a call.
    private const int AlwaysAlone = 16 * 1024;

    // Connections are made one after the other.
    private static readonly byte[] answer = new byte[16 * 1024];

    private readonly Socket socket;
    private byte[] rest = [];
    private int restLength;
    private byte[] waiting = [];
    private int waitingStart;
    private int waitingEnd;

    protected Peer(EventLoop loop, IPEndPoint server)
    {
        Loop = loop;
        socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server);
        Descriptor = (int)socket.SafeHandle.DangerousGetHandle();
    }

    public int Descriptor { get; }

    public int Number { get; set; }

    public bool Ended { get; private set; }

    protected EventLoop Loop { get; }

    /// <summary>Sends at once, or as soon as the socket takes it.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (waitingEnd == waitingStart)
        {
            bytes = bytes[SendSome(bytes)..];
            if (bytes.IsEmpty)
            {
                return;
            }

            Loop.Watch(this, writing: true);
        }

        Keep(bytes);
    }

    /// <summary>Sends with whatever else is to be sent because of what has just been received: in one call, as an answer to it.</summary>
    public void SendSoon(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > AlwaysAlone)
        {
            Send(bytes);
            return;
        }

        if (waitingEnd == waitingStart)
        {
            Loop.FlushSoon(this);
        }

        Keep(bytes);
    }

    /// <summary>Sends what was put together.</summary>
    public void SendKept()
    {
        if (waitingEnd > waitingStart && !Ended)
        {
            Flush();
            if (waitingEnd > waitingStart)
            {
                Loop.Watch(this, writing: true);
            }
        }
    }

    /// <summary>Sends more of what waits; the socket has said that it takes some.</summary>
    public void SocketTakes()
    {
        Flush();
        if (waitingEnd == waitingStart)
        {
            Loop.Watch(this, writing: false);
        }
    }

    /// <summary>Reads once, through a buffer that all connections share.</summary>
    public void Receive(byte[] buffer)
    {
        rest.AsSpan(0, restLength).CopyTo(buffer);
        int received = Libc.Receive(Descriptor, buffer.AsSpan(restLength));
        if (received < 0 && Marshal.GetLastPInvokeError() is Libc.TryAgain or Libc.Interrupted)
        {
            return;
        }

        if (received <= 0)
        {
            End();
            return;
        }

        Take(buffer.AsSpan(0, restLength + received));
    }

    public void Dispose()
    {
        Loop.Remove(this);
        socket.Dispose();
    }

    /// <summary>Takes what is complete, and says how many bytes that was.</summary>
    protected abstract int Consume(ReadOnlySpan<byte> received);

    protected virtual void End()
    {
        Ended = true;
        Loop.Remove(this);
    }

    /// <summary>Before the loop reads: sends and waits for the first answer, up to and with an empty line. What follows it is kept.</summary>
    protected string Ask(ReadOnlySpan<byte> request)
    {
        socket.Send(request);
        int length = 0;
        int end = -1;
        while (end < 0)
        {
            int received = socket.Receive(answer.AsSpan(length));
            length += received > 0 ? received : throw new IOException("The server closed the connection.");
            end = answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
        }

        KeepIncomplete(answer.AsSpan(end + 4, length - end - 4));
        return System.Text.Encoding.ASCII.GetString(answer, 0, end);
    }

    protected void Join()
    {
        socket.Blocking = false;
        Loop.Add(this);
        if (restLength > 0)
        {
            Take(rest.AsSpan(0, restLength).ToArray());
        }
    }

    private void Flush()
    {
        waitingStart += SendSome(waiting.AsSpan(waitingStart, waitingEnd - waitingStart));
        if (waitingStart == waitingEnd)
        {
            waitingStart = waitingEnd = 0;
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (waitingEnd + bytes.Length > waiting.Length)
        {
            waiting.AsSpan(waitingStart, waitingEnd - waitingStart).CopyTo(waiting);
            waitingEnd -= waitingStart;
            waitingStart = 0;
            if (waitingEnd + bytes.Length > waiting.Length)
            {
                Array.Resize(ref waiting, Math.Max(2 * waiting.Length, waitingEnd + bytes.Length));
            }
        }

        bytes.CopyTo(waiting.AsSpan(waitingEnd));
        waitingEnd += bytes.Length;
    }

    private void Take(ReadOnlySpan<byte> received) => KeepIncomplete(received[Consume(received)..]);

    private void KeepIncomplete(ReadOnlySpan<byte> incomplete)
    {
        if (rest.Length < incomplete.Length)
        {
            rest = new byte[incomplete.Length * 2];
        }

        incomplete.CopyTo(rest);
        restLength = incomplete.Length;
    }

    private int SendSome(ReadOnlySpan<byte> bytes)
    {
        int sent = Libc.Send(Descriptor, bytes);
        if (sent >= 0)
        {
            return sent;
        }

        if (Marshal.GetLastPInvokeError() is not (Libc.TryAgain or Libc.Interrupted))
        {
            End();
            return bytes.Length;
        }

        return 0;
    }
}
