
namespace SecureChat.Bench.Load;

/// <summary>Runs servers alternately through the scenarios, and compares.</summary>
internal sealed class LoadCommand(IReadOnlyList<ServerToCompare> servers, LoadOptions options)
{
    private static readonly (string Name, string Figure, RelayShape Shape)[] RelayScenarios =
    [
        ("relay-2", "2 members, 256 B", new RelayShape(2, 256)),
        ("direct", "direct message, one in flight", new RelayShape(2, 256, InFlight: 1, Direct: true)),
        ("relay-20", "20 members, 256 B", new RelayShape(20, 256)),
        ("old-20", "20 members, 256 B, old form", new RelayShape(20, 256, OldForm: true)),
        ("relay-4k", "20 members, 4 KiB", new RelayShape(20, 4096)),
        ("relay-64k", "20 members, 64 KiB", new RelayShape(20, 65_536)),
        ("senders", "20 members, four senders, 256 B", new RelayShape(20, 256, Senders: 4)),
        ("apart", "20 members, 256 B, each ACK by itself", new RelayShape(20, 256, Together: false)),
        ("paced", "20 members, 4 KiB, 200 messages a second", new RelayShape(20, 4096, PerSecond: 200)),
        ("relay-50", "50 members, 256 B", new RelayShape(50, 256)),
    ];

    private static readonly (string Name, string Figure, string Path)[] ReadScenarios =
        [("members", "GET /api/members, 50 members", "/api/members"), ("channels", "GET /api/channels, 50 members", "/api/channels")];

    private readonly Comparison comparison = new([.. servers.Select(server => server.Name)]);
    private readonly Member[] people = Member.Make(64);

    /// <summary>All names that may stand behind <c>--only</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. RelayScenarios.Select(scenario => scenario.Name), "votes", "votes-in-turn", "members", "channels", "login", "voters", "idle", "idle-10000", "start"];

    public void Run(TextWriter output)
    {
        using TemporaryFolder temporary = new(options.Folder);
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (Action<ServerUnderTest> scenarios in new Action<ServerUnderTest>[] { Start, RelaySmall, Grow, GrowInTurn, Idle, IdleLarge })
            {
                // Who is first in one round is last in the next.
                for (int turn = 0; turn < servers.Count; turn++)
                {
                    ServerToCompare chosen = servers[(round + turn) % servers.Count];
                    using ServerUnderTest server = new(chosen, temporary, $"{round}-{scenarios.Method.Name}");
                    scenarios(server);
                }
            }

            Console.Error.WriteLine($"{round} of {options.Rounds} rounds");
        }

