using System.Diagnostics;
using System.Text;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// 2,000 connections that hold a place and get nowhere: silent from the first byte, silent after the upgrade, with an AUTH, headers or a
/// body that come one byte a second. Each is closed 10 s after it was opened, and a little for the farewell; meanwhile status answers and
/// members talk.
/// </summary>
[Collection(nameof(Alone))]
public sealed class SilentConnectionsTests(ITestOutputHelper output)
{
    private const int Each = 400;

    /// <summary>10 s, 2 s in which a socket may answer the farewell, 1 s of the web server's clock, and as much again; what this test itself is late is added.</summary>
    private static readonly TimeSpan ClosedWithin = TimeSpan.FromSeconds(16);

    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Whoever_says_nothing_or_hardly_anything_is_closed_and_keeps_nobody_from_being_answered()
    {
        await using var circle = await Circle.Found(2, ("MAX_CONNECTIONS_PER_ADDRESS", "3000"));
        await using var one = await circle[0].Connects();
        await using var other = await circle[1].Connects();
        List<Idler> idlers = [];
        for (var number = 0; number < Each; number++)
        {
            idlers.Add(await Idler.Silent(circle.Relay));
            idlers.Add(await Idler.SilentSocket(circle.Relay));
            idlers.Add(await Idler.SlowAuth(circle.Relay));
            idlers.Add(await Idler.SlowHeaders(circle.Relay));
            idlers.Add(await Idler.SlowBody(circle.Relay));
        }

        var talk = new Talk(circle[0], one, circle[1], other);
        List<TimeSpan> answers = [];
        var late = TimeSpan.Zero;
        while (idlers.Exists(idler => idler.Age is null))
        {
            var second = Stopwatch.GetTimestamp();
            foreach (var idler in idlers)
            {
                idler.Drip();
            }

            do
            {
                var asked = Stopwatch.GetTimestamp();
                (await circle.Relay.Get("/api/status")).Status.ShouldBe(200);
                answers.Add(Stopwatch.GetElapsedTime(asked));
                await talk.While(Task.CompletedTask);
                await Task.Delay(50); // the pace of the questions
            }
            while (Stopwatch.GetElapsedTime(second) < TimeSpan.FromSeconds(1));

            var over = Stopwatch.GetElapsedTime(second) - TimeSpan.FromSeconds(1.1);
            late += over > TimeSpan.Zero ? over : TimeSpan.Zero;
            idlers.Where(idler => idler.Age is null && idler.Waited > (2 * ClosedWithin) + late).Select(idler => idler.Kind).Distinct()
                .ShouldBeEmpty("these are still open");
        }

        foreach (var kind in idlers.GroupBy(idler => idler.Kind))
        {
            output.WriteLine($"{kind.Count()} {kind.Key}: closed after {kind.Min(idler => idler.Age)!.Value.TotalSeconds:0.0} to {kind.Max(idler => idler.Age)!.Value.TotalSeconds:0.0} s");
        }

        answers.Sort();
        output.WriteLine($"{answers.Count} times status: p50 {answers[answers.Count / 2].TotalMilliseconds:0.0} ms, longest {answers[^1].TotalMilliseconds:0.0} ms; "
            + $"messages: longest {talk.Take()[^1].TotalMilliseconds:0.0} ms; late by {late.TotalSeconds:0.0} s");
        idlers.Max(idler => idler.Age).ShouldNotBeNull().ShouldBeLessThan(ClosedWithin + late);
        answers[^1].ShouldBeLessThan(AnsweredWithin + late);
        circle.Relay.Output.ShouldNotContain("Unexpected");
        idlers.ForEach(idler => idler.Dispose());
    }

    /// <summary>A connection that gets nowhere, and how old it was when it was closed.</summary>
    private sealed class Idler : IDisposable
    {
        private readonly RawConnection connection;
        private readonly byte[] rest;
        private readonly long opened = Stopwatch.GetTimestamp();
        private int sent;

        private Idler(string kind, RawConnection connection, byte[] rest)
        {
            Kind = kind;
            this.connection = connection;
            this.rest = rest;
            _ = WaitForTheEnd();
        }

        public string Kind { get; }

        public TimeSpan? Age { get; private set; }

        public TimeSpan Waited => Stopwatch.GetElapsedTime(opened);

        public static async Task<Idler> Silent(RelayProcess relay) => new("silent", await RawConnection.Open(relay), []);

        public static async Task<Idler> SilentSocket(RelayProcess relay) => new("silent sockets", await Upgraded(relay), []);

        public static async Task<Idler> SlowAuth(RelayProcess relay) => new(
            "slow AUTH", await Upgraded(relay), RawConnection.MaskedFrame(0x81, Encoding.ASCII.GetBytes("{\"type\":\"AUTH\",\"payload\":{\"member_id\":")));

        public static async Task<Idler> SlowHeaders(RelayProcess relay) => new(
            "slow headers", await RawConnection.Open(relay), Encoding.ASCII.GetBytes("GET /api/status HTTP/1.1\r\nHost: relay\r\nX-Slow: " + new string('x', 100)));

        public static async Task<Idler> SlowBody(RelayProcess relay)
        {
            var begun = await RawConnection.Open(relay);
            await begun.Send("POST /api/join-request HTTP/1.1\r\nHost: relay\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{");
            return new("slow bodies", begun, Encoding.ASCII.GetBytes(new string(' ', 900)));
        }

        /// <summary>Sends one byte more.</summary>
        public void Drip()
        {
            if (Age is null && sent < rest.Length)
            {
                _ = Send(rest.AsMemory(sent++, 1));
            }
        }

        public void Dispose() => connection.Dispose();

        private static async Task<RawConnection> Upgraded(RelayProcess relay)
        {
            var begun = await RawConnection.Open(relay);
            (await begun.Upgrade()).ShouldStartWith("HTTP/1.1 101");
            return begun;
        }

        private async Task Send(ReadOnlyMemory<byte> one)
        {
            try
            {
                await connection.Send(one);
            }
            catch (Exception closed) when (closed is IOException or ObjectDisposedException)
            {
                // It has been closed.
            }
        }

        private async Task WaitForTheEnd()
        {
            await connection.Discard();
            Age = Waited;
        }
    }
}
