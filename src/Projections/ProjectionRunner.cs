using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Projections.Tables;

namespace SecureChat.Projections;

/// <summary>Events that have just been applied, with the roster before and after them.</summary>
/// <param name="Events">In the order of the ledger.</param>
/// <param name="Before">The roster without them.</param>
/// <param name="After">The roster with them.</param>
public sealed record Applied(IReadOnlyList<RecordedEvent> Events, Roster Before, Roster After);

/// <summary>
/// Keeps tables and roster in step with the ledger. It is told only that a position is durable, and reads the entries that it
/// has not applied; catching up after a start, following live and writing the tables anew are the same code from another position.
/// At a start it goes on from what <see cref="FirstPass"/> has read. It never decides, and its failures never reach the ledger:
/// what SQLite refuses is tried again. On anything else, a damaged file or a listener that throws, it stops and says so by
/// <see cref="Broken"/>.
/// </summary>
/// <remarks>Everything from <see cref="CatchUp"/> down runs on one thread, the scheduler's.</remarks>
internal sealed partial class ProjectionRunner : IDisposable
{
    private const int ChunkSize = 4096;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly LedgerReader reader;
    private readonly DatabaseFile tablesFile;
    private readonly RosterProjection rosterProjection;
    private readonly WorkThread thread = new("projections");
    private readonly SynchronizationContextScheduler scheduler;
    private readonly Lock gate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> waiting = new();
    private readonly TaskCompletionSource<Exception> broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDisposable telling = System.Reactive.Disposables.Disposable.Empty;
    private IDisposable following = System.Reactive.Disposables.Disposable.Empty;
    private IDisposable scrubbing = System.Reactive.Disposables.Disposable.Empty;
    private Roster roster = Roster.Empty;

    // Null until the disk has had room for opening them.
    private TableProjection? tables;

    // Whether the tables are being written anew because somebody had edited them: if that fails as well, there is no use in a third time.
    private bool isMending;
    private volatile bool isLate = true;
    private volatile bool isStuck;

    // Guarded by the gate. Behind the roster while listeners are being told: whoever waits goes on only after them.
    private long announced;
    private bool disposed;

