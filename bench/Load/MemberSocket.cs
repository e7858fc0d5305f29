using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace SecureChat.Bench.Load;

/// <summary>Who is told of each frame that a member's socket receives.</summary>
internal interface IFrames
{
    /// <summary>A whole text frame.</summary>
    public void Received(MemberSocket socket, ReadOnlySpan<byte> payload);
}

/// <summary>A member's WebSocket: only what RFC 6455 wants of a client, and frames of a server that does not split them.</summary>
internal sealed class MemberSocket : Peer
{
    private static readonly byte[] Ping = ClientFrames.Frame("""{"type":"PING"}"""u8);
    private static readonly byte[] Close = ClientFrames.Frame([3, 232], opcode: 8);

    private readonly byte[] ack = ClientFrames.Frame("""{"type":"ACK","payload":{"message_id":"00000000-0000-4000-8000-000000000000"}}"""u8);
    private readonly int ackId;

    private MemberSocket(EventLoop loop, IPEndPoint server, Member member) : base(loop, server)
    {
        Member = member;
        ackId = ClientFrames.IdIn(ack);
        string answer = Ask(Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        if (!answer.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            throw new IOException($"The upgrade was refused: {answer}");
        }

        Join();
    }

    public Member Member { get; }

    public int Index { get; init; }

    public int Pongs { get; private set; }

    /// <summary>Who gets the frames; nobody at first.</summary>
    public IFrames? Frames { get; set; }

    /// <summary>Connects and sends AUTH, which nobody answers.</summary>
    public static MemberSocket Connect(EventLoop loop, IPEndPoint server, Member member, byte[] auth, int index = 0)
    {
        MemberSocket socket = new(loop, server, member) { Index = index };
        socket.Send(auth);
        return socket;
    }

    /// <summary>Asks for a PONG: when it is there, AUTH was good.</summary>
    public void SendPing() => Send(Ping);

    public void SendClose() => Send(Close);

    /// <summary>Acknowledges the message of this number.</summary>
    public void Acknowledge(ReadOnlySpan<byte> digits, bool soon)
    {
        ClientFrames.Put(ack, ackId, digits);
        if (soon)
        {
            SendSoon(ack);
        }
        else
        {
            Send(ack);
        }
    }

    protected override int Consume(ReadOnlySpan<byte> received)
    {
        int taken = 0;
        while (received.Length - taken >= 2)
        {
            ReadOnlySpan<byte> frame = received[taken..];
            int header = frame[1] switch { < 126 => 2, 126 => 4, _ => 10 };
            if (frame.Length < header)
            {
                break;
            }

            long length = header switch
            {
                2 => frame[1],
                4 => BinaryPrimitives.ReadUInt16BigEndian(frame[2..]),
                _ => BinaryPrimitives.ReadInt64BigEndian(frame[2..]),
            };
            if (frame.Length < header + length)
            {
                break;
            }

            taken += header + (int)length;
            Take(frame[0], frame.Slice(header, (int)length));
        }

        return taken;
    }

    private void Take(byte first, ReadOnlySpan<byte> payload)
    {
        switch (first)
        {
            case 0x81 when payload.SequenceEqual("""{"type":"PONG"}"""u8):
                Pongs++;
                break;
            case 0x81:
                if (payload.StartsWith("""{"type":"AUTH_FAILED"""u8) || payload.StartsWith("""{"type":"ERROR"""u8))
                {
                    throw new InvalidOperationException($"The server said {Encoding.UTF8.GetString(payload)}");
                }

                Frames?.Received(this, payload);
                break;
            case 0x89:
                Send(ClientFrames.Frame(payload, opcode: 10));
                break;
            case 0x88:
                break;
            default:
                throw new InvalidOperationException($"A frame that begins with {first:x2} was not expected.");
        }
    }
}
