using SecureChat.Ledger.Circle;
using SecureChat.Projections;

namespace SecureChat.Web;

/// <summary>
/// Requests expire on time, whether or not anybody asks: sleeps until the next one is due, and is woken when that changes.
/// </summary>
/// <param name="circle">The circle.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="trouble">Is told when they cannot be let expire.</param>
internal sealed class ExpiryTimer(LiveCircle circle, TimeProvider clock, LedgerTrouble trouble) : BackgroundService
{
    // While something is pending it looks at the wall clock at least this often, because that can jump, and goes on while a machine sleeps.
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private TaskCompletionSource wake = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        circle.Applied += WakeIfDueChanged;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                // Taken before looking, so that no change in between is slept over.
                Task woken = wake.Task;
                TimeSpan sleep = await ExpireDueAsync();
                using CancellationTokenSource awake = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(woken, Task.Delay(sleep, clock, awake.Token));
                await awake.CancelAsync();
            }
        }
        finally
        {
            circle.Applied -= WakeIfDueChanged;
        }
    }

    private void WakeIfDueChanged(Applied applied)
    {
        if (Due(applied.Before) != Due(applied.After))
        {
            Interlocked.Exchange(ref wake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        }
    }

    private static long? Due(Roster roster) => roster.Pending.Count == 0 ? null : roster.Pending.Min(request => request.ExpiresAt);

    /// <summary>Lets expire what is overdue, and says how long nothing will be.</summary>
    private async Task<TimeSpan> ExpireDueAsync()
    {
        if (Decisions.NextExpiry(circle.State) is not { } last)
        {
            return Timeout.InfiniteTimeSpan;
        }

        // The last millisecond still counts, so the next one is due.
        TimeSpan left = TimeSpan.FromMilliseconds(last + 1 - clock.GetUtcNow().ToUnixTimeMilliseconds());
        if (left > TimeSpan.Zero)
        {
            return left < LongestSleep ? left : LongestSleep;
        }

        try
        {
            await circle.ExecuteAsync(new ExpireRequests());
            return TimeSpan.Zero;
        }
        catch (Exception failed)
        {
            // Whatever it is: without this timer requests would stay pending, and the framework would end the process without a word.
            trouble.Report(failed);
            return RetryAfter;
        }
    }
}
