using System.Security.Cryptography;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Projections;

namespace SecureChat.Web.Witnesses;

/// <summary>The circle's ledger in front of its witnesses: asked once at the start, shown every head from then on.</summary>
internal sealed class WitnessedLedger : IAsyncDisposable
{
    private const int RandomSteps = 1 << 20;

    private readonly LiveCircle circle;
    private readonly HttpClient http = CosignatureCollector.CreateHttpClient();
    private readonly CosignatureCollector collector;

    public WitnessedLedger(LiveCircle circle, WitnessPolicy policy, TimeProvider clock, ILogger log)
    {
        this.circle = circle;
        WitnessedLog source = new(
            () => Checkpoint.Open(circle.Ledger.Checkpoint().Format(), circle.VerifierKey).Value,
            (from, to) => [.. circle.Ledger.Consistency(from, to)!.Proof],
            (size, signature) => Task.Run(() => circle.Store(size, signature)));
        collector = new CosignatureCollector(
            policy, source, http, clock, () => RandomNumberGenerator.GetInt32(RandomSteps) / (double)RandomSteps, log);
    }

    /// <summary>Asks what the witnesses know; those that do not answer in time are passed over.</summary>
    /// <exception cref="DataFolderException">One of them knows more of this ledger than there is here, or something else.</exception>
    public async Task AskAsync(CancellationToken cancel)
    {
        foreach (WitnessReport report in await collector.AskNewestAsync(cancel))
        {
            long known = report.Outcome switch
            {
                WitnessOutcome.KnowsNewer newer => newer.Size,
                WitnessOutcome.Diverged diverged => diverged.Size,
                _ => 0,
            };

            // What an operator has gone on from, knowingly, is what the witnesses are meant to see.
            if (known > circle.State.AcceptedLoss)
            {
                throw new DataFolderException(
                    $"Witness {report.Witness} knows a ledger of {known} entries that this one, with {circle.State.Size}, does not contain: an old copy was "
                    + $"put back, or another one. Restore the newest copy. If it is lost, see securechat-admin accept-rollback; if the witness is wrong, "
                    + "remove it from WITNESS_POLICY.");
            }
        }
    }

    /// <summary>Shows every head from now on.</summary>
    public void Start()
    {
        circle.Applied += Applied;
        collector.Start();
    }

    private void Applied(Applied applied) => collector.Appended(applied.After.Size);

    public async ValueTask DisposeAsync()
    {
        circle.Applied -= Applied;
        await collector.DisposeAsync();
        http.Dispose();
    }
}
