using SecureChat.Bench.Load;
using SecureChat.Web;
using SecureChat.Web.Start;

namespace SecureChat.Bench.Allocations;

/// <summary>
/// What the relay allocates for one frame, one AUTH, one vote, one answer: the whole of it, web server and database included, run in this
/// process on a loopback socket, for only so can the collector's own exact count be read. The generator beside it makes what it sends before
/// the count begins.
/// </summary>
/// <remarks>
/// The smallest of several rounds counts: what the runtime allocates when it compiles better code falls into one of them, and a growing
/// pool into the first.
/// </remarks>
internal sealed class AllocationFigures : IDisposable
{
    private const int Members = 20;
    private const int Rounds = 6;

    private readonly ServerUnderTest server;
    private readonly EventLoop loop = new();
    private readonly LoadedCircle circle;

    public AllocationFigures(TemporaryFolder temporary, int port)
    {
        server = new ServerUnderTest(new ServerToCompare("own", $"http://127.0.0.1:{port}"), temporary, "allocations");
        circle = new LoadedCircle(loop, server, Member.Make(Members + 1));
        circle.GrowTo(Members);
    }

    /// <summary>Starts a relay in this process, on a port of its own and an empty folder.</summary>
    public static async Task<(RelayHost Relay, int Port, Task Running)> StartAsync(TemporaryFolder temporary)
    {
        int port = ServerUnderTest.FreePort();
        string folder = temporary.Make("in-process");
        Settings settings = Settings.Read(name => name switch
        {
            "PORT" => $"{port}",
            "HOST" => "127.0.0.1",
            "DATA_DIR" => folder,
            "FOUNDER_KEY" => ServerUnderTest.FounderKey,
            "RATE_LIMIT_PER_MINUTE" => "0",
            _ => null,
        });
        RelayHost relay = await RelayHost.OpenAsync(settings, TimeProvider.System);
        Task running = relay.RunAsync();
        while (!running.IsCompleted && !ServerUnderTest.Answers(new(System.Net.IPAddress.Loopback, port)))
        {
            await Task.Delay(20);
        }

        return (relay, port, running);
    }

    /// <summary>Each figure's name and its bytes, rounded to whole ones.</summary>
    public IEnumerable<(string Name, long Bytes)> Measure()
    {
        yield return ("frame to a member", Relayed(new RelayShape(Members, 256)));
        yield return ("frame to a member, old form", Relayed(new RelayShape(Members, 256, OldForm: true)));
        yield return ("upgrade, AUTH, PING, close", Logins());
        yield return ("GET /api/members, 20 members", Reads("/api/members"));
        yield return ("GET /api/channels, 20 members", Reads("/api/channels"));
        yield return ("vote", Votes());
    }

    public void Dispose()
    {
        circle.Dispose();
        server.Dispose();
        loop.Dispose();
    }

    private long Relayed(RelayShape shape)
    {
        using RelayLoad load = new(loop, server, circle.Members, shape);
        return Smallest(() =>
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            long frames = load.Send(messages: 1_000);
            return (GC.GetTotalAllocatedBytes(precise: true) - before, frames);
        });
    }

    // The generator's own part is what a connection costs it; it is the same each time and part of the budget.
    private long Logins() => Smallest(() =>
    {
        const int count = 100;
        byte[][] auths = [.. Enumerable.Range(0, count).Select(index => circle.Members[index % Members].Auth())];
        long before = GC.GetTotalAllocatedBytes(precise: true);
        ConnectionFigures.LogIn(loop, server, circle.Members, auths, new Latencies());
        return (GC.GetTotalAllocatedBytes(precise: true) - before, count);
    });

    private long Reads(string path)
    {
        using ReadLoad load = new(loop, server, circle, path);
        return Smallest(() =>
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            load.Run(requests: 400);
            return (GC.GetTotalAllocatedBytes(precise: true) - before, 400);
        });
    }

    // Requests that one vote is missing from are none; each is rejected by nobody and stays pending.
    private long Votes()
    {
        int address = 500;
        return Smallest(() =>
        {
            byte[][] votes = [.. Enumerable.Range(0, 5).SelectMany(_ => circle.VotesButOne(address++))];
            using RestPeer peer = new(loop, server.Address) { ReadsBodies = false };
            long before = GC.GetTotalAllocatedBytes(precise: true);
            foreach (byte[] vote in votes)
            {
                peer.Ask(vote, "A vote");
            }

            return (GC.GetTotalAllocatedBytes(precise: true) - before, votes.Length);
        });
    }

    private static long Smallest(Func<(long Bytes, long Units)> round) =>
        Enumerable.Range(0, Rounds).Select(_ => round()).Min(measured => (measured.Bytes + (measured.Units / 2)) / measured.Units);
}
