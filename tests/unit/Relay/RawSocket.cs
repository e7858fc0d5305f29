using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace SecureChat.UnitTests.Relay;

/// <summary>A WebSocket client that can do everything wrong: frames are written byte by byte.</summary>
internal sealed class RawSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly NetworkStream stream;

    private RawSocket(Socket socket)
    {
        stream = new NetworkStream(socket, ownsSocket: true);
    }

    public static async Task<RawSocket> ConnectAsync(int port, int receiveBuffer = 0)
    {
        RawSocket raw = await OpenAsync(port, receiveBuffer);
        string answer = await raw.AskAsync(
            "GET /any/path HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 101 ");
        return raw;
    }

    public static async Task<RawSocket> OpenAsync(int port, int receiveBuffer = 0)
    {
        Socket client = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
        {
            client.ReceiveBufferSize = receiveBuffer;
        }

        await client.ConnectAsync(IPAddress.Loopback, port);
        return new RawSocket(client);
    }

    /// <summary>Sends an HTTP request; gives the head of the answer.</summary>
    public async Task<string> AskAsync(string request)
    {
        await SendBytesAsync(Encoding.ASCII.GetBytes(request));
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one).AsTask().WaitAsync(Patience) == 1)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    public static byte[] Frame(int firstByte, ReadOnlySpan<byte> payload, bool masked = true)
    {
        byte[] mask = masked ? [1, 2, 3, 250] : [];
        byte maskBit = (byte)(masked ? 0x80 : 0);
        byte[] length = payload.Length < 126 ? [(byte)(maskBit | payload.Length)]
            : payload.Length < 65536 ? [(byte)(maskBit | 126), (byte)(payload.Length >> 8), (byte)payload.Length]
            : [(byte)(maskBit | 127), 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length];
        byte[] body = payload.ToArray();
        for (int i = 0; masked && i < body.Length; i++)
        {
            body[i] ^= mask[i % 4];
        }

        return [(byte)firstByte, .. length, .. mask, .. body];
    }

    public Task SendBytesAsync(byte[] bytes) => stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    public Task SendAsync(string text) => SendBytesAsync(Frame(0x81, Encoding.UTF8.GetBytes(text)));

    public Task SendAsync(int firstByte, params byte[] payload) => SendBytesAsync(Frame(firstByte, payload));

    /// <summary>The next frame: its first byte and its payload; -1 at the end of the connection.</summary>
    public async Task<(int FirstByte, byte[] Payload)> ReceiveFrameAsync()
    {
        byte[] head = new byte[2];
        try
        {
            if (await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false).AsTask().WaitAsync(Patience) < 2)
            {
                return (-1, []);
            }

            (head[1] & 0x80).ShouldBe(0, "a server does not mask");
            long length = head[1];
            if (length >= 126)
            {
                byte[] extended = new byte[length == 126 ? 2 : 8];
                await stream.ReadExactlyAsync(extended).AsTask().WaitAsync(Patience);
                length = length == 126 ? BinaryPrimitives.ReadUInt16BigEndian(extended) : BinaryPrimitives.ReadInt64BigEndian(extended);
            }

            byte[] payload = new byte[length];
            await stream.ReadExactlyAsync(payload).AsTask().WaitAsync(Patience);
            return (head[0], payload);
        }
        catch (IOException)
        {
            return (-1, []);
        }
    }

    /// <summary>The next text frame.</summary>
    public async Task<string> ReceiveAsync()
    {
        (int firstByte, byte[] payload) = await ReceiveFrameAsync();
        firstByte.ShouldBe(0x81, Encoding.UTF8.GetString(payload));
        return Encoding.UTF8.GetString(payload);
    }

    /// <summary>The payload of the next text frame, which has to be of this type.</summary>
    public async Task<JsonNode> ReceiveAsync(string type)
    {
        string text = await ReceiveAsync();
        JsonNode frame = JsonNode.Parse(text)!;
        frame["type"]!.GetValue<string>().ShouldBe(type, text);
        return frame["payload"]!;
    }

    /// <summary>The code of the next frame, which has to be the close frame; 0 when it has none.</summary>
    public async Task<int> CloseCodeAsync()
    {
        (int firstByte, byte[] payload) = await ReceiveFrameAsync();
        firstByte.ShouldBe(0x88, Encoding.UTF8.GetString(payload));
        return payload.Length == 0 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(payload);
    }

    /// <summary>Waits until all that was sent has been handled; nothing else may have come.</summary>
    public async Task PingPongAsync()
    {
        await SendAsync("""{"type":"PING"}""");
        (await ReceiveAsync()).ShouldBe("""{"type":"PONG"}""");
    }

    /// <summary>Closes properly, and waits until the server has ended the connection.</summary>
    public async Task CloseAsync()
    {
        await SendAsync(0x88, 0x03, 0xE8);
        while ((await ReceiveFrameAsync()).FirstByte != -1)
        {
        }
    }

    public void Dispose() => stream.Dispose();
}
