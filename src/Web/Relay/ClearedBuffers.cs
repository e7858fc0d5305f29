namespace SecureChat.Web.Relay;

/// <summary>
/// Byte arrays for what is relayed. They are cleared before they are put back, so that a message can't be found in the
/// process's memory after it was forwarded, and pinned, because a collector that moves an array leaves a copy of it behind.
/// </summary>
/// <remarks>
/// Sizes are powers of two. The stacks of idle arrays are striped by processor, so that senders seldom meet at a lock, and
/// bounded; what does not fit is left to the collector, cleared all the same.
/// </remarks>
internal static class ClearedBuffers
{
    private const int SmallestBits = 12;
    private const int LargestBits = 26;
    private const int KeptBytesPerStack = 1024 * 1024;

    // From here on copying is the C library's, through vector registers that hardly anything else uses. What it leaves in them the
    // kernel writes onto the stack of the thread when the runtime interrupts it, where it stays. So zeros go the same way after it: on
    // the thread that copied, where a buffer grows and where a sender's thread also sends, which is nearly always.
    private const int CopiedThroughVectors = 2048;
    private static readonly byte[] Zeros = new byte[CopiedThroughVectors + 512];
    private static readonly byte[] Nowhere = new byte[Zeros.Length];

    private static readonly Stripe[] Stripes = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Stripe())];

    /// <summary>An array of at least this length, all zero.</summary>
    public static byte[] Rent(int atLeast)
    {
        int bits = Math.Max(SmallestBits, 32 - int.LeadingZeroCount(atLeast - 1));
        if (bits > LargestBits)
        {
            return new byte[atLeast];
        }

        int own = Thread.GetCurrentProcessorId();
        for (int i = 0; i < Stripes.Length; i++)
        {
            if (Stripes[(own + i) % Stripes.Length].Take(bits - SmallestBits) is { } idle)
            {
                return idle;
            }
        }

        return GC.AllocateArray<byte>(1 << bits, pinned: true);
    }

    /// <summary>Clears an array and takes it back. Nobody may use it any more.</summary>
    /// <param name="buffer">The array.</param>
    /// <param name="used">How many bytes at its start were ever written since it was rented.</param>
    public static void Return(byte[] buffer, int used)
    {
        buffer.AsSpan(0, used).Clear();
        if (used >= CopiedThroughVectors)
        {
            Zeros.CopyTo(Nowhere);
        }

        int bits = 31 - int.LeadingZeroCount(buffer.Length);
        if (buffer.Length == 1 << bits && bits is >= SmallestBits and <= LargestBits)
        {
            Stripes[Thread.GetCurrentProcessorId() % Stripes.Length].PutBack(bits - SmallestBits, buffer);
        }
    }

    private sealed class Stripe
    {
        private readonly Lock sync = new();
        private readonly Stack<byte[]>[] idle =
            [.. Enumerable.Range(0, LargestBits - SmallestBits + 1).Select(_ => new Stack<byte[]>())];

        public byte[]? Take(int sizeClass)
        {
            Stack<byte[]> stack = idle[sizeClass];
            if (stack.Count == 0)
            {
                return null;
            }

            lock (sync)
            {
                return stack.TryPop(out byte[]? buffer) ? buffer : null;
            }
        }

        public void PutBack(int sizeClass, byte[] buffer)
        {
            lock (sync)
            {
                Stack<byte[]> stack = idle[sizeClass];
                if (stack.Count < Math.Max(1, KeptBytesPerStack / buffer.Length))
                {
                    stack.Push(buffer);
                }
            }
        }
    }
}
