using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Projections;

/// <summary>
/// Keeps the newest head beside the ledger, off the way of the answers, on the projection thread. A crash leaves an older head there, which is one that the ledger
/// contains; so does a power failure, because only the last one before a stop is synced: a sync for each would cost as much as the
/// change itself.
/// </summary>
internal sealed class SeenCheckpointKeeper(string dataFolder, LedgerView ledger)
{
    private long kept = -1;

    /// <summary>Keeps the newest head, if that of a size is not covered by it already.</summary>
    public void Keep(long size)
    {
        if (size > kept)
        {
            KeepNewest(forGood: false);
        }
    }

    public void KeepForGood() => KeepNewest(forGood: true);

    private void KeepNewest(bool forGood)
    {
        try
        {
            SignedNote head = ledger.Checkpoint();
            SeenCheckpoint.Keep(dataFolder, head, forGood);
            kept = Checkpoint.Parse(head.Text).Value.Size;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or SqliteException)
        {
            // A full disk, or one that fails: the older head that stands there says less, and nothing wrong. The next append tries again.
        }
    }
}
