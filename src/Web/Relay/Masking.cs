using System.Numerics;

namespace SecureChat.Web.Relay;

/// <summary>Takes the mask off what a client sent (RFC 6455 section 5.3).</summary>
internal static class Masking
{
    /// <summary>Unmasks a payload where it lies.</summary>
    /// <param name="payload">The payload from its first byte on.</param>
    /// <param name="mask">The four bytes of the mask, read as they lie.</param>
    public static void Remove(Span<byte> payload, uint mask)
    {
        Vector<byte> wide = Vector.AsVectorByte(new Vector<uint>(mask));
        while (payload.Length >= Vector<byte>.Count)
        {
            (new Vector<byte>(payload) ^ wide).CopyTo(payload);
            payload = payload[Vector<byte>.Count..];
        }

        // The vectors hold whole masks, so that the rest starts with the mask's first byte.
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BitConverter.TryWriteBytes(bytes, mask);
        for (int i = 0; i < payload.Length; i++)
        {
            payload[i] ^= bytes[i % sizeof(uint)];
        }
    }
}
