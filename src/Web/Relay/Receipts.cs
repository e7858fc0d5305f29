using System.Collections.Concurrent;

namespace SecureChat.Web.Relay;

/// <summary>Tells a sender what became of a message.</summary>
/// <param name="sender">The sender's handle.</param>
/// <param name="messageId">The id as the sender wrote it: a JSON string with its quotes. Gone when the call returns.</param>
/// <param name="delivered">Whether all recipients have ACKed; otherwise its time is over.</param>
internal delegate void Settle(long sender, ReadOnlySpan<byte> messageId, bool delivered);

/// <summary>
/// Which messages wait for whose ACKs. A message ends exactly once: DELIVERED when the last recipient has ACKed, UNDELIVERED
/// when its time is over or when its sender has too many pending.
/// </summary>
/// <remarks>
/// What belongs to a sender is guarded by that sender's lock, and the index by id by the lock of one of its shards. A
/// sender's lock is taken before a shard's; an ACK, which finds the senders through the index, leaves the shard first.
/// </remarks>
internal sealed class Receipts : IDisposable
{
    private static readonly TimeSpan Granularity = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<long, SenderReceipts> senders = new();
    private readonly ReceiptIndex index = new();
    private readonly Presence presence;
    private readonly RelayLimits limits;
    private readonly TimeProvider clock;
    private readonly Settle settle;
    private readonly Alarm alarm;

    /// <summary>Starts with nothing pending.</summary>
    /// <param name="presence">Who is online.</param>
    /// <param name="limits">How many, for how long.</param>
    /// <param name="clock">Monotonic timestamps and the timer.</param>
    /// <param name="settle">Is told how each message ends, under the lock of its sender.</param>
    public Receipts(Presence presence, RelayLimits limits, TimeProvider clock, Settle settle)
    {
        this.presence = presence;
        this.limits = limits;
        this.clock = clock;
        this.settle = settle;
        alarm = new Alarm(clock, Granularity, Expire);
    }

    /// <summary>The book of a sender.</summary>
    public SenderReceipts Of(long sender) =>
        senders.GetOrAdd(sender, static (handle, receipts) => new SenderReceipts(handle, receipts.index, receipts.presence, receipts.settle), this);

    /// <summary>Has a message wait for its ACKs; false, and nothing happens, when the sender has one of this id pending.</summary>
    /// <param name="sender">Its sender's book.</param>
    /// <param name="value">What the id says.</param>
    /// <param name="written">The id as it was written, with its quotes.</param>
    /// <param name="recipients">The handles of those whose ACKs it needs; none of them twice.</param>
    /// <param name="online">Filled with the connections of each recipient at the moment from which the message counts.</param>
    public bool TryTrack(
        SenderReceipts sender,
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> written,
        ReadOnlySpan<long> recipients,
        Span<Connection[]?> online)
    {
        long due = clock.After(clock.GetTimestamp(), limits.DeliverWithin);
        if (!sender.TryAdd(value, written, recipients, online, due, limits.MaxPendingPerSender))
        {
            return false;
        }

        alarm.NotLaterThan(due);
        return true;
    }

    /// <summary>Counts an ACK for every pending message of this id that waits for this recipient, oldest first.</summary>
    public void Acknowledge(long recipient, ReadOnlySpan<byte> value)
    {
        // Found in rounds of a few, as nobody but a crowd of senders with equal ids makes a second round necessary.
        FoundReceipts buffer = default;
        long after = 0;
        while (true)
        {
            int count = index.Find(value, after, ref buffer);
            for (int i = 0; i < count; i++)
            {
                buffer[i].Receipt.Sender.Acknowledge(buffer[i], recipient);
                after = buffer[i].Order;
            }

            if (count < FoundReceipts.Length)
            {
                return;
            }
        }
    }

    /// <summary>Forgets a sender who left, and everything of theirs that was pending, without a word.</summary>
    public void Forget(long sender)
    {
        if (senders.TryRemove(sender, out SenderReceipts? book))
        {
            book.Close();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => alarm.Dispose();

    private long Expire(long now)
    {
        long next = long.MaxValue;
        foreach ((_, SenderReceipts book) in senders)
        {
            next = Math.Min(next, book.Expire(now));
        }

        FlushList.OfThisThread.Flush();
        return next;
    }
}
