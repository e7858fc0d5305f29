namespace SecureChat.Web.Relay;

/// <summary>The pending messages of one sender, in the order in which they came, which is the order in which they expire.</summary>
/// <param name="sender">The sender's handle.</param>
/// <param name="index">Finds them by their id.</param>
/// <param name="presence">Who is online.</param>
/// <param name="settle">Is told how each ends.</param>
internal sealed class SenderReceipts(long sender, ReceiptIndex index, Presence presence, Settle settle)
{
    private const int KeptWhenIdle = 64;

    private readonly Lock sync = new();
    private readonly Stack<Receipt> unused = new();
    private Receipt? oldest;
    private Receipt? newest;
    private int pending;
    private bool closed;

    /// <summary>Adds a message; false when one of this id is pending. See <see cref="Receipts.TryTrack"/>.</summary>
    public bool TryAdd(
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> written,
        ReadOnlySpan<long> recipients,
        Span<Connection[]?> online,
        long due,
        int maxPending)
    {
        lock (sync)
        {
            Receipt receipt = unused.TryPop(out Receipt? used) ? used : new Receipt(this);
            Fill(receipt, value, written, recipients, due);
            bool added = !closed && index.TryAdd(receipt);
            if (added || closed)
            {
                // After the index and under the lock: whoever could ACK it gets it, and the sender's next message finds nobody less online.
                presence.LookUp(recipients, online);
            }

            if (!added)
            {
                Recycle(receipt);
                return closed;
            }

            receipt.Earlier = newest;
            if (newest is null)
            {
                oldest = receipt;
            }
            else
            {
                newest.Later = receipt;
            }

            newest = receipt;
            if (++pending > maxPending)
            {
                End(oldest!, delivered: false);
            }

            return true;
        }
    }

    /// <summary>Counts an ACK, if the ticket's message is still pending and waits for this recipient.</summary>
    public void Acknowledge(ReceiptTicket ticket, long recipient)
    {
        lock (sync)
        {
            Receipt receipt = ticket.Receipt;
            if (receipt.Order != ticket.Order)
            {
                return;
            }

            int place = receipt.Recipients.AsSpan(0, receipt.RecipientCount).IndexOf(recipient);
            if (place >= 0)
            {
                receipt.Recipients[place] = -1;
                if (--receipt.Missing == 0)
                {
                    End(receipt, delivered: true);
                }
            }
        }
    }

    /// <summary>Ends what is due; gives when the next one is.</summary>
    public long Expire(long now)
    {
        lock (sync)
        {
            while (oldest is not null && oldest.Due <= now)
            {
                End(oldest, delivered: false);
            }

            while (pending == 0 && unused.Count > KeptWhenIdle)
            {
                unused.Pop();
            }

            return oldest?.Due ?? long.MaxValue;
        }
    }

    /// <summary>Forgets everything, and takes nothing any more.</summary>
    public void Close()
    {
        lock (sync)
        {
            closed = true;
            while (oldest is not null)
            {
                Remove(oldest);
            }
        }
    }

    private void End(Receipt receipt, bool delivered)
    {
        settle(sender, receipt.Written, delivered);
        Remove(receipt);
    }

    private void Remove(Receipt receipt)
    {
        index.Remove(receipt);
        if (receipt.Earlier is null)
        {
            oldest = receipt.Later;
        }
        else
        {
            receipt.Earlier.Later = receipt.Later;
        }

        if (receipt.Later is null)
        {
            newest = receipt.Earlier;
        }
        else
        {
            receipt.Later.Earlier = receipt.Earlier;
        }

        pending--;
        Recycle(receipt);
    }

    private void Recycle(Receipt receipt)
    {
        // An id of a message is a trace of it.
        receipt.Ids.AsSpan(0, receipt.ValueLength + receipt.WrittenLength).Clear();
        receipt.Earlier = receipt.Later = null;
        unused.Push(receipt);
    }

    private static void Fill(
        Receipt receipt, ReadOnlySpan<byte> value, ReadOnlySpan<byte> written, ReadOnlySpan<long> recipients, long due)
    {
        const int usual = 80;
        if (receipt.Ids.Length < value.Length + written.Length)
        {
            receipt.Ids = GC.AllocateUninitializedArray<byte>(Math.Max(usual, value.Length + written.Length), pinned: true);
        }

        value.CopyTo(receipt.Ids);
        written.CopyTo(receipt.Ids.AsSpan(value.Length));
        (receipt.ValueLength, receipt.WrittenLength) = (value.Length, written.Length);
        if (receipt.Recipients.Length < recipients.Length)
        {
            receipt.Recipients = new long[recipients.Length];
        }

        recipients.CopyTo(receipt.Recipients);
        receipt.RecipientCount = receipt.Missing = recipients.Length;
        receipt.Hash = ReceiptIndex.HashOf(value);
        receipt.Due = due;
    }
}
