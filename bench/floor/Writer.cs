using System.Buffers.Binary;

namespace SecureChat.Floor;

/// <summary>What waits to be sent on one connection: frames go into one buffer while the other one is being sent.</summary>
internal sealed class Writer(Stream stream)
{
    [ThreadStatic]
    private static List<Writer>? touchedByThisThread;

    private readonly Lock turn = new();
    private byte[] waiting = new byte[4 * 1024];
    private byte[] sending = new byte[4 * 1024];
    private int length;
    private bool busy;

    public static List<Writer> TouchedByThisThread => touchedByThisThread ??= [];

    public string? Id { get; set; }

    /// <summary>Whether the client has closed.</summary>
    public bool Closed { get; set; }

    /// <summary>Over when what was flushed last has been sent.</summary>
    public Task Sent { get; private set; } = Task.CompletedTask;

    /// <summary>Adds a frame made of these pieces; it leaves with the next flush.</summary>
    public void Write(
        byte first, List<Writer> touched, ReadOnlySpan<byte> one, ReadOnlySpan<byte> two, ReadOnlySpan<byte> three, ReadOnlySpan<byte> four, ReadOnlySpan<byte> five)
    {
        int size = one.Length + two.Length + three.Length + four.Length + five.Length;
        lock (turn)
        {
            if (length == 0)
            {
                touched.Add(this);
            }

            if (waiting.Length - length < size + 10)
            {
                Array.Resize(ref waiting, Math.Max(2 * waiting.Length, length + size + 10));
            }

            Span<byte> free = waiting.AsSpan(length);
            free[0] = first;
            int header = size switch { < 126 => 2, <= ushort.MaxValue => 4, _ => 10 };
            free[1] = (byte)(header switch { 2 => size, 4 => 126, _ => 127 });
            if (header == 4)
            {
                BinaryPrimitives.WriteUInt16BigEndian(free[2..], (ushort)size);
            }
            else if (header == 10)
            {
                BinaryPrimitives.WriteInt64BigEndian(free[2..], size);
            }

            free = free[header..];
            one.CopyTo(free);
            two.CopyTo(free = free[one.Length..]);
            three.CopyTo(free = free[two.Length..]);
            four.CopyTo(free = free[three.Length..]);
            five.CopyTo(free[four.Length..]);
            length += header + size;
        }
    }

    /// <summary>Sends what waits, unless somebody is sending: then that one goes on with it.</summary>
    public void Flush()
    {
        lock (turn)
        {
            if (busy || length == 0)
            {
                return;
            }

            busy = true;
        }

        Sent = SendAsync();
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                int count;
                lock (turn)
                {
                    if (length == 0)
                    {
                        busy = false;
                        return;
                    }

                    (waiting, sending) = (sending, waiting);
                    count = length;
                    length = 0;
                }

                await stream.WriteAsync(sending.AsMemory(0, count));
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection has ended; what else is written to it is lost, and its buffer stays busy.
        }
    }
}
