using System.Diagnostics;

namespace SecureChat.EnduranceTests;

/// <summary>Two members who talk, one message after the other, and how long each message was on its way.</summary>
internal sealed class Talk(Person speaker, ClientSocket from, Person listener, ClientSocket to)
{
    private readonly List<TimeSpan> latencies = [];
    private int number;

    /// <summary>Talks until this has ended.</summary>
    public async Task While(Task task)
    {
        var channel = Envelope.DirectChannel(speaker, listener);
        do
        {
            var id = $"talk {++number}";
            var started = Stopwatch.GetTimestamp();
            await from.Send("MESSAGE", speaker.Message(channel, id, (listener, "hello")));
            (await to.Expect("MESSAGE")).Text("message_id").ShouldBe(id);
            latencies.Add(Stopwatch.GetElapsedTime(started));
            await to.Ack(id);
            await from.Expect("DELIVERED");
        }
        while (!task.IsCompleted);

        await task;
    }

    /// <summary>The latencies since the last call, the shortest first.</summary>
    public List<TimeSpan> Take()
    {
        List<TimeSpan> taken = [.. latencies.Order()];
        latencies.Clear();
        return taken;
    }
}

/// <summary>The highest resident memory of a process between two looks, sampled all the time.</summary>
internal sealed class MemoryOf : IDisposable
{
    private readonly int process;
    private readonly Timer timer;
    private long highest;

    public MemoryOf(int process)
    {
        this.process = process;
        timer = new Timer(_ => Look(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));
    }

    public long Highest()
    {
        Look();
        return Interlocked.Read(ref highest);
    }

    public void Forget() => Interlocked.Exchange(ref highest, 0);

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        if (!Directory.Exists($"/proc/{process}"))
        {
            return;
        }

        var now = ProcessFacts.Resident(process);
        for (var before = Interlocked.Read(ref highest); now > before; before = Interlocked.Read(ref highest))
        {
            Interlocked.CompareExchange(ref highest, now, before);
        }
    }
}
