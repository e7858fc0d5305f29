using System.Reactive.Linq;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections.Tables;

namespace SecureChat.Projections;

/// <summary>
/// A data folder in use: the ledger with its one writer, and the projections that follow it. Commands go in here, and come
/// back when their outcome can be read in the roster and the tables.
/// </summary>
public sealed class LiveCircle : IAsyncDisposable
{
    // Longer than any honest delay; a projection that is this late waits for its disk.
    private static readonly TimeSpan ApplyWithin = TimeSpan.FromSeconds(10);

    // When stopping there is no time for a disk that refuses: the next start catches up.
    private static readonly TimeSpan ApplyLastWithin = TimeSpan.FromSeconds(0.5);

    private readonly FileStream folderLock;
    private readonly LedgerWriter writer;
    private readonly ProjectionRunner runner;
    private readonly SqliteConnection tables;
    private readonly Lock tablesGate = new();
    private readonly TimeProvider clock;

    private LiveCircle(FileStream folderLock, DatabaseFile ledger, DatabaseFile tablesFile, TimeProvider clock)
    {
        this.folderLock = folderLock;
        this.clock = clock;
        CircleState state = LedgerFile.Replay(ledger);
        UsedSignatures = LedgerFile.UsedSignatures(ledger);
        runner = new ProjectionRunner(ledger, tablesFile);
        AddressGuard = new AddressGuard(tablesFile, runner.RepeatUntil);
        tables = tablesFile.OpenForReading();
        writer = new LedgerWriter(ledger, state, clock);
        runner.Follow(Observable.FromEvent<long>(
            follow => writer.Durable += follow,
            unfollow => writer.Durable -= unfollow));
    }

    /// <summary>Opens a data folder, makes it when it is not there, verifies the ledger, and brings the tables up to it.</summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="clock">Gives events their time.</param>
    /// <exception cref="DataFolderException">The folder is in use, or holds files of something else.</exception>
    /// <exception cref="LedgerDamagedException">The ledger does not verify.</exception>
    public static LiveCircle Open(string dataFolder, TimeProvider clock)
    {
        try
        {
            OwnerOnly.CreateFolder(dataFolder);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"DATA_DIR {dataFolder} cannot be used as a folder: {unusable.Message}", unusable);
        }

        FileStream held = Lock(dataFolder);
        try
        {
            DatabaseFile ledger = LedgerFile.In(dataFolder);
            DatabaseFile tablesFile = TableProjection.In(dataFolder);
            ledger.Prepare();
            tablesFile.Prepare();
            return new LiveCircle(held, ledger, tablesFile, clock);
        }
        catch (SqliteException unreadable)
        {
            held.Dispose();
            throw new DataFolderException(
                $"SQLite cannot use the files in {dataFolder} ({unreadable.Message}). If the disk is neither full nor failing: move securechat.db "
                + "with what stands beside it away, and it comes back from ledger.db; if that does not help, restore a backup of ledger.db.",
                unreadable);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>The circle as committed, for looking ahead; decisions are made by the writer alone.</summary>
    public CircleState State => writer.State;

    /// <summary>Who is in the circle, as far as it has been applied: everything that was answered.</summary>
    public Roster Roster => runner.Roster;

    /// <summary>The signatures of changes that could still be replayed when the folder was opened.</summary>
    public IReadOnlyList<UsedSignature> UsedSignatures { get; }

    /// <summary>One address, one pending request.</summary>
    public AddressGuard AddressGuard { get; }

    /// <summary>Told after each change, when it can be read and before whoever asked for it is answered.</summary>
    public event Action<Applied>? Applied
    {
        add => runner.Applied += value;
        remove => runner.Applied -= value;
    }

    /// <summary>Ends, with what went wrong, when the folder cannot be used any further: the process has to stop, and the next start verifies.</summary>
    public Task<Exception> Broken => runner.Broken;

    /// <summary>Has a command decided, written down and applied.</summary>
    /// <param name="command">What is wanted.</param>
    /// <param name="signature">The login signature that asked for it, or null when it needs none.</param>
    /// <exception cref="LedgerUnavailableException">It could not be written, or not yet be applied.</exception>
    public async Task<Outcome> ExecuteAsync(CircleCommand command, UsedSignature? signature = null)
    {
        Outcome outcome = await writer.SubmitAsync(command, signature);
        try
        {
            await runner.WhenApplied(outcome.Size).WaitAsync(ApplyWithin, clock);
        }
        catch (TimeoutException late)
        {
            throw new LedgerUnavailableException("The change is written down, but the tables cannot show it yet.", late);
        }

        return outcome;
    }

    /// <summary>A join request of any time, or null.</summary>
    /// <param name="id">The request's id, as a client wrote it.</param>
    public JoinRequestRow? FindJoinRequest(string id)
    {
        lock (tablesGate)
        {
            return JoinRequestsTable.Find(tables, id);
        }
    }

    // Held as long as the process lives: the operating system lets go of it whatever way the process ends.
    private static FileStream Lock(string dataFolder)
    {
        string path = Path.Combine(dataFolder, "relay.lock");
        try
        {
            if (!File.Exists(path))
            {
                OwnerOnly.CreateFile(path).Dispose();
            }

            if (OperatingSystem.IsMacOS())
            {
                return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }

            // A range lock where there is one: it keeps other relays out, but nobody who copies the folder.
            FileStream held = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            try
            {
                held.Lock(0, 1);
                return held;
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (IOException inUse) when (File.Exists(path))
        {
            throw new DataFolderException(
                $"Another relay is running on the data folder {dataFolder}. Stop it first, or give this one its own DATA_DIR.", inUse);
        }
    }

    /// <summary>Writes and applies what waits, and closes all files.</summary>
    public async ValueTask DisposeAsync()
    {
        await writer.DrainAsync();
        await Task.WhenAny(runner.WhenApplied(writer.State.Size), Task.Delay(ApplyLastWithin));
        tables.Dispose();
        AddressGuard.Dispose();
        runner.Dispose();

        // Last, with nobody reading any more: SQLite then moves the WAL into the file and deletes it.
        await writer.DisposeAsync();
        await folderLock.DisposeAsync();
    }
}
