using System.Buffers.Binary;
using System.Diagnostics;

namespace SecureChat.Bench.Load;

/// <summary>
/// Every connection of the generator on one thread: what a client costs is one call to receive and one to send, so that the processor is
/// left to the server that is measured.
/// </summary>
internal sealed class EventLoop : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly int epoll = Libc.MakeEpoll();
    private readonly byte[] events = new byte[Libc.EventSize * 256];
    private readonly byte[] buffer = new byte[512 * 1024];
    private readonly Dictionary<int, Peer> peers = [];
    private readonly List<Peer> keeping = [];
    private int next;

    /// <summary>Starts to read from a connection.</summary>
    public void Add(Peer peer)
    {
        peer.Number = next++;
        peers.Add(peer.Number, peer);
        Watch(peer, writing: false, known: false);
    }

    /// <summary>Has what a connection keeps sent when what was received is dealt with.</summary>
    public void FlushSoon(Peer peer) => keeping.Add(peer);

    public void Remove(Peer peer)
    {
        if (peers.Remove(peer.Number))
        {
            Libc.Forget(epoll, peer.Descriptor);
        }
    }

    /// <summary>Does what is there to do, waiting for it so long at most.</summary>
    public void Turn(int milliseconds)
    {
        int count = Libc.Wait(epoll, events, milliseconds);
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> happened = events.AsSpan(index * Libc.EventSize, Libc.EventSize);
            if (!peers.TryGetValue(BinaryPrimitives.ReadInt32LittleEndian(happened[Libc.EventData..]), out Peer? peer))
            {
                continue;
            }

            int what = BinaryPrimitives.ReadInt32LittleEndian(happened);
            if ((what & Libc.Writable) != 0)
            {
                peer.SocketTakes();
            }

            if ((what & ~Libc.Writable) != 0)
            {
                peer.Receive(buffer);
                SendKept();
            }
        }
    }

    /// <summary>Turns until something is true; a server that leaves it untrue for a minute ends the measurement.</summary>
    public void Until(Func<bool> reached, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!reached())
        {
            Turn(100);
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                throw new InvalidOperationException($"Waited {Patience.TotalSeconds:0} s in vain: {what}.");
            }
        }
    }

    /// <summary>Turns for a while.</summary>
    public void For(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        while (time - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } rest)
        {
            Turn((int)Math.Ceiling(Math.Min(rest.TotalMilliseconds, 100)));
        }
    }

    public void Watch(Peer peer, bool writing, bool known = true) =>
        Libc.Watch(epoll, peer.Descriptor, peer.Number, writing ? Libc.Readable | Libc.Writable : Libc.Readable, known);

    private void SendKept()
    {
        foreach (Peer peer in keeping)
        {
            peer.SendKept();
        }

        keeping.Clear();
    }

    public void Dispose() => Libc.Close(epoll);
}
