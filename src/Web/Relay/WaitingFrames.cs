namespace SecureChat.Web.Relay;

/// <summary>
/// The frames of one outbox in their order, packed into parcels of one write each: small frames share a buffer, a large one
/// that goes to many is a parcel of its own.
/// </summary>
/// <remarks>Not synchronised: the outbox calls it under its lock.</remarks>
internal sealed class WaitingFrames
{
    private const int SmallBuffer = 4 * 1024;
    private const int LargeBuffer = 32 * 1024;

    private readonly Queue<Parcel> parcels = new(0);
    private Parcel open;

    /// <summary>What was put in and not yet reported as <see cref="Sent"/>, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether there is nothing to take.</summary>
    public bool IsEmpty => parcels.Count == 0 && open.Length == 0;

    /// <summary>Space at the end for one frame of this size, which counts as put in.</summary>
    public Span<byte> Reserve(int size)
    {
        if (open.Buffer is null || open.Buffer.Length - open.Length < size)
        {
            Seal();
            open = new Parcel(ClearedBuffers.Rent(Math.Max(size, Bytes < SmallBuffer ? SmallBuffer : LargeBuffer)), 0, null);
        }

        Span<byte> reserved = open.Buffer.AsSpan(open.Length, size);
        open = open with { Length = open.Length + size };
        Bytes += size;
        return reserved;
    }

    /// <summary>Puts in a frame that is framed already: a small one is copied, a large one is shared with the others who get it.</summary>
    public void Add(SharedFrame frame)
    {
        if (!frame.IsWorthSharing)
        {
            frame.Bytes.CopyTo(Reserve(frame.Length));
            return;
        }

        Seal();
        frame.Share();
        parcels.Enqueue(new Parcel(frame.Buffer, frame.Length, frame));
        Bytes += frame.Length;
    }

    /// <summary>Takes the oldest parcel out. Its bytes still count until they are <see cref="Sent"/>.</summary>
    public bool TryTake(out Parcel parcel)
    {
        if (parcels.Count == 0)
        {
            Seal();
        }

        return parcels.TryDequeue(out parcel);
    }

    /// <summary>A parcel that was taken has left.</summary>
    public void Sent(int length) => Bytes -= length;

    /// <summary>Throws away what was not taken.</summary>
    public void Drop()
    {
        while (TryTake(out Parcel parcel))
        {
            Bytes -= parcel.Length;
            parcel.Release();
        }
    }

    private void Seal()
    {
        if (open.Buffer is not null)
        {
            parcels.Enqueue(open);
            open = default;
        }
    }
}

/// <summary>Bytes that leave together.</summary>
/// <param name="Buffer">They stand at its start.</param>
/// <param name="Length">How many they are.</param>
/// <param name="Shared">The frame whose buffer it is, when others send it, too.</param>
internal readonly record struct Parcel(byte[] Buffer, int Length, SharedFrame? Shared)
{
    /// <summary>Gives the buffer back.</summary>
    public void Release()
    {
        if (Shared is not null)
        {
            Shared.Release();
        }
        else
        {
            ClearedBuffers.Return(Buffer, Length);
        }
    }
}
