namespace SecureChat.Web;

/// <summary>
/// Gives memory back when the relay has nothing to do: what was allocated for starting and for connections that came, and the pages of code
/// that only this needed. An idle process would keep them, because nothing makes the runtime collect and the kernel take them away.
/// </summary>
/// <remarks>
/// One timer, which is set when a connection comes and until there was half a second in which hardly anything was done: a collection stops
/// everything for some milliseconds. A relay to which nobody connects has none.
/// </remarks>
internal sealed class IdleMemory : IDisposable
{
    private const long WorthCollecting = 4 * 1024 * 1024;
    private const long HardlyAnyBytes = 256 * 1024;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(0.5);

    // Relaying allocates nothing, so that only the processor's time shows it.
    private static readonly TimeSpan HardlyAnyTime = TimeSpan.FromMilliseconds(5);

    // Guards what follows it: whoever accepts connections and the timer's callback take turns.
    private readonly Lock sync = new();
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private bool waiting;
    private long touched;
    private long allocated;
    private TimeSpan worked;
    private long collectedAt;

    /// <summary>Makes one that has nothing to wait for.</summary>
    public IdleMemory(TimeProvider clock)
    {
        this.clock = clock;
        timer = clock.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A connection has come. When there is nothing to do any more, memory is given back.</summary>
    public void Touched()
    {
        lock (sync)
        {
            touched = clock.GetTimestamp();
            if (!waiting)
            {
                waiting = true;
                WaitForQuiet();
            }
        }
    }

    /// <summary>Gives back what can be spared, at once.</summary>
    public void Return()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Volatile.Write(ref collectedAt, GC.GetTotalAllocatedBytes());
        FilePages.Return();
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void Look()
    {
        lock (sync)
        {
            if (clock.GetElapsedTime(touched) < Quiet
                || GC.GetTotalAllocatedBytes() - allocated > HardlyAnyBytes
                || Environment.CpuUsage.TotalTime - worked > HardlyAnyTime)
            {
                WaitForQuiet();
                return;
            }

            // From here on the next connection sets the timer again.
            waiting = false;
        }

        if (GC.GetTotalAllocatedBytes() - Volatile.Read(ref collectedAt) >= WorthCollecting)
        {
            Return();
        }
        else
        {
            FilePages.Return();
        }
    }

    private void WaitForQuiet()
    {
        allocated = GC.GetTotalAllocatedBytes();
        worked = Environment.CpuUsage.TotalTime;
        timer.Change(Quiet, Timeout.InfiniteTimeSpan);
    }
}
