using System.Reactive.Concurrency;
using SecureChat.Ledger.Circle;

namespace SecureChat.Projections;

// How following begins: with the tables, or on a full disk with the ledger alone and the tables as soon as there is room.
internal sealed partial class ProjectionRunner
{
    private void Start(bool mayBeLate)
    {
        try
        {
            CatchUp(long.MaxValue);
            if (rosterProjection.Size > Roster.Size)
            {
                // Folded while the ledger was verified, and shown by nobody: catching up was the tables' alone, if there was any.
                Show([]);
            }
        }
        catch (Exception full) when (mayBeLate && IsFull(full))
        {
            ShowLedgerAlone();
            scheduler.Schedule(RetryAfter, CatchUpLate);
        }
    }

    private void ShowLedgerAlone()
    {
        foreach (RecordedEvent recorded in reader.Read(rosterProjection.Size))
        {
            rosterProjection.Apply(recorded);
        }

        Show([]);
    }

    // The same for a few entries that somebody waits for.
    private void ShowNewsAlone()
    {
        List<RecordedEvent> news = [.. reader.Read(rosterProjection.Size)];
        if (news.Count > 0)
        {
            news.ForEach(rosterProjection.Apply);
            Show(news);
        }
    }

    // As soon as there is room, whether or not anything changes: join requests are polled from the tables.
    private void CatchUpLate()
    {
        if (disposed)
        {
            return;
        }

        try
        {
            CatchUp(long.MaxValue);
        }
        catch (Exception refused) when (MayPass(refused))
        {
            scheduler.Schedule(RetryAfter, CatchUpLate);
        }
        catch (Exception cause)
        {
            Break(cause);
        }
    }

    private TableProjection Open()
    {
        tablesFile.Prepare();
        TableProjection opened = new(tablesFile);
        try
        {
            if (opened.Position == 0)
            {
                // Nothing of what was erased so far gets into rows that begin now.
                opened.Settled(reader.Size());
            }

            if (!opened.Fits(LeafHashOf))
            {
                // Another ledger, or an older copy of this one: the rows of these tables are not its story.
                opened.Clear(reader.Size());
            }

            return tables = opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }
}
