namespace SecureChat.Web.Relay;

/// <summary>
/// One timer for any number of deadlines. Whoever sets a deadline says so, which costs a comparison when the timer goes off
/// earlier anyway; when it goes off, everything that is due is done, and the next deadline is asked for. Time is monotonic.
/// </summary>
internal sealed class Alarm : IDisposable
{
    private readonly Lock sync = new();
    private readonly TimeProvider clock;
    private readonly TimeSpan granularity;
    private readonly Func<long, long> ring;
    private readonly ITimer timer;
    private long due = long.MaxValue;

    /// <summary>Makes an alarm that is not set.</summary>
    /// <param name="clock">Timestamps and the timer.</param>
    /// <param name="granularity">The alarm does not go off again sooner than this.</param>
    /// <param name="ring">Does what is due at a timestamp, and gives the timestamp of the next deadline or <see cref="long.MaxValue"/>.</param>
    public Alarm(TimeProvider clock, TimeSpan granularity, Func<long, long> ring)
    {
        this.clock = clock;
        this.granularity = granularity;
        this.ring = ring;
        timer = clock.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Has the alarm go off at this timestamp at the latest.</summary>
    public void NotLaterThan(long timestamp)
    {
        if (timestamp >= Volatile.Read(ref due))
        {
            return;
        }

        lock (sync)
        {
            if (timestamp < due)
            {
                due = timestamp;
                TimeSpan wait = clock.GetElapsedTime(clock.GetTimestamp(), timestamp);
                timer.Change(wait > granularity ? wait : granularity, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void Ring()
    {
        lock (sync)
        {
            // From here on a new deadline sets the timer again, so none is missed while the due ones are dealt with.
            due = long.MaxValue;
        }

        NotLaterThan(ring(clock.GetTimestamp()));
    }
}

/// <summary>Arithmetic with the timestamps of a clock.</summary>
internal static class ClockTimestamps
{
    /// <summary>The timestamp that lies a span after another.</summary>
    public static long After(this TimeProvider clock, long timestamp, TimeSpan span) =>
        timestamp + (long)(span.TotalSeconds * clock.TimestampFrequency);
}
