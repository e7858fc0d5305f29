namespace SecureChat.Ledger.Storage;

/// <summary>
/// A thread of its own on which work is done, one piece after the other. In between it sleeps: threads of the pool and the queues of
/// the runtime look for more work before they do, which costs more than what a small circle gives them.
/// </summary>
public sealed class WorkThread : SynchronizationContext, IDisposable
{
    // A lock of the old kind, because the thread waits on it.
    private readonly object gate = new();
    private readonly Queue<(SendOrPostCallback Work, object? State)> waiting = [];
    private readonly Thread thread;
    private bool ended;

    /// <summary>Starts it.</summary>
    /// <param name="name">The thread's name, for whoever looks at the process.</param>
    public WorkThread(string name)
    {
        thread = new Thread(Work) { Name = name, IsBackground = true };
        thread.Start();
    }

    /// <summary>Has something done after everything that waits. After <see cref="Dispose"/> it is not done any more.</summary>
    /// <param name="d">What. It does not throw: that ends the process.</param>
    /// <param name="state">What it is given.</param>
    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (gate)
        {
            if (!ended)
            {
                waiting.Enqueue((d, state));
                Monitor.Pulse(gate);
            }
        }
    }

    private void Work()
    {
        while (Next() is { } next)
        {
            next.Work(next.State);
        }
    }

    private (SendOrPostCallback Work, object? State)? Next()
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !ended)
            {
                Monitor.Wait(gate);
            }

            return waiting.TryDequeue(out (SendOrPostCallback, object?) next) ? next : null;
        }
    }

    /// <summary>Has what waits done, and nothing else; does not wait for it.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            ended = true;
            Monitor.Pulse(gate);
        }
    }
}
