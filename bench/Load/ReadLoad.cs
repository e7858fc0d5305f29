using System.Diagnostics;

namespace SecureChat.Bench.Load;

/// <summary>Signed GETs, several at once.</summary>
internal sealed class ReadLoad : IDisposable
{
    private const int AtOnce = 4;

    private readonly EventLoop loop;
    private readonly RestPeer[] peers = new RestPeer[AtOnce];
    private readonly long[] sentAt = new long[AtOnce];

    // Reading may repeat a signature: the server verifies it each time, and the generator made it once.
    private readonly byte[][] requests;
    private int asked;
    private int limit;

    public ReadLoad(EventLoop loop, ServerUnderTest server, LoadedCircle circle, string path)
    {
        this.loop = loop;
        requests = [.. circle.Members.Select(member => RestPeer.Get(path, member.SignedHeaders()))];
        for (int index = 0; index < AtOnce; index++)
        {
            int own = index;
            peers[own] = new RestPeer(loop, server.Address) { ReadsBodies = false, Answered = peer => Took(own, peer, path) };
        }
    }

    public int Answers { get; private set; }

    /// <summary>Whether the server has no such endpoint, as the floor has none.</summary>
    public bool Missing { get; private set; }

    public Latencies Latencies { get; } = new();

    public void Run(int requests)
    {
        limit = asked + requests;
        Ask();
        Last();
    }

    public void Run(TimeSpan time)
    {
        limit = int.MaxValue;
        Ask();
        loop.For(time);
        limit = 0;
        Last();
    }

    public void Dispose() => Array.ForEach(peers, peer => peer.Dispose());

    private void Ask()
    {
        for (int index = 0; index < AtOnce; index++)
        {
            Ask(index);
        }
    }

    private void Last() => loop.Until(() => Answers == asked, "the last answers");

    private void Ask(int own)
    {
        sentAt[own] = Stopwatch.GetTimestamp();
        peers[own].Send(requests[asked++ % requests.Length]);
    }

    private void Took(int own, RestPeer peer, string path)
    {
        Latencies.Add(Stopwatch.GetTimestamp() - sentAt[own]);
        Answers++;
        Missing |= peer.Status == 404;
        if (peer.Status != 200 && !Missing)
        {
            throw new InvalidOperationException($"{path}: {peer.Status} {peer.Body}");
        }

        if (asked < limit)
        {
            Ask(own);
        }
    }
}
