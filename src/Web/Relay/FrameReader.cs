namespace SecureChat.Web.Relay;

/// <summary>What comes next from a client.</summary>
internal enum Incoming
{
    /// <summary>Nothing whole yet: more bytes are needed.</summary>
    Nothing,

    /// <summary>A whole text message.</summary>
    Text,

    /// <summary>A whole binary message.</summary>
    Binary,

    /// <summary>A ping, to be answered with its payload.</summary>
    Ping,

    /// <summary>A pong.</summary>
    Pong,

    /// <summary>A close frame.</summary>
    Close,

    /// <summary>Something that RFC 6455 forbids.</summary>
    Violation,

    /// <summary>A message with too many bytes or fragments.</summary>
    TooBig,
}

/// <summary>
/// Turns the bytes of a connection into messages (RFC 6455 sections 5.2 to 5.5). It does not read by itself: the bytes are
/// put into <see cref="Free"/>. A message in one frame is seen where it arrived; only fragments are put together elsewhere.
/// </summary>
/// <remarks>
/// Memory grows with what has arrived, not with what a header claims, and is given back while nothing waits to be read.
/// One task uses it; it is not synchronised.
/// </remarks>
internal sealed class FrameReader(int maxFragments)
{
    // A buffer is as large as what came last, and a little larger: whoever sends ACKs gets a small one, a sender of messages a large one.
    private const int FirstRead = 4 * 1024;
    private const int SmallRead = 16 * 1024;
    private const int LargeRead = 64 * 1024;
    private const int GrowthAtOnce = 8;

    private byte[]? buffer;
    private int start;
    private int end;
    private int written;
    private long wanted;
    private int lastRead;
    private int payloadStart;
    private int payloadLength;
    private byte[]? assembly;
    private int assembled;
    private int fragments;
    private bool assemblyDone;
    private Opcode opcode;

    /// <summary>The longest message that is taken, in bytes.</summary>
    public required int MaxMessageBytes { get; set; }

    /// <summary>Whether nothing has arrived that was not given out as a message.</summary>
    public bool IsEmpty => start == end;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsWithinMessage => start != end || fragments > 0;

    /// <summary>The payload of what came last. It may be overwritten, and is gone with the next call of anything here.</summary>
    public Span<byte> Payload => assemblyDone ? assembly.AsSpan(0, assembled) : buffer.AsSpan(payloadStart, payloadLength);

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Free()
    {
        if (buffer is null)
        {
            buffer = ClearedBuffers.Rent(lastRead < FirstRead ? FirstRead : lastRead < SmallRead ? SmallRead : LargeRead);
        }
        else if (start == end)
        {
            start = end = 0;
        }
        else if (end == buffer.Length)
        {
            MakeRoom(buffer);
        }

        return buffer.AsMemory(end);
    }

    /// <summary>Says how many bytes were put into <see cref="Free"/>.</summary>
    public void Received(int count)
    {
        end += count;
        written = Math.Max(written, end);
        lastRead = count;
    }

    /// <summary>Clears what was given out, though the beginning of something else keeps the buffer in use.</summary>
    public void ClearRead()
    {
        if (start > 0 && start < end)
        {
            Span<byte> all = buffer.AsSpan(0, written);
            all[start..end].CopyTo(all);
            (start, end) = (0, end - start);
            all[end..].Clear();
            written = end;
        }
    }

    /// <summary>Gives back the memory that holds nothing any more.</summary>
    public void Release()
    {
        DropAssembly();
        if (start == end)
        {
            ReturnBuffer();
        }
    }

    /// <summary>Gives back all memory, whatever it holds.</summary>
    public void Abandon()
    {
        assemblyDone = true;
        DropAssembly();
        ReturnBuffer();
    }

    /// <summary>The next thing that has arrived as a whole.</summary>
    public Incoming Next()
    {
        DropAssembly();
        while (true)
        {
            wanted = 0;
            ReadOnlySpan<byte> arrived = buffer.AsSpan(start, end - start);
            HeaderStatus status = FrameHeader.TryRead(arrived, out FrameHeader header);
            if (status != HeaderStatus.Complete)
            {
                return status == HeaderStatus.Incomplete ? Incoming.Nothing : Incoming.Violation;
            }

            bool control = header.Opcode >= Opcode.Close;
            if (!control && (header.Opcode == Opcode.Continuation) != (fragments > 0))
            {
                return Incoming.Violation;
            }

            if (!control && (header.Length > MaxMessageBytes - assembled || fragments == maxFragments))
            {
                return Incoming.TooBig;
            }

            wanted = header.Size + header.Length;
            if (arrived.Length < wanted)
            {
                return Incoming.Nothing;
            }

            payloadStart = start + header.Size;
            payloadLength = (int)header.Length;
            start += (int)wanted;
            Masking.Remove(Payload, header.Mask);
            if (control)
            {
                return header.Opcode switch { Opcode.Ping => Incoming.Ping, Opcode.Pong => Incoming.Pong, _ => Incoming.Close };
            }

            if (EndsMessage(header))
            {
                return opcode == Opcode.Text ? Incoming.Text : Incoming.Binary;
            }
        }
    }

    private bool EndsMessage(FrameHeader header)
    {
        if (fragments == 0)
        {
            opcode = header.Opcode;
            if (header.IsFinal)
            {
                return true;
            }
        }

        fragments++;
        Assemble(Payload);
        assemblyDone = header.IsFinal;
        return assemblyDone;
    }

    private void Assemble(ReadOnlySpan<byte> fragment)
    {
        assembly ??= ClearedBuffers.Rent(Math.Max(SmallRead, fragment.Length));
        if (assembly.Length - assembled < fragment.Length)
        {
            byte[] larger = ClearedBuffers.Rent(Math.Max(2 * assembly.Length, assembled + fragment.Length));
            assembly.AsSpan(0, assembled).CopyTo(larger);
            ClearedBuffers.Return(assembly, assembled);
            assembly = larger;
        }

        fragment.CopyTo(assembly.AsSpan(assembled));
        assembled += fragment.Length;
    }

    private void MakeRoom(byte[] full)
    {
        ReadOnlySpan<byte> kept = full.AsSpan(start, end - start);
        if (start > 0 && wanted <= full.Length)
        {
            kept.CopyTo(full);
        }
        else
        {
            long size = Math.Clamp(wanted, 2L * full.Length, (long)GrowthAtOnce * full.Length);
            byte[] larger = ClearedBuffers.Rent((int)Math.Min(size, Array.MaxLength));
            kept.CopyTo(larger);
            ClearedBuffers.Return(full, written);
            buffer = larger;
            written = 0;
        }

        (start, end) = (0, kept.Length);
        written = Math.Max(written, end);
    }

    private void DropAssembly()
    {
        if (assemblyDone)
        {
            assemblyDone = false;
            fragments = 0;
            if (assembly is not null)
            {
                ClearedBuffers.Return(assembly, assembled);
            }

            (assembly, assembled) = (null, 0);
        }
    }

    private void ReturnBuffer()
    {
        if (buffer is not null)
        {
            ClearedBuffers.Return(buffer, written);
            (buffer, start, end, written, wanted) = (null, 0, 0, 0, 0);
        }
    }
}
