namespace SecureChat.UnitTests.Web;

/// <summary>The wall clock is ahead of what the timers count.</summary>
internal sealed class WallClock(TimeProvider steady) : TimeProvider
{
    private long sleep = -1;
    private int sleeps;

    public TimeSpan Ahead { get; set; }

    /// <summary>The last one that was asked for and is under way or over.</summary>
    public TimeSpan? Sleep => Volatile.Read(ref sleep) is >= 0 and var ticks ? new TimeSpan(ticks) : null;

    /// <summary>How many were asked for.</summary>
    public int Sleeps => Volatile.Read(ref sleeps);

    public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + Ahead;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = steady.CreateTimer(callback, state, dueTime, period);
        Volatile.Write(ref sleep, dueTime.Ticks);
        Interlocked.Increment(ref sleeps);
        return timer;
    }
}
