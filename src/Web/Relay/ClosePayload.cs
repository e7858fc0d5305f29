using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace SecureChat.Web.Relay;

/// <summary>The payload of a close frame: a code and a reason (RFC 6455 section 5.5.1).</summary>
internal static class ClosePayload
{
    /// <summary>The longest payload of a control frame.</summary>
    public const int MaxLength = 125;

    private const int CodeLength = 2;

    /// <summary>Writes a payload; <see cref="CloseCode.NoStatus"/> is an empty one.</summary>
    public static ReadOnlySpan<byte> Write(int code, string reason, Span<byte> space)
    {
        if (code == CloseCode.NoStatus)
        {
            return default;
        }

        BinaryPrimitives.WriteUInt16BigEndian(space, (ushort)code);
        return space[..(CodeLength + Encoding.UTF8.GetBytes(reason, space[CodeLength..]))];
    }

    /// <summary>With which code a peer's close frame is answered: its own, unless it is none.</summary>
    public static (int Code, string Reason) Answer(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return (CloseCode.NoStatus, "");
        }

        if (payload.Length < CodeLength || !CloseCode.MayBeSent(BinaryPrimitives.ReadUInt16BigEndian(payload)))
        {
            return (CloseCode.ProtocolError, "");
        }

        return Utf8.IsValid(payload[CodeLength..]) ? (BinaryPrimitives.ReadUInt16BigEndian(payload), "") : (CloseCode.InvalidText, "");
    }
}
