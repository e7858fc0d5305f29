using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;

namespace SecureChat.Projections;

/// <summary>
/// Keeps the newest head beside the ledger, off the way of the answers: appends that come meanwhile are covered by the next
/// one. A crash in between leaves an older head there, which is one that the ledger contains.
/// </summary>
internal sealed class SeenCheckpointKeeper : IAsyncDisposable
{
    private readonly Channel<long> appended = Channel.CreateBounded<long>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly string dataFolder;
    private readonly LedgerView ledger;
    private readonly Task loop;

    public SeenCheckpointKeeper(string dataFolder, LedgerView ledger)
    {
        this.dataFolder = dataFolder;
        this.ledger = ledger;
        appended.Writer.TryWrite(0);
        loop = Task.Run(KeepAsync);
    }

    public void Appended(long size) => appended.Writer.TryWrite(size);

    private async Task KeepAsync()
    {
        await foreach (long _ in appended.Reader.ReadAllAsync())
        {
            try
            {
                SeenCheckpoint.Keep(dataFolder, ledger.Checkpoint());
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or SqliteException)
            {
                // A full disk, or one that fails: the older head that stands there says less, and nothing wrong. The next append tries again.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        appended.Writer.TryComplete();
        await loop;
    }
}
