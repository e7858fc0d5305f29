using System.Threading.Channels;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Web.Witnesses;

/// <summary>
/// One witness, kept up to date at its own pace. Appends that come while it is busy or being waited for are one append: only the
/// newest checkpoint is ever sent.
/// </summary>
internal sealed class WitnessLoop(
    string witness, WitnessConversation conversation, WitnessedLog source, TimeProvider clock, Func<double> random, ILogger log)
{
    // Holds the latest size or nothing: writing never waits.
    private readonly Channel<long> appended = Channel.CreateBounded<long>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    // Owned by whoever runs: the question at the start, then the loop.
    private long? cosigned;
    private long stored;
    private WitnessOutcome? trouble;

    /// <summary>Says that there is a checkpoint of that size; returns at once.</summary>
    public void Appended(long size) => appended.Writer.TryWrite(size);

    /// <summary>Asks once what the witness knows, before the loop runs. A cosignature that this brings is not stored: nothing is written before the start is decided.</summary>
    public async Task<WitnessReport> AskAsync(TimeSpan within, CancellationToken cancel)
    {
        using CancellationTokenSource timeOut = new(within, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeOut.Token);
        SignedCheckpoint head = source.Newest();
        WitnessOutcome outcome;
        try
        {
            outcome = await ShowAsync(head, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            outcome = new WitnessOutcome.Away();
        }

        Report(outcome, head);
        return new WitnessReport(witness, outcome);
    }

    /// <summary>Runs until it is cancelled, or until the witness turns out to know more than we do.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            do
            {
                await appended.Reader.ReadAsync(stop);
            }
            while (await CatchUpAsync(stop));
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Told to stop: whatever was broken off, there is nobody left to tell.
        }
    }

    /// <summary>Tries until the newest checkpoint is cosigned and the cosignature stored.</summary>
    /// <returns>False when nothing more may be sent to this witness.</returns>
    private async Task<bool> CatchUpAsync(CancellationToken stop)
    {
        WitnessOutcome? last = null;
        for (int failures = 0; ; failures++)
        {
            WitnessOutcome? outcome = await AttemptAsync(stop);
            if (outcome is null or WitnessOutcome.Cosigned)
            {
                return true;
            }

            if (outcome is WitnessOutcome.KnowsNewer)
            {
                return false;
            }

            if (outcome != last)
            {
                (last, failures) = (outcome, 0);
            }

            await Task.Delay(WitnessBackoff.Delay(outcome, failures, random()), clock, stop);
        }
    }

    /// <summary>One attempt with whatever is newest now; null when that is cosigned already.</summary>
    private async Task<WitnessOutcome?> AttemptAsync(CancellationToken stop)
    {
        SignedCheckpoint? head = null;
        WitnessOutcome outcome;
        try
        {
            head = source.Newest();
            if (head.Checkpoint.Size <= stored)
            {
                return null;
            }

            outcome = await ShowAsync(head, stop);
            if (outcome is WitnessOutcome.Cosigned signed)
            {
                await source.Store(signed.Size, signed.Signature);
                stored = signed.Size;
            }
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            outcome = new WitnessOutcome.Postponed(exception.GetType().Name);
        }

        Report(outcome, head);
        return outcome;
    }

    private async Task<WitnessOutcome> ShowAsync(SignedCheckpoint head, CancellationToken cancel)
    {
        long size = head.Checkpoint.Size;
        WitnessOutcome outcome = await conversation.ShowAsync(head, Math.Min(cosigned ?? size, size), cancel);
        if (outcome is WitnessOutcome.Cosigned)
        {
            cosigned = size;
        }

        return outcome;
    }

    /// <summary>Logs what changed, once: the same trouble again is no news.</summary>
    private void Report(WitnessOutcome outcome, SignedCheckpoint? head)
    {
        WitnessOutcome? before = trouble;
        trouble = outcome is WitnessOutcome.Cosigned ? null : outcome;
        if (trouble != before)
        {
            WitnessLines.Say(log, witness, outcome, head?.Checkpoint.Size ?? 0);
        }
    }
}
