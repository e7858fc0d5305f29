using System.Reactive.Linq;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;
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
    private readonly DatabaseFile ledgerFile;
    private readonly CosignatureStore cosignatures;
    private readonly SeenCheckpointKeeper seen;
    private readonly DatabaseFile tablesFile;
    private readonly Lock tablesGate = new();
    private readonly TimeProvider clock;

    // Under the gate. Not before it is needed: at the start on a full disk there may be no file yet.
    private SqliteConnection? tables;

    private LiveCircle(string dataFolder, FileStream folderLock, OpenLedger ledger, RosterProjection roster, TimeProvider clock)
    {
        this.folderLock = folderLock;
        this.clock = clock;
        VerifierKey = ledger.Key.VerifierKey;
        ledgerFile = ledger.File;
        tablesFile = TableProjection.In(dataFolder) with { Alone = ledgerFile.Alone };
        Warnings = ledger.Warnings;
        UsedSignatures = LedgerFile.UsedSignatures(ledgerFile);
        try
        {
            Ledger = new LedgerView(ledgerFile);
            cosignatures = new CosignatureStore(ledgerFile);
            runner = new ProjectionRunner(ledgerFile, tablesFile, roster, mayBeLate: true);
            AddressGuard = new AddressGuard(tablesFile, () => runner.IsLate, runner.RepeatUntil);
            writer = new LedgerWriter(ledger, clock);
        }
        catch
        {
            runner?.Dispose();
            cosignatures?.Dispose();
            Ledger?.Dispose();
            throw;
        }

        Broken = Task.WhenAny(runner.Broken, writer.Broken).Unwrap();

        // Last, because it writes into the folder by itself from here on.
        seen = new SeenCheckpointKeeper(dataFolder, Ledger);
        IObservable<long> durable = Observable.FromEvent<long>(
            follow => writer.Durable += follow,
            unfollow => writer.Durable -= unfollow);
        runner.Follow(durable);
        runner.Tell(durable.StartWith(ledger.State.Size), seen.Keep);
    }

    /// <summary>Opens a data folder, makes it when it is not there, verifies the ledger, and brings the tables up to it.</summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="clock">Gives events their time.</param>
    /// <param name="origin">The name of the log, chosen at its first start, or null.</param>
    /// <param name="progress">Told from time to time how many entries are verified.</param>
    /// <exception cref="DataFolderException">The folder is in use, or holds files of something else.</exception>
    /// <exception cref="LedgerDamagedException">The ledger does not verify.</exception>
    public static LiveCircle Open(string dataFolder, TimeProvider clock, string? origin = null, Action<long>? progress = null)
    {
        try
        {
            OwnerOnly.CreateFolder(dataFolder);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"DATA_DIR {dataFolder} cannot be used as a folder: {unusable.Message}", unusable);
        }

        FileStream held = DataFolderLock.Take(dataFolder);
        try
        {
            return OpenOnAnyDisk(dataFolder, held, clock, origin, progress);
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

    private static LiveCircle OpenOnAnyDisk(string dataFolder, FileStream held, TimeProvider clock, string? origin, Action<long>? progress)
    {
        try
        {
            return Open(alone: false);
        }
        catch (SqliteException full) when (DatabaseFile.IsFull(full) && DatabaseFile.KnowsAlone)
        {
            // Nothing was left open. If there is no room even for this, something has to be written that is not there yet.
            return Open(alone: true);
        }

        LiveCircle Open(bool alone)
        {
            using FirstPass pass = new(TableProjection.In(dataFolder) with { Alone = alone });
            OpenLedger ledger = LedgerOpening.Open(dataFolder, origin, RandomNumberGenerator.Fill, progress, alone, pass.Take);
            return new LiveCircle(dataFolder, held, ledger, pass.Finish(), clock);
        }
    }

    /// <summary>
    /// Whether the disk was so full at the start that the files are held for this process alone: until the next start no other program
    /// can read them.
    /// </summary>
    public bool IsAlone => ledgerFile.Alone;

    /// <summary>The key under which checkpoints are verified; its name is the origin of the log.</summary>
    public VerifierKey VerifierKey { get; }

    /// <summary>What the verifier found odd and yet allowed when the folder was opened, each in a sentence.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>What of rejected and expired requests is due to be erased. Reads the whole ledger.</summary>
    /// <param name="resolvedBefore">Milliseconds since the Unix epoch.</param>
    public IReadOnlyList<AddendaErased> ErasuresDue(long resolvedBefore)
    {
        using LedgerReader reader = new(ledgerFile);
        return Erasures.Due(reader.Read(0), resolvedBefore);
    }

    /// <summary>Deletes the copy that an upgrade has left when it holds what was erased since.</summary>
    public void ForgetErasedCopy() => UpgradeCopy.ForgetErased(ledgerFile);

    /// <summary>Keeps what a witness signed of a head.</summary>
    /// <param name="size">The head's size.</param>
    /// <param name="signature">The cosignature, verified.</param>
    public void Store(long size, NoteSignature signature) => cosignatures.Store(size, signature);

    /// <summary>The log as others read it.</summary>
    public LedgerView Ledger { get; }

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
    public Task<Exception> Broken { get; }

    /// <summary>Has a command decided, written down and applied.</summary>
    /// <param name="command">What is wanted.</param>
    /// <param name="signature">The login signature that asked for it, or null when it needs none.</param>
    /// <exception cref="LedgerUnavailableException">It could not be written, or not yet be applied.</exception>
    public async Task<Outcome> ExecuteAsync(CircleCommand command, UsedSignature? signature = null)
    {
        if (runner.IsLate)
        {
            // Before anything is written: whoever is refused in this way can rely on it that nothing has happened.
            throw new LedgerUnavailableException("Nothing can be changed before the tables show what has been changed: the disk is full.");
        }

        // On the writer's thread nothing is done but to wait for the projections, and that only if there is something to wait for.
        Task<Outcome> submitted = writer.SubmitAsync(command, signature, goesOnHere: true);
        await ((Task)submitted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task applied = submitted.IsCompletedSuccessfully ? runner.WhenApplied(submitted.Result.Size) : Task.CompletedTask;
        try
        {
            await applied.WaitAsync(ApplyWithin, clock).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
        catch (TimeoutException late)
        {
            throw new LedgerUnavailableException("The change is written down, but the tables cannot show it yet.", late);
        }

        return await submitted;
    }

    /// <summary>A join request of any time, or null.</summary>
    /// <param name="id">The request's id, as a client wrote it.</param>
    /// <exception cref="LedgerUnavailableException">The tables are behind the ledger since a start on a full disk.</exception>
    public JoinRequestRow? FindJoinRequest(string id)
    {
        // From the roster as long as it is pending there: the tables are a moment ahead of it, and whoever reads there that he was
        // let in would not be known yet.
        if (Roster.Pending.FirstOrDefault(request => request.Id == id) is { } pending)
        {
            return new JoinRequestRow(pending.Id, "pending", pending.RequesterName, pending.ExpiresAt);
        }

        lock (tablesGate)
        {
            if (runner.IsLate)
            {
                throw new LedgerUnavailableException("The tables cannot be written at present: the disk is full.");
            }

            return JoinRequestsTable.Find(tables ??= tablesFile.OpenForReading(), id);
        }
    }

    /// <summary>Writes and applies what waits, and closes all files.</summary>
    public async ValueTask DisposeAsync()
    {
        await writer.DrainAsync();
        await Task.WhenAny(runner.WhenApplied(writer.State.Size), Task.Delay(ApplyLastWithin));
        tables?.Dispose();
        runner.Dispose();
        seen.KeepForGood();
        cosignatures.Dispose();
        Ledger.Dispose();
        AddressGuard.Dispose();

        // Last, with nobody reading any more: SQLite then moves the WAL into the file and deletes it.
        await writer.DisposeAsync();
        await folderLock.DisposeAsync();
    }
}
