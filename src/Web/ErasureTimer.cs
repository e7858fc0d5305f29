using SecureChat.Ledger.Circle;
using SecureChat.Projections;

namespace SecureChat.Web;

/// <summary>Once a day, and soon after a start, forgets the persons of requests that were rejected or expired long enough ago.</summary>
/// <param name="circle">The circle.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="keepFor">How long they are kept.</param>
/// <param name="trouble">Is told when they cannot be forgotten.</param>
internal sealed class ErasureTimer(LiveCircle circle, TimeProvider clock, TimeSpan keepFor, LedgerTrouble trouble) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromDays(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            bool done = await EraseDueAsync();
            await Task.Delay(done ? Period : RetryAfter, clock, stoppingToken);
        }
    }

    private async Task<bool> EraseDueAsync()
    {
        try
        {
            IReadOnlyList<AddendaErased> due = circle.ErasuresDue((clock.GetUtcNow() - keepFor).ToUnixTimeMilliseconds());
            if (due.Count > 0)
            {
                await circle.ExecuteAsync(new EraseAddenda(due));
            }

            circle.ForgetErasedCopy();
            return true;
        }
        catch (Exception failed)
        {
            // Whatever it is: without this timer nobody would be forgotten, and the framework would end the process without a word.
            trouble.Report(failed);
            return false;
        }
    }
}