    /// <param name="ledger">The ledger's file.</param>
    /// <param name="tablesFile">The tables' file; it is made when it is not there.</param>
    /// <param name="roster">As far as it was folded already, while the ledger was verified.</param>
    /// <param name="mayBeLate">
    /// Whether a disk that is full at the start is no reason not to start: the roster comes from the ledger alone then, and the tables
    /// follow as soon as there is room for them.
    /// </param>
    public ProjectionRunner(DatabaseFile ledger, DatabaseFile tablesFile, RosterProjection? roster = null, bool mayBeLate = false)
    {
        rosterProjection = roster ?? new RosterProjection();
        reader = new LedgerReader(ledger);
        this.tablesFile = tablesFile;
        scheduler = new SynchronizationContextScheduler(thread);
        try
        {
            RunOnScheduler(() => Start(mayBeLate));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The roster at the newest position that tables and roster have reached.</summary>
    public Roster Roster => Volatile.Read(ref roster);

    /// <summary>Whether the tables wait for room on the disk, and do not show what the roster shows.</summary>
    public bool IsLate => isLate || isStuck;

    /// <summary>Told on the scheduler's thread, after tables and roster show the events and before anybody who waits for them goes on.</summary>
    public event Action<Applied>? Applied;

    /// <summary>Ends, with what went wrong, when the ledger cannot be followed any more: the process has to stop.</summary>
    public Task<Exception> Broken => broken.Task;

    /// <summary>Follows the ledger from now on.</summary>
    /// <param name="durable">Sizes of the ledger, each as soon as everything below it is durable.</param>
    public void Follow(IObservable<long> durable) => following = durable
        .ObserveOn(scheduler)
        .Select(size => Observable
            .Defer(() => Observable.Return(CatchUp(size)))
            .RetryWhen(failures => failures.SelectMany(failed => MayPass(failed)
                ? Observable.Timer(RetryAfter, scheduler)
                : Observable.Throw<long>(failed))))
        .Concat()
        .Subscribe(_ => { }, Break);

    /// <summary>Has something told of each size after it was followed, on the scheduler's thread.</summary>
    public void Tell(IObservable<long> durable, Action<long> listener) => telling = durable.ObserveOn(scheduler).Subscribe(listener);

    /// <summary>Waits until everything below a size of the ledger is applied.</summary>
    public Task WhenApplied(long size)
    {
        lock (gate)
        {
            if (announced >= size)
            {
                return Task.CompletedTask;
            }

            if (broken.Task.IsCompleted)
            {
                return Task.FromException(NotFollowing());
            }

            TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(reached, size);
            return reached.Task;
        }
    }

    /// <summary>Has something done on the scheduler's thread, again and again until it says that it is done.</summary>
    public void RepeatUntil(Func<bool> done) => scheduler.Schedule(RetryAfter, again =>
    {
        if (!done())
        {
            again(RetryAfter);
        }
    });

    private void Break(Exception cause)
    {
        broken.TrySetResult(cause);
        GiveUpWaiting();
    }

    private static LedgerUnavailableException NotFollowing() => new("The change is written down, but shows only after the next start.");

    // Making the file meets a full disk outside SQLite, too.
    private static bool IsFull(Exception failed) => failed is IOException || (failed is SqliteException refused && DatabaseFile.IsFull(refused));

    private static bool IsEdited(Exception failed) => failed is EditedTablesException || (failed is SqliteException refused && DatabaseFile.IsEdited(refused));

    private static bool MayPass(Exception failed) =>
        failed is IOException || (failed is SqliteException refused && !DatabaseFile.IsDamage(refused) && !DatabaseFile.IsEdited(refused));

    private long CatchUp(long size)
    {
        TableProjection opened = tables ?? Open();
        try
        {
            Follow(opened, size);
            isStuck = false;
        }
        catch (SqliteException full) when (DatabaseFile.IsFull(full))
        {
            // What is in the ledger has happened, and whoever asked for it is told so. The next change is refused before it is written.
            isStuck = true;
            ShowNewsAlone();
            throw;
        }

        isMending = false;
        if (isLate)
        {
            opened.Settled(reader.Size());
            opened.DropOrphanedAddresses();
            isLate = false;
            Scrub(opened);
        }

        return size;
    }

    private void Follow(TableProjection tables, long size)
    {
        while (Math.Min(tables.Position, rosterProjection.Size) is var position && position < size)
        {
            List<RecordedEvent> chunk = [.. reader.Read(position).Take(ChunkSize)];
            if (chunk.Count == 0)
            {
                break;
            }

            Apply(tables, chunk);
        }
    }

    private void Apply(TableProjection tables, List<RecordedEvent> chunk)
    {
        // The tables first: they can fail, and then nothing of the chunk has been shown to anybody.
        List<RecordedEvent> rows = [.. chunk.Where(recorded => recorded.Position >= tables.Position)];
        if (tables.MustForget(rows))
        {
            tables.Clear(reader.Size());
            return;
        }

        try
        {
            if (rows.Count > 0 && tables.Apply(rows))
            {
                Scrub(tables);
            }
        }
        catch (Exception edited) when (IsEdited(edited) && !isMending)
        {
            // Somebody has changed rows by hand. They follow the ledger again from its first entry.
            tables.Clear(reader.Size());
            isMending = true;
            return;
        }

        // While the tables are written anew, the roster is ahead and nobody needs to be told anything.
        if (chunk[^1].Position < rosterProjection.Size)
        {
            return;
        }

        List<RecordedEvent> news = [.. chunk.Where(recorded => recorded.Position >= rosterProjection.Size)];
        news.ForEach(rosterProjection.Apply);
        Show(news);
    }

    private void Show(List<RecordedEvent> news)
    {
        Roster before = Roster;
        Roster after = rosterProjection.Snapshot();
        Volatile.Write(ref roster, after);
        Applied?.Invoke(new Applied(news, before, after));
        lock (gate)
        {
            announced = after.Size;
            while (waiting.TryPeek(out TaskCompletionSource? reached, out long size) && size <= after.Size)
            {
                waiting.Dequeue();
                reached.SetResult();
            }
        }
    }

    private void Scrub(TableProjection tables)
    {
        scrubbing.Dispose();
        if (!tables.Scrub())
        {
            scrubbing = scheduler.Schedule(RetryAfter, () => Scrub(tables));
        }
    }

    private Hash? LeafHashOf(long position) => reader.Read(position).FirstOrDefault()?.LeafHash;

    private void RunOnScheduler(Action work) => Observable.Start(work, scheduler).Wait();

    /// <summary>Stops following. Whoever still waits is told that the tables will show it after the next start.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, true))
        {
            return;
        }

        following.Dispose();
        telling.Dispose();

        // On the scheduler, so that nothing is closed under work that goes on there.
        RunOnScheduler(() =>
        {
            scrubbing.Dispose();
            reader.Dispose();
            tables?.Dispose();
        });
        thread.Dispose();
        GiveUpWaiting();
    }

    private void GiveUpWaiting()
    {
        lock (gate)
        {
            while (waiting.TryDequeue(out TaskCompletionSource? late, out _))
            {
                late.SetException(NotFollowing());
            }
        }
    }
}
