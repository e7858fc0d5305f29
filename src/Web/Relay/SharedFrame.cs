namespace SecureChat.Web.Relay;

/// <summary>
/// One frame for many connections, framed once. A large one is not even copied: outboxes hold the same buffer, and the last
/// one to have sent it gives it back.
/// </summary>
internal sealed class SharedFrame
{
    private const int SharedFrom = 16 * 1024;

    private int holders = 1;

    private SharedFrame(int payloadLength)
    {
        Length = FrameHeader.SizeFor(payloadLength) + payloadLength;
        Buffer = ClearedBuffers.Rent(Length);
    }

    /// <summary>The frame, from the buffer's first byte.</summary>
    public byte[] Buffer { get; }

    /// <summary>The frame's length with its header, in bytes.</summary>
    public int Length { get; }

    /// <summary>Whether sharing costs less than copying, which lets it leave together with others.</summary>
    public bool IsWorthSharing => Length >= SharedFrom;

    /// <summary>The frame.</summary>
    public ReadOnlySpan<byte> Bytes => Buffer.AsSpan(0, Length);

    /// <summary>Frames a payload that consists of these pieces. The caller holds the frame until it calls <see cref="Release"/>.</summary>
    public static SharedFrame Of(
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second = default,
        ReadOnlySpan<byte> third = default,
        ReadOnlySpan<byte> fourth = default,
        ReadOnlySpan<byte> fifth = default)
    {
        int length = first.Length + second.Length + third.Length + fourth.Length + fifth.Length;
        SharedFrame frame = new(length);
        TextFrame.Write(frame.Buffer, length, first, second, third, fourth, fifth);
        return frame;
    }

    /// <summary>One more holds it.</summary>
    public void Share() => Interlocked.Increment(ref holders);

    /// <summary>One less holds it.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref holders) == 0)
        {
            ClearedBuffers.Return(Buffer, Length);
        }
    }
}
