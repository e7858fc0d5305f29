using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>A frame as it came from the relay; the opcode of RFC 6455 and the payload.</summary>
internal sealed record ServerFrame(int First, byte[] Payload)
{
    public const int Text = 0x81;
    public const int Close = 0x88;
    public const int Ping = 0x89;
    public const int Pong = 0x8A;
}

/// <summary>An answer to a request over HTTP.</summary>
internal sealed record RawAnswer(int Status, string Head, byte[] Body);

/// <summary>
/// A TCP connection to the relay that sends bytes as they are given and takes apart what comes back, as strictly as the RFCs are: a
/// frame of the relay that is masked, fragmented, reserved or longer than it needs to be fails the test.
/// </summary>
internal sealed class RawSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static int connections;

    private readonly Socket socket;
    private readonly byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    private RawSocket(Socket socket) => this.socket = socket;

    /// <summary>
    /// Connects from one of many loopback addresses: the relay closes first, so that each port of an address is of no use for a minute.
    /// </summary>
    public static async Task<RawSocket> Open(RelayProcess relay)
    {
        var number = Interlocked.Increment(ref connections);
        var connected = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        connected.Bind(new IPEndPoint(new IPAddress([127, 1, (byte)(number / 250 % 250), (byte)(1 + (number % 250))]), 0));
        using var limit = new CancellationTokenSource(Patience);
        await connected.ConnectAsync(new IPEndPoint(IPAddress.Loopback, relay.Port), limit.Token);
        return new RawSocket(connected);
    }

    /// <summary>Connects and upgrades, with the further headers, which end with CRLF each.</summary>
    public static async Task<RawSocket> Upgrade(RelayProcess relay, string furtherHeaders = "")
    {
        var opened = await Open(relay);
        await opened.Send(Encoding.ASCII.GetBytes(
            "GET / HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{furtherHeaders}\r\n"));
        (await opened.ReadHead()).ShouldStartWith("HTTP/1.1 101 ");
        return opened;
    }

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await socket.SendAsync(bytes, limit.Token)..];
            }
        }
        catch (SocketException)
        {
            // Closed by the relay while it was being sent to; what it said before is still to be read.
        }
    }

    /// <summary>No more will be sent.</summary>
    public void EndSending()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Gone already.
        }
    }

    /// <summary>The next frame, or null when the connection has ended.</summary>
    public async Task<ServerFrame?> ReadFrame()
    {
        if (!await Fill(2))
        {
            return null;
        }

        int first = buffer[start];
        int length = buffer[start + 1];
        length.ShouldBeLessThan(0x80, "a server does not mask");
        first.ShouldBeOneOf(ServerFrame.Text, ServerFrame.Close, ServerFrame.Ping, ServerFrame.Pong);
        start += 2;
        if (length >= 126)
        {
            var size = length == 126 ? 2 : 8;
            (await Fill(size)).ShouldBeTrue("a header is whole");
            length = (int)buffer.AsSpan(start, size).ToArray().Aggregate(0L, (sum, digit) => (sum << 8) | digit);
            length.ShouldBeGreaterThan(size == 2 ? 125 : ushort.MaxValue, "lengths are written in their shortest form");
            start += size;
        }

        return new ServerFrame(first, await Take(length));
    }

    /// <summary>The next answer, or null when the connection has ended.</summary>
    /// <param name="method">What was asked: an answer to HEAD has no body.</param>
    public async Task<RawAnswer?> ReadAnswer(string method)
    {
        if (!await Fill(1))
        {
            return null;
        }

        var head = await ReadHead();
        var status = int.Parse(head.Split(' ')[1]);
        var length = head.Split("\r\n").Select(line => line.Split(": ", 2))
            .Where(field => field[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Select(field => int.Parse(field[1])).FirstOrDefault();
        head.ShouldNotContain("Transfer-Encoding", Case.Insensitive, "every answer has its length");
        return new RawAnswer(status, head, method == "HEAD" || status is 204 or 101 ? [] : await Take(length));
    }

    /// <summary>The connection ends, and nothing more comes before.</summary>
    public async Task ExpectEnd() => (await Fill(1)).ShouldBeFalse("nothing comes before the end");

    public void Dispose() => socket.Dispose();

    private async Task<string> ReadHead()
    {
        var read = 0;
        while (true)
        {
            var ending = buffer.AsSpan(start, end - start).IndexOf("\r\n\r\n"u8);
            if (ending >= 0)
            {
                var head = Encoding.Latin1.GetString(buffer, start, ending);
                start += ending + 4;
                return head;
            }

            read = end - start;
            (await Fill(read + 1)).ShouldBeTrue("the head of an answer is whole");
        }
    }

    private async Task<byte[]> Take(int length)
    {
        var taken = new byte[length];
        var copied = 0;
        while (copied < length)
        {
            (await Fill(1)).ShouldBeTrue("what is announced comes");
            var count = Math.Min(length - copied, end - start);
            buffer.AsSpan(start, count).CopyTo(taken.AsSpan(copied));
            copied += count;
            start += count;
        }

        return taken;
    }

    // Reads until so many bytes lie in the buffer; false when the connection ended before.
    private async Task<bool> Fill(int count)
    {
        if (buffer.Length - start < count)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        using var limit = new CancellationTokenSource(Patience);
        while (end - start < count)
        {
            if (start == end)
            {
                start = end = 0;
            }

            int read;
            try
            {
                read = await socket.ReceiveAsync(buffer.AsMemory(end), limit.Token);
            }
            catch (SocketException)
            {
                read = 0; // a reset is an end, too
            }
            catch (OperationCanceledException exception)
            {
                throw new ShouldAssertException($"The relay has neither answered nor closed within {Patience.TotalSeconds} s.", exception);
            }

            if (read == 0)
            {
                return false;
            }

            end += read;
        }

        return true;
    }
}
