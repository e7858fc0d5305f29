using System.Buffers.Binary;
using System.Text;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>Frames as a client writes them (RFC 6455 section 5.2), right and wrong ones.</summary>
internal static class ClientBytes
{
    private static readonly byte[] Mask = [0x37, 0xFA, 0x21, 0x3D];

    /// <summary>A masked frame, its length in the shortest form.</summary>
    /// <param name="first">FIN, reserved bits and opcode.</param>
    /// <param name="payload">As it is before masking.</param>
    /// <param name="mask">Four bytes.</param>
    public static byte[] Frame(int first, ReadOnlySpan<byte> payload, byte[]? mask = null)
    {
        mask ??= Mask;
        byte[] masked = payload.ToArray();
        for (var index = 0; index < masked.Length; index++)
        {
            masked[index] ^= mask[index % 4];
        }

        return [.. Header(first, payload.Length), .. mask, .. masked];
    }

    public static byte[] Frame(int first, string payload) => Frame(first, Encoding.UTF8.GetBytes(payload));

    /// <summary>A frame that no client may send: its payload as it is, with no mask.</summary>
    public static byte[] Unmasked(int first, string payload) => [(byte)first, (byte)payload.Length, .. Encoding.UTF8.GetBytes(payload)];

    /// <summary>A frame whose length stands in two bytes, whether it needs them or not, over so many blanks.</summary>
    public static byte[] In16Bits(int first, int length) => [(byte)first, 0x80 | 126, (byte)(length >> 8), (byte)length, 0, 0, 0, 0, .. Blanks(length)];

    /// <summary>A frame whose length stands in eight bytes; of its payload comes at most this many bytes.</summary>
    public static byte[] In64Bits(int first, ulong length, int sent = 0)
    {
        var size = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(size, length);
        return [(byte)first, 0x80 | 127, .. size, 0, 0, 0, 0, .. Blanks(sent)];
    }

    /// <summary>A close frame with a code and a reason.</summary>
    public static byte[] Close(int code, string reason = "") => Frame(0x88, [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)]);

    public static byte[] Blanks(int count) => [.. Enumerable.Repeat((byte)' ', count)];

    private static byte[] Header(int first, int length) => length switch
    {
        < 126 => [(byte)first, (byte)(0x80 | length)],
        <= ushort.MaxValue => [(byte)first, 0x80 | 126, (byte)(length >> 8), (byte)length],
        _ => [(byte)first, 0x80 | 127, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length],
    };
}
