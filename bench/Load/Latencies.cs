using System.Diagnostics;
using System.Numerics;

namespace SecureChat.Bench.Load;

/// <summary>Times, counted in steps of a thirty-second of their size, so that any number of them takes the same memory.</summary>
internal sealed class Latencies
{
    private const int StepBits = 5;
    private readonly long[] counts = new long[64 << StepBits];
    private long total;

    public void Add(long timestamps)
    {
        long nanoseconds = Math.Max(1, (long)(timestamps * (1e9 / Stopwatch.Frequency)));
        int exponent = BitOperations.Log2((ulong)nanoseconds);
        long step = exponent >= StepBits ? nanoseconds >> (exponent - StepBits) : nanoseconds << (StepBits - exponent);
        counts[(exponent << StepBits) + (int)(step & ((1 << StepBits) - 1))]++;
        total++;
    }

    public void Clear()
    {
        Array.Clear(counts);
        total = 0;
    }

    /// <summary>The time that this share of all does not exceed, in microseconds.</summary>
    public double Percentile(double share)
    {
        long below = (long)Math.Ceiling(total * share);
        for (int index = 0; index < counts.Length; index++)
        {
            below -= counts[index];
            if (below <= 0)
            {
                double step = 1 + (((index & ((1 << StepBits) - 1)) + 0.5) / (1 << StepBits));
                return Math.ScaleB(step, index >> StepBits) / 1000;
            }
        }

        return double.NaN;
    }
}
