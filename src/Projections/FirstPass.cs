using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections.Tables;

namespace SecureChat.Projections;

/// <summary>
/// What the projections take from the one reading that verifies the ledger at a start: the roster, and all tables where there are none. A
/// long ledger is so read once and not twice, and its tables are written by a second thread while the first one verifies.
/// </summary>
/// <remarks>
/// The tables are made under another name and moved into their place when the whole ledger was verified: no row of one that was not
/// is ever there. One thread calls <see cref="Take"/>; what it hands over belongs to the other from there on.
/// </remarks>
internal sealed class FirstPass : IDisposable
{
    private const int ChunksOnTheirWay = 2;

    private readonly DatabaseFile tables;
    private readonly int chunkSize;
    private readonly DatabaseFile unfinished;
    private readonly RosterProjection roster = new();
    private readonly BlockingCollection<List<RecordedEvent>> handedOver = new(ChunksOnTheirWay);
    private List<RecordedEvent> chunk = [];
    private Task? following;
    private TableProjection? rows;
    private bool areTablesWanted;
    private Exception? failure;

    /// <param name="tables">Where the tables are to be. Where a file is, they are left alone.</param>
    /// <param name="chunkSize">How many events are handed over, and written, together.</param>
    public FirstPass(DatabaseFile tables, int chunkSize = 2048)
    {
        this.tables = tables;
        this.chunkSize = chunkSize;
        unfinished = tables with { Path = tables.Path + TablesRebuild.UnfinishedEnding };
        areTablesWanted = !File.Exists(tables.Path) || new FileInfo(tables.Path).Length == 0;

        // What a crash left holds names and keys that may have been erased since.
        Delete();
    }

    /// <summary>Takes the next event. It waits while the tables are too far behind, so that memory stays bounded.</summary>
    public void Take(RecordedEvent recorded)
    {
        chunk.Add(recorded);
        if (chunk.Count == chunkSize)
        {
            following ??= Task.Factory.StartNew(Follow, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            handedOver.Add(chunk);
            chunk = new List<RecordedEvent>(chunkSize);
        }
    }

    /// <summary>The ledger was verified: the tables are put in their place.</summary>
    /// <returns>The roster after the last event.</returns>
    public RosterProjection Finish()
    {
        WaitForFollowing();
        if (chunk.Count > 0)
        {
            Apply(chunk);
        }

        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        TryTables(() =>
        {
            if (rows is not null)
            {
                rows.EndUnlogged();
                rows.Dispose();
                rows = null;
                TablesRebuild.PutInPlace(unfinished, tables);
            }
        });
        return roster;
    }

    /// <summary>Without <see cref="Finish"/> nothing is left behind, as far as the disk allows.</summary>
    public void Dispose()
    {
        WaitForFollowing();
        Drop();
        handedOver.Dispose();
    }

    private void WaitForFollowing()
    {
        handedOver.CompleteAdding();
        following?.Wait();
    }

    private void Follow()
    {
        foreach (List<RecordedEvent> events in handedOver.GetConsumingEnumerable())
        {
            Apply(events);
        }
    }

    // Goes on after a failure without doing anything: whoever hands over must not wait for ever.
    private void Apply(List<RecordedEvent> events)
    {
        try
        {
            if (failure is null)
            {
                events.ForEach(roster.Apply);
                TryTables(() => (rows ?? Begin()).Apply(events));
            }
        }
        catch (Exception defect)
        {
            failure = defect;
        }
    }

    private TableProjection Begin()
    {
        unfinished.Prepare();
        rows = new TableProjection(unfinished);
        rows.BeginUnlogged();
        return rows;
    }

    // A disk that refuses them now is met again when the tables catch up, and dealt with there.
    private void TryTables(Action work)
    {
        if (areTablesWanted)
        {
            try
            {
                work();
            }
            catch (Exception refused) when (refused is SqliteException or IOException or UnauthorizedAccessException or DataFolderException or EditedTablesException)
            {
                Drop();
            }
        }
    }

    private void Drop()
    {
        areTablesWanted = false;
        rows?.Dispose();
        rows = null;
        Delete();
    }

    private void Delete()
    {
        try
        {
            TablesRebuild.Delete(unfinished);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The next start tries again.
        }
    }
}
