using System.Diagnostics;

namespace SecureChat.Bench.Load;

/// <summary>What the endpoints cost: lists that members read, and votes that many cast at once.</summary>
internal static class RestFigures
{
    /// <summary>A signed GET, several at once; processor time of the server for each, in microseconds. NaN when the server has no such endpoint.</summary>
    public static (double Microseconds, Latencies Latencies) Get(EventLoop loop, ServerUnderTest server, LoadedCircle circle, string path, TimeSpan time)
    {
        using ReadLoad load = new(loop, server, circle, path);
        load.Run(time / 2);
        load.Latencies.Clear();
        int before = load.Answers;
        double processor = server.ProcessorMicroseconds;
        load.Run(time);
        return (load.Missing ? double.NaN : (server.ProcessorMicroseconds - processor) / (load.Answers - before), load.Latencies);
    }

    /// <summary>
    /// As many voters as there are members, each with a connection of its own and always one vote on its way, each on another request:
    /// processor time and synced commits for each vote.
    /// </summary>
    public static (double Microseconds, double Syncs, Latencies Latencies) Vote(EventLoop loop, ServerUnderTest server, LoadedCircle circle, int rounds)
    {
        int voters = circle.Size;
        string[] requests = [.. Enumerable.Range(0, voters).Select(number => circle.Request(People[number], 300 + number))];
        byte[][][] votes = new byte[voters][][];
        Parallel.For(0, voters, voter =>
            votes[voter] = [.. Enumerable.Range(0, rounds).Select(round => LoadedCircle.Vote(circle.Members[voter], requests[(voter + round) % voters]))]);

        Latencies latencies = new();
        RestPeer[] peers = new RestPeer[voters];
        int[] cast = new int[voters];
        long[] sentAt = new long[voters];
        int answered = 0;
        for (int index = 0; index < voters; index++)
        {
            int own = index;
            peers[own] = new RestPeer(loop, server.Address) { ReadsBodies = false };
            peers[own].Answered = peer =>
            {
                latencies.Add(Stopwatch.GetTimestamp() - sentAt[own]);
                answered += peer.Status == 200 ? 1 : throw new InvalidOperationException($"A vote: {peer.Status} {peer.Body}");
                if (cast[own] < rounds)
                {
                    Cast(own);
                }
            };
        }

        void Cast(int own)
        {
            sentAt[own] = Stopwatch.GetTimestamp();
            peers[own].Send(votes[own][cast[own]++]);
        }

        try
        {
            using SyncCount syncs = SyncCount.Of(server.ProcessId);
            double processor = server.ProcessorMicroseconds;
            for (int voter = 0; voter < voters; voter++)
            {
                Cast(voter);
            }

            int all = voters * rounds;
            loop.Until(() => answered == all, "all votes are answered");
            return ((server.ProcessorMicroseconds - processor) / all, (double)syncs.Stop() / all, latencies);
        }
        finally
        {
            Array.ForEach(peers, peer => peer.Dispose());
        }
    }

    /// <summary>Who asks to be let in, and is not: newcomers with a key of their own would only make the preparation longer.</summary>
    private static readonly Member[] People = Strangers();

    private static Member[] Strangers()
    {
        System.Security.Cryptography.RSA key = MemberKey.Make();
        return [.. Enumerable.Range(0, 64).Select(number => new Member(100_000 + number, key))];
    }
}