        comparison.Print(output);
    }

    private bool Wants(string name) => options.Wants(name);

    private void Start(ServerUnderTest server)
    {
        if (!Wants("start") || !server.Starts)
        {
            return;
        }

        comparison.Add("start: process start to first answer, ms", server.Name, server.Start());
        using EventLoop loop = new();
        loop.For(TimeSpan.FromSeconds(2));
        comparison.Add("start: resident memory idle, MiB", server.Name, server.ResidentKibibytes / 1024);
    }

    private void RelaySmall(ServerUnderTest server) => WithCircle(server, RelayScenarios.Where(scenario => scenario.Shape.Members <= 20));

    private void Grow(ServerUnderTest server)
    {
        string[] others = ["votes", "members", "channels", "login", "voters"];
        if (!others.Any(Wants) && !Wants("relay-50"))
        {
            return;
        }

        server.Start();
        using EventLoop loop = new();
        using LoadedCircle circle = new(loop, server, people);
        circle.GrowTo(50);
        if (Wants("votes"))
        {
            comparison.Add("votes: circle growing to 50, CPU us a vote", server.Name, circle.MicrosecondsAVote, circle.VoteLatencies);
        }

        Relay(server, loop, circle, RelayScenarios.Where(scenario => scenario.Shape.Members == 50));
        foreach ((string name, string figure, string path) in ReadScenarios.Where(scenario => Wants(scenario.Name)))
        {
            (double cost, Latencies latencies) = RestFigures.Get(loop, server, circle, path, options.Measured);
            comparison.Add($"{name}: {figure}, CPU us", server.Name, cost, latencies);
        }

        if (Wants("login"))
        {
            (double cost, Latencies latencies) = ConnectionFigures.Login(loop, server, circle, (int)(500 * options.Share));
            comparison.Add("login: upgrade, AUTH, PING, PONG, close, CPU us", server.Name, cost, latencies);
        }

        if (Wants("voters"))
        {
            circle.GrowTo(64);
            (double cost, double syncs, Latencies latencies) = RestFigures.Vote(loop, server, circle, rounds: Math.Max(2, (int)(32 * options.Share)));
            comparison.Add("voters: 64 at once, CPU us a vote", server.Name, cost, latencies);
            comparison.Add("voters: 64 at once, syncs a vote", server.Name, syncs);
        }
    }

    private void GrowInTurn(ServerUnderTest server)
    {
        if (Wants("votes-in-turn"))
        {
            server.Start();
            using EventLoop loop = new();
            using LoadedCircle circle = new(loop, server, people) { VotesTogether = false };
            circle.GrowTo(50);
            comparison.Add("votes-in-turn: circle growing to 50, CPU us a vote", server.Name, circle.MicrosecondsAVote, circle.VoteLatencies);
        }
    }

    private void Idle(ServerUnderTest server)
    {
        if (Wants("idle"))
        {
            server.Start();
            using EventLoop loop = new();
            using (LoadedCircle circle = new(loop, server, people))
            {
                circle.GrowTo(64);
            }

            // Started again, so that nothing of the voting is left in memory that connections could use.
            server.Stop();
            server.Start();
            comparison.Add("idle: memory of one of 1,000, KiB", server.Name, ConnectionFigures.Idle(loop, server, people, 1_000));
        }
    }

    private void IdleLarge(ServerUnderTest server)
    {
        if (!Wants("idle-10000"))
        {
            return;
        }

        server.Start();
        using EventLoop loop = new();
        Member[] members = people;
        bool keepsLedger = File.Exists(Path.Combine(server.DataFolder, "ledger.db"));
        if (!keepsLedger)
        {
            using LoadedCircle circle = new(loop, server, people);
            circle.GrowTo(64);
        }

        server.Stop();
        if (keepsLedger)
        {
            members = WrittenCircle.Write(server.DataFolder);
        }

        server.Start();
        comparison.Add("idle-10000: memory of one of 10,000, KiB", server.Name, ConnectionFigures.Idle(loop, server, members, 10_000));
    }

    private void WithCircle(ServerUnderTest server, IEnumerable<(string Name, string Figure, RelayShape Shape)> scenarios)
    {
        if (!scenarios.Any(scenario => Wants(scenario.Name)))
        {
            return;
        }

        server.Start();
        using EventLoop loop = new();
        using LoadedCircle circle = new(loop, server, people);
        Relay(server, loop, circle, scenarios);
    }

    private void Relay(
        ServerUnderTest server, EventLoop loop, LoadedCircle circle, IEnumerable<(string Name, string Figure, RelayShape Shape)> scenarios)
    {
        foreach ((string name, string figure, RelayShape shape) in scenarios.Where(scenario => Wants(scenario.Name)))
        {
            circle.GrowTo(shape.Members);
            using RelayLoad load = new(loop, server, circle.Members, shape);
            RelayResult result = load.Measure(options.WarmUp, options.Measured, options.Profile is { } folder ? Path.Combine(folder, $"{server.Name}-{name}.perf") : null);
            comparison.Add($"{name}: {figure}, CPU us a frame", server.Name, result.Microseconds, result.Latencies);
            if (shape.PerSecond == 0)
            {
                comparison.Add($"{name}: {figure}, frames/s", server.Name, result.FramesPerSecond);
            }

            if (shape.InFlight == 1)
            {
                comparison.Add($"{name}: median time to the recipient, us", server.Name, result.Latencies.Percentile(0.5));
            }
        }
    }
}

/// <summary>How much is measured.</summary>
internal sealed record LoadOptions
{
    public int Rounds { get; init; } = 5;

    public IReadOnlyList<string> Only { get; init; } = [];

    public bool Large { get; init; }

    /// <summary>The share of the usual time and number that is measured: less shows that it runs, and is nothing to quote.</summary>
    public double Share { get; init; } = 1;

    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>The folder for profiles of what is relayed; null for none, for sampling costs something itself.</summary>
    public string? Profile { get; init; }

    public TimeSpan WarmUp => TimeSpan.FromSeconds(4 * Share);

    public TimeSpan Measured => TimeSpan.FromSeconds(3 * Share);

    public bool Wants(string name) => Only.Count == 0 ? name != "idle-10000" || Large : Only.Contains(name);
}
