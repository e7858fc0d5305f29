namespace SecureChat.Web.Relay;

/// <summary>
/// What waits to be sent to one connection: whole frames, bounded in bytes. Whoever has something puts it in and goes on;
/// a pump of the outbox's own writes it, several waiting frames in one write.
/// </summary>
/// <remarks>
/// The pump runs on the thread that flushes, until the transport makes it wait. Nothing is allocated on the way but buffers, and those are
/// pooled.
/// </remarks>
internal sealed class Outbox(Stream transport, int maxBytes, TimeProvider clock)
{
    private const int LargestWrite = 64 * 1024;

    // So much is written in a row before the others of the queue get the thread. A write counts like some bytes.
    private const int WrittenInARow = 256 * 1024;
    private const int CostOfAWrite = 4 * 1024;

    private readonly Lock sync = new();
    private readonly WaitingFrames waiting = new();
    private readonly InlineSignal work = new();
    private bool pumping = true;
    private bool flushAsked;
    private bool ended;
    private long sendingSince;

    /// <summary>Called once, outside of the lock, when a frame did not fit any more. Nothing is taken in from then on.</summary>
    public required Action Overflowed { get; init; }

    /// <summary>Called when a write could not be done at once, so that somebody watches <see cref="SendingSince"/>.</summary>
    public required Action Stuck { get; init; }

    /// <summary>
    /// Whether a <see cref="FlushList"/> leaves the flushing to a thread of the pool, as it should where writing is a call of the kernel:
    /// whoever has read a message goes on reading, and what comes for the same connection meanwhile leaves in the same write.
    /// </summary>
    public bool SendsOnPool { get; init; }

    /// <summary>The clock's timestamp at which the write that is under way began; 0 when there is none.</summary>
    public long SendingSince => Volatile.Read(ref sendingSince);

    /// <summary>Puts in a text frame whose payload is these pieces, one after the other.</summary>
    public void Append(
        FlushList flush,
        ReadOnlySpan<byte> first,
        ReadOnlySpan<byte> second,
        ReadOnlySpan<byte> third = default,
        ReadOnlySpan<byte> fourth = default,
        ReadOnlySpan<byte> fifth = default)
    {
        int length = first.Length + second.Length + third.Length + fourth.Length + fifth.Length;
        int size = FrameHeader.SizeFor(length) + length;
        lock (sync)
        {
            if (ended)
            {
                return;
            }

            if (Fits(size))
            {
                TextFrame.Write(waiting.Reserve(size), length, first, second, third, fourth, fifth);
                AskForFlush(flush);
                return;
            }

            ended = true;
        }

        Overflowed();
    }

    /// <summary>Puts in a frame that is framed already.</summary>
    public void Append(FlushList flush, SharedFrame frame)
    {
        lock (sync)
        {
            if (ended)
            {
                return;
            }

            if (Fits(frame.Length))
            {
                waiting.Add(frame);
                AskForFlush(flush);
                return;
            }

            ended = true;
        }

        Overflowed();
    }

    /// <summary>Puts in a control frame (RFC 6455 section 5.5), whose payload is at most 125 bytes.</summary>
    public void AppendControl(FlushList flush, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        lock (sync)
        {
            // A peer that asks for pongs without reading them is stuck like any other.
            if (!ended && Fits(FrameHeader.MaxWritten + payload.Length))
            {
                WriteControl(opcode, payload);
                AskForFlush(flush);
            }
        }
    }

    /// <summary>Puts in a close frame as the last one. What came before it is still sent, unless it is to be dropped.</summary>
    /// <param name="payload">The code and the reason.</param>
    /// <param name="dropWaiting">Whether frames whose sending has not begun are thrown away.</param>
    public void Close(ReadOnlySpan<byte> payload, bool dropWaiting)
    {
        lock (sync)
        {
            ended = true;
            if (dropWaiting)
            {
                waiting.Drop();
            }

            WriteControl(Opcode.Close, payload);
        }

        Flush();
    }

    /// <summary>Ends without another word: what waits is dropped, and the pump stops.</summary>
    public void Abandon()
    {
        lock (sync)
        {
            ended = true;
            waiting.Drop();
        }

        Flush();
    }

    /// <summary>Lets the pump write what waits.</summary>
    public void Flush()
    {
        lock (sync)
        {
            flushAsked = false;
            if (pumping)
            {
                return;
            }

            pumping = true;
        }

        work.Set();
    }

    /// <summary>The pump: writes until the outbox has ended and is empty, or the transport fails.</summary>
    public async Task PumpAsync()
    {
        Parcel parcel = default;
        int inARow = 0;
        try
        {
            while (true)
            {
                if (inARow > WrittenInARow && SendsOnPool)
                {
                    inARow = 0;
                    StandBehindTheOthers();
                    await work.WaitAsync().ConfigureAwait(false);
                }

                if (TryTake(out parcel))
                {
                    for (int sent = 0; sent < parcel.Length; sent += LargestWrite)
                    {
                        ValueTask writing = Write(parcel.Buffer.AsMemory(sent, Math.Min(LargestWrite, parcel.Length - sent)));
                        inARow = writing.IsCompleted ? inARow + CostOfAWrite : 0;
                        await writing.ConfigureAwait(false);
                    }

                    inARow += parcel.Length;
                    Sent(ref parcel);
                }
                else if (IsOver(out bool sleeps))
                {
                    return;
                }
                else if (sleeps)
                {
                    inARow = 0;
                    await work.WaitAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception)
        {
            // Whatever the transport says, this connection is over; its reader finds that out by itself.
            Sent(ref parcel);
            lock (sync)
            {
                ended = true;
                waiting.Drop();
            }
        }
    }

    private ValueTask Write(ReadOnlyMemory<byte> bytes)
    {
        Volatile.Write(ref sendingSince, clock.GetTimestamp());
        ValueTask writing = transport.WriteAsync(bytes);
        if (!writing.IsCompleted)
        {
            Stuck();
        }

        return writing;
    }

    private void Sent(ref Parcel parcel)
    {
        Volatile.Write(ref sendingSince, 0);
        if (parcel.Buffer is not null)
        {
            parcel.Release();
            lock (sync)
            {
                waiting.Sent(parcel.Length);
            }

            parcel = default;
        }
    }

    private bool TryTake(out Parcel parcel)
    {
        lock (sync)
        {
            return waiting.TryTake(out parcel);
        }
    }

    // What has come since the pump looked is written first: nobody wakes a pump that did not say that it sleeps.
    private bool IsOver(out bool sleeps)
    {
        lock (sync)
        {
            sleeps = waiting.IsEmpty && !ended;
            if (sleeps)
            {
                work.Reset();
                pumping = false;
            }

            return waiting.IsEmpty && ended;
        }
    }

    private void StandBehindTheOthers()
    {
        lock (sync)
        {
            work.Reset();
            pumping = false;
            flushAsked = true;
        }

        SendQueue.Add(this);
    }

    private bool Fits(int size) => waiting.Bytes == 0 || waiting.Bytes + size <= maxBytes;

    private void AskForFlush(FlushList flush)
    {
        if (!pumping && !flushAsked)
        {
            flushAsked = true;
            flush.Add(this);
        }
    }

    private void WriteControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = waiting.Reserve(FrameHeader.SizeFor(payload.Length) + payload.Length);
        payload.CopyTo(frame[FrameHeader.Write(frame, opcode, payload.Length)..]);
    }
}
