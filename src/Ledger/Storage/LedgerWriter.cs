using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// The one writer. Commands wait in a bounded inbox; whatever waits is decided as one batch, each command on the state as
/// left by the one before, and goes down in one transaction: two hundred waiting votes cost one sync.
/// </summary>
/// <remarks>
/// The state and the connection are owned by a thread of the writer's own. Outside it only committed states are seen, and a state that
/// was handed out never changes.
/// </remarks>
public sealed partial class LedgerWriter : IAsyncDisposable
{
    private const int InboxCapacity = 1024;
    private const int MaxBatch = 256;

    // Some thousand pages of the WAL.
    private const int MoveAfterEntries = 256;

    private static readonly TimeSpan ScrubAgainAfter = TimeSpan.FromSeconds(10);

    private readonly Channel<Waiting> inbox = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(InboxCapacity) { SingleReader = true });

    private readonly TimeProvider clock;
    private readonly LedgerTransaction transaction;
    private readonly WrittenEntries written;
    private readonly LogTree tree;
    private readonly StatementJudge judge;
    private readonly WorkThread thread = new("ledger");
    private readonly ITimer scrubbing;
    private readonly TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception> broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile CircleState state;
    private Exception? stopped;
    private int entriesInLog;
    private int isWriteDue;
    private bool hasEnded;

    /// <summary>Starts writing.</summary>
    /// <param name="ledger">The ledger, opened and found whole.</param>
    /// <param name="clock">Gives events their time.</param>
    public LedgerWriter(OpenLedger ledger, TimeProvider clock)
        : this(ledger.File.Open(), ledger, clock)
    {
    }

    /// <summary>For tests that make the disk of one connection full.</summary>
    internal LedgerWriter(SqliteConnection connection, OpenLedger ledger, TimeProvider clock)
    {
        state = ledger.State;
        this.clock = clock;
        transaction = new LedgerTransaction(connection, ledger.Range, ledger.Key);
        written = new WrittenEntries(connection);
        tree = new LogTree(connection);
        judge = new StatementJudge(ledger.Origin, tree, written.HasStatement, written.HasAddendum);
        scrubbing = clock.CreateTimer(_ => thread.Post(_ => Scrub(), null), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        // A crash may have left erased bytes in the WAL.
        thread.Post(_ => Scrub(), null);
    }

    /// <summary>Tells that everything below a position is durable. It says no more; whoever wants the events reads them.</summary>
    public event Action<long>? Durable;

    /// <summary>
    /// Ends, with what was thrown, when somebody who listens to <see cref="Durable"/> has failed. The ledger is as it should be; that
    /// listener may have missed something, so the process has to stop.
    /// </summary>
    public Task<Exception> Broken => broken.Task;

    /// <summary>The circle as committed.</summary>
    public CircleState State => state;

    /// <summary>
    /// Has a command decided and written down.
    /// 1. The answer comes after COMMIT. 2. A refusal changes nothing, but overdue requests may have expired with it.
    /// 3. If the transaction fails, nothing has happened and nobody was told anything.
    /// </summary>
    /// <param name="command">What is wanted.</param>
    /// <param name="signature">The login signature that asked for it, or null when it needs none.</param>
    /// <param name="goesOnHere">
    /// Whether whoever awaits this goes on on the writer's own thread: a switch of threads less for callers who at once await something else.
    /// </param>
    /// <exception cref="LedgerUnavailableException">It could not be written.</exception>
    public async Task<Outcome> SubmitAsync(CircleCommand command, UsedSignature? signature = null, bool goesOnHere = false)
    {
        Waiting waiting = new(command, signature, goesOnHere);
        try
        {
            await inbox.Writer.WriteAsync(waiting);
        }
        catch (ChannelClosedException closed)
        {
            throw new LedgerUnavailableException("The relay is stopping.", closed);
        }

        if (Interlocked.Exchange(ref isWriteDue, 1) == 0)
        {
            thread.Post(_ => WriteWaiting(), null);
        }

        return await waiting.Answer.Task;
    }

    private void WriteWaiting()
    {
        // First, so that whoever comes from here on posts again.
        Interlocked.Exchange(ref isWriteDue, 0);
        List<Waiting> batch = [];
        while (TakeBatch(batch))
        {
            try
            {
                Write(batch);
            }
            catch (Exception failed)
            {
                // Nobody was told anything, and the old state still stands. What is no LedgerUnavailableException is a defect, and
                // comes out as what it is.
                batch.ForEach(waiting => waiting.Answer.TrySetException(failed));
            }
        }
    }

    private bool TakeBatch(List<Waiting> batch)
    {
        // Whoever is about to submit goes first, when the processor is wanted: one sync for more of them. Alone, it is no wait.
        Thread.Yield();
        batch.Clear();
        while (batch.Count < MaxBatch && inbox.Reader.TryRead(out Waiting? waiting))
        {
            batch.Add(waiting);
        }

        return batch.Count > 0;
    }

    private void Write(List<Waiting> batch)
    {
        if (stopped is not null)
        {
            throw new LedgerUnavailableException("The ledger is closed for writing until the relay has been started again.", stopped);
        }

        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        CircleState before = state;
        CircleState after = before;
        List<Entry> entries = [];
        List<UsedSignature> signatures = [];
        List<Hash> erased = [];
        List<Action> answers = [];
        foreach (Waiting waiting in batch)
        {
            Decision decision;
            try
            {
                decision = Decide(after, waiting.Command, before.Size, entries, now);
                entries.AddRange([.. decision.Events.Select(happened => Entry.Write(happened, now, RandomNumberGenerator.Fill))]);
            }
            catch (Exception defect) when (defect is not (SqliteException or LedgerDamagedException))
            {
                // One command that nobody could decide takes no other one down with it.
                waiting.Answer.TrySetException(defect);
                continue;
            }

            erased.AddRange(decision.Events.OfType<AddendaErased>().SelectMany(written.AddendaOf));

            if (waiting.Signature is { } signature && decision.Refusal is null)
            {
                signatures.Add(signature);
            }

            long? position = decision.Events.Count > decision.Overdue ? after.Size + decision.Overdue : null;
            Outcome outcome = new(decision.After.Size, decision.Refusal, position, decision.Tally);
            answers.Add(() => waiting.Answer.TrySetResult(outcome));
            after = decision.After;
        }

        if (entries.Count > 0)
        {
            Commit(entries, signatures, erased, now);
            state = after;
        }

        // Before anybody else hears of it: whatever goes wrong with those who listen, it is written down.
        answers.ForEach(answer => answer());
        if (entries.Count > 0)
        {
            Tell(after.Size);
        }
    }

    // One that throws keeps neither the others from being told nor the writer from writing.
    private void Tell(long size)
    {
        foreach (Action<long> listener in Delegate.EnumerateInvocationList(Durable))
        {
            try
            {
                listener(size);
            }
            catch (Exception defect)
            {
                broken.TrySetResult(defect);
            }
        }
    }

    // A statement is judged on the circle as the command finds it; two commands of one batch with the same statement are judged
    // alike, so that the second is looked up among the entries of the batch.
    private Decision Decide(CircleState before, CircleCommand command, long committed, List<Entry> batch, long now)
    {
        Decision decision = Decisions.Decide(before, command, now);
        if (decision.Refusal is not null || judge.Judge(before, command, committed, batch) is not { } refusal)
        {
            return decision;
        }

        return Decisions.Decide(before, new ExpireRequests(), now) with { Refusal = refusal };
    }

    private void Commit(List<Entry> entries, List<UsedSignature> signatures, List<Hash> erased, long now)
    {
        try
        {
            // A crash before COMMIT: nothing happened. After it: all of it did, whether or not anybody was answered.
            transaction.Commit(entries, signatures, erased, now);
            entriesInLog += entries.Count;
            if (erased.Count > 0)
            {
                Scrub();
            }

            if (entriesInLog >= MoveAfterEntries)
            {
                MoveLog();
            }
        }
        catch (LedgerStoppedException failed)
        {
            stopped = failed;
            throw new LedgerUnavailableException("The ledger is closed for writing until the relay has been started again.", failed);
        }
    }

    /// <summary>Writes what waits, and takes no more.</summary>
    public Task DrainAsync()
    {
        if (inbox.Writer.TryComplete())
        {
            thread.Post(_ => End(), null);
        }

        return drained.Task;
    }

    private void End()
    {
        WriteWaiting();
        scrubbing.Dispose();
        hasEnded = true;
        drained.SetResult();
    }

    /// <summary>Writes what waits, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await DrainAsync();
        thread.Dispose();
        tree.Dispose();
        written.Dispose();
        transaction.Dispose();
    }

    private sealed record Waiting(CircleCommand Command, UsedSignature? Signature, bool GoesOnHere)
    {
        public TaskCompletionSource<Outcome> Answer { get; } =
            new(GoesOnHere ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
