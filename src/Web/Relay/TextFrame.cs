namespace SecureChat.Web.Relay;

/// <summary>A whole text frame, put together from pieces of its payload (RFC 6455 section 5.2).</summary>
internal static class TextFrame
{
    /// <summary>Writes the header and the pieces, one after the other, into a space of exactly their size.</summary>
    public static void Write(
        Span<byte> frame,
        int payloadLength,
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third,
        ReadOnlySpan<byte> fourth,
        ReadOnlySpan<byte> fifth)
    {
        Span<byte> payload = frame[FrameHeader.Write(frame, Opcode.Text, payloadLength)..];
        first.CopyTo(payload);
        second.CopyTo(payload = payload[first.Length..]);
        third.CopyTo(payload = payload[second.Length..]);
        fourth.CopyTo(payload = payload[third.Length..]);
        fifth.CopyTo(payload[fourth.Length..]);
    }
}
