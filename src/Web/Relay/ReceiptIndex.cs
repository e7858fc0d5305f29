using System.Runtime.CompilerServices;

namespace SecureChat.Web.Relay;

/// <summary>A pending message. The object is used again and again for messages of the same sender.</summary>
/// <param name="sender">Whose messages it stands for.</param>
internal sealed class Receipt(SenderReceipts sender)
{
    /// <summary>Whose message it is; never changes, so that its lock can be taken before anything else is looked at.</summary>
    public SenderReceipts Sender { get; } = sender;

    /// <summary>Larger for what came later, and different for each message; 0 while it stands for none.</summary>
    public long Order { get; set; }

    /// <summary>When its time is over.</summary>
    public long Due { get; set; }

    /// <summary>What the id says, and after it, how it was written.</summary>
    public byte[] Ids { get; set; } = [];

    /// <summary>How much of <see cref="Ids"/> is what the id says.</summary>
    public int ValueLength { get; set; }

    /// <summary>How much of <see cref="Ids"/> is how it was written.</summary>
    public int WrittenLength { get; set; }

    /// <summary>The handles of the recipients; -1 in the place of one who has ACKed.</summary>
    public long[] Recipients { get; set; } = [];

    /// <summary>How many of <see cref="Recipients"/> are in use.</summary>
    public int RecipientCount { get; set; }

    /// <summary>How many have not ACKed.</summary>
    public int Missing { get; set; }

    /// <summary>The hash of what the id says.</summary>
    public int Hash { get; set; }

    /// <summary>The next one in the same bucket of the index, later than this.</summary>
    public Receipt? NextInBucket { get; set; }

    /// <summary>The sender's next earlier pending message.</summary>
    public Receipt? Earlier { get; set; }

    /// <summary>The sender's next later pending message.</summary>
    public Receipt? Later { get; set; }

    /// <summary>What the id says.</summary>
    public ReadOnlySpan<byte> Value => Ids.AsSpan(0, ValueLength);

    /// <summary>How the id was written.</summary>
    public ReadOnlySpan<byte> Written => Ids.AsSpan(ValueLength, WrittenLength);
}

/// <summary>A receipt as it was when it was found: it may have come to stand for another message since.</summary>
/// <param name="Receipt">The receipt.</param>
/// <param name="Order">Its order then.</param>
internal readonly record struct ReceiptTicket(Receipt Receipt, long Order);

/// <summary>A few tickets on the stack.</summary>
[InlineArray(Length)]
internal struct FoundReceipts
{
    /// <summary>How many.</summary>
    public const int Length = 8;

    private ReceiptTicket first;
}

/// <summary>Finds pending messages by their id, whoever sent them. In shards, so that senders seldom meet at a lock.</summary>
internal sealed class ReceiptIndex
{
    private const int ShardCount = 64;

    private readonly Shard[] shards = [.. Enumerable.Range(0, ShardCount).Select(_ => new Shard())];
    private long lastOrder;

    /// <summary>The hash of an id; with a seed of this process, so that nobody can choose ids that meet in one bucket.</summary>
    public static int HashOf(ReadOnlySpan<byte> value)
    {
        HashCode hash = default;
        hash.AddBytes(value);
        return hash.ToHashCode();
    }

    /// <summary>Adds a receipt, and gives it its order; false when its sender has one of the same id there.</summary>
    public bool TryAdd(Receipt receipt) => ShardOf(receipt.Hash).TryAdd(receipt, ref lastOrder);

    /// <summary>Takes a receipt out.</summary>
    public void Remove(Receipt receipt) => ShardOf(receipt.Hash).Remove(receipt);

    /// <summary>The first few receipts of this id whose order is above the given one, in order; gives their number.</summary>
    public int Find(ReadOnlySpan<byte> value, long after, ref FoundReceipts found)
    {
        int hash = HashOf(value);
        return ShardOf(hash).Find(value, hash, after, ref found);
    }

    private Shard ShardOf(int hash) => shards[hash & (ShardCount - 1)];

    private sealed class Shard
    {
        private readonly Lock sync = new();
        private Receipt?[] buckets = new Receipt?[4];
        private int count;

        public bool TryAdd(Receipt receipt, ref long lastOrder)
        {
            lock (sync)
            {
                ref Receipt? bucket = ref BucketOf(receipt.Hash);
                Receipt? last = null;
                for (Receipt? other = bucket; other is not null; other = other.NextInBucket)
                {
                    if (other.Sender == receipt.Sender && other.Hash == receipt.Hash && other.Value.SequenceEqual(receipt.Value))
                    {
                        return false;
                    }

                    last = other;
                }

                receipt.Order = Interlocked.Increment(ref lastOrder);
                if (last is null)
                {
                    bucket = receipt;
                }
                else
                {
                    last.NextInBucket = receipt;
                }

                if (++count > 2 * buckets.Length)
                {
                    Grow();
                }

                return true;
            }
        }

        public void Remove(Receipt receipt)
        {
            lock (sync)
            {
                ref Receipt? bucket = ref BucketOf(receipt.Hash);
                if (bucket == receipt)
                {
                    bucket = receipt.NextInBucket;
                }
                else
                {
                    Receipt before = bucket!;
                    while (before.NextInBucket != receipt)
                    {
                        before = before.NextInBucket!;
                    }

                    before.NextInBucket = receipt.NextInBucket;
                }

                receipt.NextInBucket = null;
                receipt.Order = 0;
                count--;
            }
        }

        public int Find(ReadOnlySpan<byte> value, int hash, long after, ref FoundReceipts found)
        {
            int number = 0;
            lock (sync)
            {
                for (Receipt? receipt = BucketOf(hash); receipt is not null && number < FoundReceipts.Length; receipt = receipt.NextInBucket)
                {
                    if (receipt.Order > after && receipt.Hash == hash && receipt.Value.SequenceEqual(value))
                    {
                        found[number++] = new ReceiptTicket(receipt, receipt.Order);
                    }
                }
            }

            return number;
        }

        // The low bits of the hash have chosen the shard.
        private ref Receipt? BucketOf(int hash) => ref buckets[(hash >>> 6) & (buckets.Length - 1)];

        private void Grow()
        {
            Receipt?[] old = buckets;
            buckets = new Receipt?[4 * old.Length];
            foreach (Receipt? first in old)
            {
                for (Receipt? receipt = first; receipt is not null;)
                {
                    Receipt? next = receipt.NextInBucket;
                    receipt.NextInBucket = null;
                    ref Receipt? bucket = ref BucketOf(receipt.Hash);
                    if (bucket is null)
                    {
                        bucket = receipt;
                    }
                    else
                    {
                        Receipt last = bucket;
                        while (last.NextInBucket is { } later)
                        {
                            last = later;
                        }

                        last.NextInBucket = receipt;
                    }

                    receipt = next;
                }
            }
        }
    }
}
