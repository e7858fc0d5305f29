using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;

namespace SecureChat.Web;

/// <summary>Once a day, and soon after a start, forgets the persons of requests that were rejected or expired long enough ago.</summary>
/// <param name="circle">The circle.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="keepFor">How long they are kept.</param>
internal sealed class ErasureTimer(LiveCircle circle, TimeProvider clock, TimeSpan keepFor) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await EraseDueAsync();
            await Task.Delay(Period, clock, stoppingToken);
        }
    }

    private async Task EraseDueAsync()
    {
        IReadOnlyList<AddendaErased> due = circle.ErasuresDue((clock.GetUtcNow() - keepFor).ToUnixTimeMilliseconds());
        if (due.Count == 0)
        {
            return;
        }

        try
        {
            await circle.ExecuteAsync(new EraseAddenda(due));
        }
        catch (LedgerUnavailableException)
        {
            // Nothing was erased; tomorrow is another day.
        }
    }
}
