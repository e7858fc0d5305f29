using Microsoft.Data.Sqlite;

namespace SecureChat.Ledger.Storage;

// What the writer does with the write-ahead log besides appending to it.
public sealed partial class LedgerWriter
{
    private void MoveLog()
    {
        entriesInLog = 0;
        try
        {
            written.Move();
        }
        catch (SqliteException failed)
        {
            // What was committed stands in the WAL. Without room it goes on standing there.
            stopped = DatabaseFile.IsPassing(failed) ? stopped : failed;
        }
    }

    private void Scrub()
    {
        if (hasEnded)
        {
            // The timer was faster than the end. The next start scrubs.
            return;
        }

        try
        {
            ScrubAgainIf(!written.Scrub());
        }
        catch (SqliteException passing) when (DatabaseFile.IsPassing(passing))
        {
            // No room in the main file for what the WAL holds: it goes on holding it.
            ScrubAgainIf(true);
        }
        catch (SqliteException failed)
        {
            // What was committed stands. What the disk holds besides is not known any more.
            stopped = failed;
        }
    }

    private void ScrubAgainIf(bool due) => scrubbing.Change(due ? ScrubAgainAfter : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
