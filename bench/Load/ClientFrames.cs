using System.Buffers.Binary;
using System.Text;

namespace SecureChat.Bench.Load;

/// <summary>
/// Frames as a client sends them, masked once and kept. All that changes from one message to the next is the number at the end of its id,
/// which is put in where it stands, under the mask.
/// </summary>
internal static class ClientFrames
{
    /// <summary>How many digits of a message's id are its number.</summary>
    public const int Digits = 12;

    // Not zero: there are servers that leave a frame as it is then.
    private static readonly byte[] Mask = [0x37, 0xfa, 0x21, 0x3d];
    private static readonly byte[] IdBefore = "\"00000000-0000-4000-8000-"u8.ToArray();

    /// <summary>A masked frame, whole.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> payload, int opcode = 1)
    {
        int header = payload.Length switch { < 126 => 6, <= ushort.MaxValue => 8, _ => 14 };
        byte[] frame = new byte[header + payload.Length];
        frame[0] = (byte)(0x80 | opcode);
        switch (header)
        {
            case 6:
                frame[1] = (byte)(0x80 | payload.Length);
                break;
            case 8:
                frame[1] = 0x80 | 126;
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
                break;
            default:
                frame[1] = 0x80 | 127;
                BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), payload.Length);
                break;
        }

        Mask.CopyTo(frame, header - 4);
        for (int index = 0; index < payload.Length; index++)
        {
            frame[header + index] = (byte)(payload[index] ^ Mask[index & 3]);
        }

        return frame;
    }

    /// <summary>A message with a blob of its own for each recipient, as clients send it.</summary>
    public static byte[] Message(string channel, Member sender, IEnumerable<Member> recipients, int blobBytes, SeededBytes seed)
    {
        IEnumerable<string> blobs = recipients.Select(recipient =>
            $$"""{"member_id":"{{recipient.Id}}","encrypted_blob":"{{Blob(blobBytes, seed)}}"}""");
        return Frame(Encoding.UTF8.GetBytes(
            $$$"""{"type":"MESSAGE","payload":{"channel_id":"{{{channel}}}","message_id":"00000000-0000-4000-8000-000000000000","sender_id":"{{{sender.Id}}}","sender_curve25519_public_key":"{{{sender.Curve25519}}}","recipients":[{{{string.Join(',', blobs)}}}]}}"""));
    }

    /// <summary>The old form: one blob for everybody else in the channel.</summary>
    public static byte[] OldMessage(string channel, Member sender, int blobBytes, SeededBytes seed) => Frame(Encoding.UTF8.GetBytes(
        $$$"""{"type":"MESSAGE","payload":{"channel_id":"{{{channel}}}","message_id":"00000000-0000-4000-8000-000000000000","sender_id":"{{{sender.Id}}}","sender_curve25519_public_key":"{{{sender.Curve25519}}}","encrypted_blob":"{{{Blob(blobBytes, seed)}}}"}}"""));

    /// <summary>Where in a frame the number of the message's id begins.</summary>
    public static int IdIn(byte[] frame)
    {
        int header = (frame[1] & 0x7f) switch { < 126 => 6, 126 => 8, _ => 14 };
        byte[] plain = [.. frame.Skip(header).Select((value, index) => (byte)(value ^ Mask[index & 3]))];
        return header + plain.AsSpan().IndexOf(IdBefore) + IdBefore.Length;
    }

    /// <summary>Puts another number into a frame.</summary>
    public static void Put(byte[] frame, int at, ReadOnlySpan<byte> digits)
    {
        int header = (frame[1] & 0x7f) switch { < 126 => 6, 126 => 8, _ => 14 };
        for (int index = 0; index < Digits; index++)
        {
            frame[at + index] = (byte)(digits[index] ^ Mask[(at - header + index) & 3]);
        }
    }

    /// <summary>The digits of the message id in a frame of the server; empty when it has none.</summary>
    public static ReadOnlySpan<byte> DigitsIn(ReadOnlySpan<byte> payload)
    {
        // It stands before the blob, whoever writes the frame; nothing beyond is searched.
        ReadOnlySpan<byte> beginning = payload[..Math.Min(payload.Length, 300)];
        int at = beginning.IndexOf(IdBefore);
        return at < 0 ? [] : payload.Slice(at + IdBefore.Length, Digits);
    }

    private static string Blob(int length, SeededBytes seed)
    {
        byte[] bytes = new byte[length * 3 / 4];
        seed.Fill(bytes);
        return Convert.ToBase64String(bytes);
    }
}
