namespace SecureChat.Web.Relay;

/// <summary>
/// The outboxes into which this thread has put something since it last flushed. They are flushed together when everything
/// that was read at once has been handled, so that frames for the same connection leave in one write.
/// </summary>
internal sealed class FlushList
{
    [ThreadStatic]
    private static FlushList? ofThisThread;

    private Outbox?[] outboxes = new Outbox?[16];
    private int count;
    private int flushed;

    /// <summary>The list of the thread that asks. It must be flushed before the thread does anything else.</summary>
    public static FlushList OfThisThread => ofThisThread ??= new FlushList();

    /// <summary>Remembers an outbox.</summary>
    public void Add(Outbox outbox)
    {
        if (count == outboxes.Length)
        {
            Array.Resize(ref outboxes, 2 * count);
        }

        outboxes[count++] = outbox;
    }

    /// <summary>Flushes all, or has them flushed by the <see cref="SendQueue"/>, and forgets them.</summary>
    public void Flush()
    {
        // Each is forgotten before it is flushed: what a write sets off on this thread may come back to here.
        while (flushed < count)
        {
            Outbox outbox = outboxes[flushed]!;
            outboxes[flushed++] = null;
            if (outbox.SendsOnPool)
            {
                SendQueue.Add(outbox);
            }
            else
            {
                outbox.Flush();
            }
        }

        flushed = count = 0;
    }
}
