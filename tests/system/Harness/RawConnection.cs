using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureChat.SystemTests.Harness;

/// <summary>A TCP connection to the relay that sends what no well-behaved client would, or does not read what it should.</summary>
public sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly TcpClient client = new();

    public static async Task<RawConnection> Open(RelayProcess relay, int receiveBuffer = 0)
    {
        var connection = new RawConnection();
        if (receiveBuffer > 0)
        {
            connection.client.ReceiveBufferSize = receiveBuffer;
        }

        await connection.client.ConnectAsync(IPAddress.Loopback, relay.Port);
        return connection;
    }

    public async Task Send(string ascii) => await Send(Encoding.Latin1.GetBytes(ascii));

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Patience);
        await client.GetStream().WriteAsync(bytes, limit.Token);
    }

    /// <summary>Everything the server sends until it closes the connection; within 15 s when nothing else is said.</summary>
    public async Task<string> ReadToEnd(TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? Patience);
        using var all = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(all, limit.Token);
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }

        return Encoding.Latin1.GetString(all.ToArray());
    }

    /// <summary>Whatever the server sends up to and including this text.</summary>
    public async Task<string> ReadUntil(string end)
    {
        using var limit = new CancellationTokenSource(Patience);
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            (await client.GetStream().ReadAsync(one, limit.Token)).ShouldBe(1, $"the connection ended after: {text}");
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    /// <summary>Upgrades to a WebSocket and returns the head of the server's answer.</summary>
    public async Task<string> Upgrade(string path = "/", string furtherHeaders = "")
    {
        await Send($"GET {path} HTTP/1.1\r\nHost: relay\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{furtherHeaders}\r\n");
        return await ReadUntil("\r\n\r\n");
    }

    /// <summary>Upgrades and authenticates; nothing is read after the handshake.</summary>
    public async Task Authenticate(Credentials credentials)
    {
        (await Upgrade()).ShouldStartWith("HTTP/1.1 101");
        var auth = $$$"""
            {"type":"AUTH","payload":{"member_id":"{{{credentials.MemberId}}}","signature":"{{{credentials.Signature}}}",
            "timestamp":"{{{credentials.Timestamp}}}"}}
            """;
        await Send(MaskedFrame(0x81, Encoding.UTF8.GetBytes(auth)));
    }

    /// <summary>A client's frame (RFC 6455, 5.2): first byte with FIN, RSV and opcode; masked with a key of zeros.</summary>
    public static byte[] MaskedFrame(byte first, ReadOnlySpan<byte> payload)
    {
        using var frame = new MemoryStream();
        frame.WriteByte(first);
        Span<byte> length = stackalloc byte[8];
        if (payload.Length < 126)
        {
            frame.WriteByte((byte)(0x80 | payload.Length));
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            frame.WriteByte(0x80 | 126);
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)payload.Length);
            frame.Write(length[..2]);
        }
        else
        {
            frame.WriteByte(0x80 | 127);
            BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)payload.Length);
            frame.Write(length);
        }

        frame.Write([0, 0, 0, 0]);
        frame.Write(payload);
        return frame.ToArray();
    }

    /// <summary>What the server has sent, as it comes, at most so many bytes; nothing at the end of the connection.</summary>
    public async Task<byte[]> ReadSome(int most)
    {
        using var limit = new CancellationTokenSource(Patience);
        var some = new byte[most];
        try
        {
            return some[..await client.GetStream().ReadAsync(some, limit.Token)];
        }
        catch (IOException)
        {
            return []; // a reset is an end, too
        }
    }

    /// <summary>Reads and forgets, so that the server is never kept waiting; ends when the connection does.</summary>
    public async Task Discard()
    {
        try
        {
            await client.GetStream().CopyToAsync(Stream.Null);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // A reset is an end, too.
        }
    }

    /// <summary>Sends nothing more, and says so; the server's side stays open.</summary>
    public void HalfClose() => client.Client.Shutdown(SocketShutdown.Send);

    /// <summary>Ends with a reset: whatever is under way is thrown away.</summary>
    public void Reset()
    {
        if (client.Client is { } open)
        {
            open.LingerState = new LingerOption(enable: true, seconds: 0);
            client.Dispose();
        }
    }

    public void Dispose() => client.Dispose();
}
