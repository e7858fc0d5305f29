using System.Diagnostics;

namespace SecureChat.Bench;

/// <summary>What work takes within this process.</summary>
internal static class Spent
{
    /// <summary>Seconds of the processor, all threads together, and of the clock.</summary>
    public static (double Processor, double Clock) Seconds(Action work)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        work();
        double clock = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return ((Environment.CpuUsage.TotalTime - before).TotalSeconds, clock);
    }
}
