using System.Collections.Concurrent;

namespace SecureChat.Web.Relay;

/// <summary>
/// Outboxes that are to be flushed by a thread of the pool, one after the other. What is put into one of them while it stands here leaves in
/// the same write.
/// </summary>
internal sealed class SendQueue : IThreadPoolWorkItem
{
    private static readonly SendQueue[] Queues = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new SendQueue())];

    private readonly ConcurrentQueue<Outbox> outboxes = new();
    private int working;

    /// <summary>Puts an outbox behind the others.</summary>
    public static void Add(Outbox outbox)
    {
        SendQueue queue = Queues[(uint)outbox.GetHashCode() % (uint)Queues.Length];
        queue.outboxes.Enqueue(outbox);
        if (Interlocked.CompareExchange(ref queue.working, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(queue, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            while (outboxes.TryDequeue(out Outbox? outbox))
            {
                outbox.Flush();
            }

            // Whoever adds from here on starts the work again; who added just before did not, so it is looked at once more.
            Volatile.Write(ref working, 0);
            Interlocked.MemoryBarrier();
            if (outboxes.IsEmpty || Interlocked.CompareExchange(ref working, 1, 0) != 0)
            {
                return;
            }
        }
    }
}
