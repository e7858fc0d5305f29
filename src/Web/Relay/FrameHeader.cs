using System.Buffers.Binary;

namespace SecureChat.Web.Relay;

/// <summary>What a WebSocket frame is for (RFC 6455 section 5.2).</summary>
internal enum Opcode
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// <summary>Why a connection is closed (RFC 6455 section 7.4, and the IANA registry for 1013).</summary>
internal static class CloseCode
{
    public const int Normal = 1000;
    public const int GoingAway = 1001;
    public const int ProtocolError = 1002;
    public const int NoStatus = 1005;
    public const int InvalidText = 1007;
    public const int PolicyViolation = 1008;
    public const int TooBig = 1009;
    public const int TryAgainLater = 1013;

    /// <summary>Whether a peer may put this code into a close frame.</summary>
    public static bool MayBeSent(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}

/// <summary>The first bytes of a frame (RFC 6455 section 5.2), read from a client and written to one.</summary>
/// <param name="Opcode">What the frame is for.</param>
/// <param name="IsFinal">Whether the message ends with it.</param>
/// <param name="Length">Of the payload, in bytes.</param>
/// <param name="Mask">Four bytes in network order, read as they lie.</param>
/// <param name="Size">Of the header itself, in bytes.</param>
internal readonly record struct FrameHeader(Opcode Opcode, bool IsFinal, long Length, uint Mask, int Size)
{
    /// <summary>The longest header that the relay writes.</summary>
    public const int MaxWritten = 10;

    private const int MaxControlLength = 125;
    private const int LengthIn16Bits = 126;
    private const int LengthIn64Bits = 127;
    private const int MaskSize = 4;

    /// <summary>
    /// Reads a client's header. Everything that the RFC forbids a client is a violation, as early as the bytes tell.
    /// </summary>
    /// <param name="bytes">What has arrived.</param>
    /// <param name="header">The header, when the answer is <see cref="HeaderStatus.Complete"/>.</param>
    public static HeaderStatus TryRead(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < 2)
        {
            return HeaderStatus.Incomplete;
        }

        bool final = (bytes[0] & 0x80) != 0;
        int reserved = bytes[0] & 0x70;
        Opcode opcode = (Opcode)(bytes[0] & 0x0F);
        bool masked = (bytes[1] & 0x80) != 0;
        long length = bytes[1] & 0x7F;
        bool control = opcode >= Opcode.Close;
        if (reserved != 0 || !masked || !Enum.IsDefined(opcode) || (control && (!final || length > MaxControlLength)))
        {
            return HeaderStatus.Violation;
        }

        int size = 2 + length switch { LengthIn16Bits => 2, LengthIn64Bits => 8, _ => 0 } + MaskSize;
        if (bytes.Length < size)
        {
            return HeaderStatus.Incomplete;
        }

        if (length == LengthIn16Bits)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            if (length < LengthIn16Bits)
            {
                return HeaderStatus.Violation;
            }
        }
        else if (length == LengthIn64Bits)
        {
            length = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
            if (length <= ushort.MaxValue)
            {
                return HeaderStatus.Violation;
            }
        }

        header = new FrameHeader(opcode, final, length, BitConverter.ToUInt32(bytes[(size - MaskSize)..]), size);
        return HeaderStatus.Complete;
    }

    /// <summary>How many bytes the header of an unmasked frame takes.</summary>
    public static int SizeFor(int length) => length < LengthIn16Bits ? 2 : length <= ushort.MaxValue ? 4 : MaxWritten;

    /// <summary>Writes the header of a whole, unmasked frame; gives the number of bytes.</summary>
    public static int Write(Span<byte> destination, Opcode opcode, int length)
    {
        destination[0] = (byte)(0x80 | (int)opcode);
        int size = SizeFor(length);
        switch (size)
        {
            case 2:
                destination[1] = (byte)length;
                break;
            case 4:
                destination[1] = LengthIn16Bits;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
                break;
            default:
                destination[1] = LengthIn64Bits;
                BinaryPrimitives.WriteInt64BigEndian(destination[2..], length);
                break;
        }

        return size;
    }
}

/// <summary>What the first bytes of a frame turned out to be.</summary>
internal enum HeaderStatus
{
    Incomplete,
    Complete,
    Violation,
}
