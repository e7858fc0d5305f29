using Microsoft.Data.Sqlite;

namespace SecureChat.Ledger.Storage;

// What the loop does with the write-ahead log besides appending to it.
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
            isScrubDue = false;
            stopped = failed;
        }
    }

    private void ScrubAgainIf(bool due)
    {
        isScrubDue = due;
        scrubAgain = due ? Task.Delay(ScrubAgainAfter, clock) : Task.CompletedTask;
    }
}
