using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;

namespace SecureChat.Projections;

/// <summary>
/// Keeps the newest head beside the ledger, off the way of the answers. A crash leaves an older head there, which is one that the ledger
/// contains; so does a power failure, because only the last one before a stop is synced: a sync for each would cost as much as the
/// change itself.
/// </summary>
internal sealed class SeenCheckpointKeeper(string dataFolder, LedgerView ledger)
{
    public void Keep() => Keep(forGood: false);

    public void KeepForGood() => Keep(forGood: true);

    private void Keep(bool forGood)
    {
        try
        {
            SeenCheckpoint.Keep(dataFolder, ledger.Checkpoint(), forGood);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or SqliteException)
        {
            // A full disk, or one that fails: the older head that stands there says less, and nothing wrong. The next append tries again.
        }
    }
}
