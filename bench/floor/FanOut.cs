using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SecureChat.Floor;

/// <summary>Sends each message to everybody whom it names, and counts ACKs.</summary>
internal sealed class FanOut
{
    private static readonly byte[] Head = """{"type":"MESSAGE","payload":{"channel_id":"""u8.ToArray();

    private readonly ConcurrentDictionary<string, Writer> online = [];
    private readonly ConcurrentDictionary<string, Writer>.AlternateLookup<ReadOnlySpan<char>> byName;
    private readonly ConcurrentDictionary<long, Pending> pending = [];

    public FanOut() => byName = online.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The answer to the key of a handshake (RFC 6455 section 4.2.2).</summary>
    public static string Accept(string key) => Convert.ToBase64String(Sha1(key));

    public async Task ServeAsync(Stream stream)
    {
        Writer own = new(stream);
        byte[] buffer = new byte[8 * 1024];
        int length = 0;
        try
        {
            while (true)
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length));
                if (read == 0)
                {
                    break;
                }

                length += read;
                int taken = Consume(buffer.AsSpan(0, length), own, out int wanted);
                if (own.Closed)
                {
                    await own.Sent;
                    break;
                }

                buffer.AsSpan(taken, length - taken).CopyTo(buffer);
                length -= taken;
                if (wanted > buffer.Length)
                {
                    Array.Resize(ref buffer, wanted);
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // Nobody waits for this connection.
        }

        if (own.Id is { } id)
        {
            online.TryRemove(KeyValuePair.Create(id, own));
        }
    }

    private int Consume(Span<byte> received, Writer own, out int wanted)
    {
        int taken = 0;
        wanted = 0;
        List<Writer> touched = Writer.TouchedByThisThread;
        while (received.Length - taken >= 6)
        {
            Span<byte> frame = received[taken..];
            (int header, long length) = (frame[1] & 0x7f) switch
            {
                126 => (8, BinaryPrimitives.ReadUInt16BigEndian(frame[2..])),
                127 when frame.Length >= 14 => (14, BinaryPrimitives.ReadInt64BigEndian(frame[2..])),
                127 => (14, frame.Length),
                int few => (6, (long)few),
            };
            if (frame.Length < header + length)
            {
                wanted = header + (int)length;
                break;
            }

            taken += header + (int)length;
            Span<byte> payload = frame.Slice(header, (int)length);
            Unmask(payload, BitConverter.ToUInt32(frame[(header - 4)..]));
            if ((frame[0] & 0xf) == 8)
            {
                own.Write(0x88, touched, payload, default, default, default, default);
                own.Closed = true;
            }
            else
            {
                Handle(payload, own, touched);
            }
        }

        touched.ForEach(writer => writer.Flush());
        touched.Clear();
        return taken;
    }

    private void Handle(ReadOnlySpan<byte> payload, Writer own, List<Writer> touched)
    {
        if (payload.StartsWith("""{"type":"ACK","payload":{"message_id":"""u8))
        {
            Acknowledge(Number(payload), touched);
        }
        else if (payload.StartsWith("""{"type":"MESSAGE","payload":{"channel_id":"""u8))
        {
            Relay(payload, own, touched);
        }
        else if (payload.StartsWith("""{"type":"PING"}"""u8))
        {
            own.Write(0x81, touched, """{"type":"PONG"}"""u8, default, default, default, default);
        }
        else
        {
            using JsonDocument auth = JsonDocument.Parse(payload.ToArray());
            own.Id = auth.RootElement.GetProperty("payload").GetProperty("member_id").GetString()!;
            online[own.Id] = own;
        }
    }

    // The fields in the order in which the generator writes them; what a blob says is not looked at, only where it ends.
    private void Relay(ReadOnlySpan<byte> payload, Writer own, List<Writer> touched)
    {
        int recipientsAt = payload.IndexOf(""","recipients":["""u8);
        int blobAt = recipientsAt < 0 ? payload.IndexOf(""","encrypted_blob":"""u8) : recipientsAt;
        ReadOnlySpan<byte> about = payload[Head.Length..blobAt];
        Pending waiting = new(own);
        long number = Number(payload);
        pending[number] = waiting;
        if (recipientsAt < 0)
        {
            ReadOnlySpan<byte> whole = payload[(blobAt + 19)..payload.LastIndexOf((byte)'"')];
            foreach ((_, Writer writer) in online)
            {
                if (writer != own)
                {
                    Interlocked.Increment(ref waiting.Missing);
                    writer.Write(0x81, touched, Head, about, ",\"sender_name\":\"Somebody\",\"encrypted_blob\":\""u8, whole, "\"}}"u8);
                }
            }

            Acknowledge(number, touched);
            return;
        }

        Utf8JsonReader reader = new(payload[(recipientsAt + 14)..]);
        Span<char> name = stackalloc char[64];
        Writer? recipient = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            bool isBlob = reader.ValueTextEquals("encrypted_blob"u8);
            reader.Read();
            if (!isBlob)
            {
                byName.TryGetValue(name[..Encoding.UTF8.GetChars(reader.ValueSpan, name)], out recipient);
            }
            else if (recipient is not null)
            {
                Interlocked.Increment(ref waiting.Missing);
                recipient.Write(0x81, touched, Head, about, ",\"sender_name\":\"Somebody\",\"encrypted_blob\":\""u8, reader.ValueSpan, "\"}}"u8);
            }
        }

        Acknowledge(number, touched);
    }

    private void Acknowledge(long number, List<Writer> touched)
    {
        if (pending.TryGetValue(number, out Pending? waiting) && Interlocked.Decrement(ref waiting.Missing) == 0)
        {
            pending.TryRemove(number, out _);
            Span<byte> digits = stackalloc byte[12];
            Utf8Formatter.TryFormat(number, digits, out _, new System.Buffers.StandardFormat('D', 12));
            waiting.Sender.Write(
                0x81, touched, """{"type":"DELIVERED","payload":{"message_id":"00000000-0000-4000-8000-"""u8, digits, "\"}}"u8, default, default);
        }
    }

    private static long Number(ReadOnlySpan<byte> payload)
    {
        int at = payload.IndexOf("-4000-8000-"u8);
        return at >= 0 && Utf8Parser.TryParse(payload.Slice(at + 11, 12), out long number, out _) ? number : -1;
    }

    private static void Unmask(Span<byte> payload, uint mask)
    {
        Vector<byte> wide = Vector.AsVectorByte(new Vector<uint>(mask));
        int index = 0;
        for (; index <= payload.Length - Vector<byte>.Count; index += Vector<byte>.Count)
        {
            (new Vector<byte>(payload[index..]) ^ wide).CopyTo(payload[index..]);
        }

        for (; index < payload.Length; index++)
        {
            payload[index] ^= (byte)(mask >> (8 * (index & 3)));
        }
    }

#pragma warning disable CA5350 // RFC 6455 wants SHA-1 for the handshake; nothing is kept secret by it.
    private static byte[] Sha1(string key) => SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
#pragma warning restore CA5350

    private sealed class Pending(Writer sender)
    {
        public Writer Sender { get; } = sender;

        // One more than recipients until all are counted: the first may acknowledge before the last has been written to.
        public int Missing = 1;
    }
}
