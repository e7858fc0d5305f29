using Microsoft.Extensions.Time.Testing;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Projections;
using SecureChat.Web.Relay;

namespace SecureChat.EnduranceTests.Concurrency;

/// <summary>
/// The relay in memory, with real frames: ada has two sockets and sends to bob, whose second socket takes over from the first; cyd watches.
/// </summary>
internal sealed class RelayWorld : IDisposable
{
    private static readonly RsaVerifier SomeVerifier = Verifier();

    private readonly NudgingClock clock = new();
    private readonly Dictionary<string, FedStream> streams = [];
    private readonly Hub hub;
    private volatile Roster roster;
    private bool isOver;

    public RelayWorld()
    {
        roster = new Roster(100, requestsLocked: false, [Member("ada", 1), Member("bob", 2), Member("cyd", 3)], []);
        hub = new Hub(
            Roster,
            new SocketLogins(Authenticate, _ => throw new InvalidOperationException(), (_, _, _, _) => throw new InvalidOperationException()),
            (_, _, _, _) => Task.FromResult<Refusal?>(null),
            // Only messages get old here: time that passes in the middle of a write or a login is another story.
            new RelayLimits { SendWithin = TimeSpan.FromHours(1), AuthenticateWithin = TimeSpan.FromHours(1) },
            clock);
        foreach (var socket in (string[])["ada1", "ada2", "bob1", "bob2", "cyd1"])
        {
            streams[socket] = new FedStream();
        }

        foreach (var socket in (string[])["ada1", "ada2", "bob1", "cyd1"])
        {
            LogIn(socket);
        }
    }

    /// <summary>What each actor may do, in this order; an actor is a socket, and has one thread.</summary>
    public static List<List<Step<RelayWorld>>> Actors { get; } =
    [
        [Sends("ada1", "m"), Sends("ada1", "n")],
        [Sends("ada2", "m"), Sends("ada2", "n")],
        [Acknowledges("bob1", "m"), Acknowledges("bob1", "n"), new("bob1 ends", world => world.streams["bob1"].End())],
        [new("bob2 logs in", world => world.LogIn("bob2")), Acknowledges("bob2", "m"), new("bob2 ends", world => world.streams["bob2"].End())],
        [new("bob leaves", world => world.Leave("bob"))],
        [new("10 s pass", world => world.clock.Advance(TimeSpan.FromSeconds(10.1)))],
    ];

    /// <summary>
    /// Who is online, and what each living socket was sent, in any order. A socket that is dying may or may not get what was on its way,
    /// and takes it along.
    /// </summary>
    public static string Outcome(RelayWorld world)
    {
        // Everything that is pending comes to its end, once.
        if (!world.isOver)
        {
            world.isOver = true;
            world.clock.Advance(TimeSpan.FromSeconds(10.1));
            world.clock.Advance(TimeSpan.FromSeconds(10.1));
        }

        var online = world.roster.Members.Where(world.hub.IsOnline).Select(member => member.Id);
        var sockets = world.streams.Where(socket => !socket.Value.Ended).Select(socket => $"{socket.Key} {string.Join(' ', socket.Value.Frames().Order())}");
        return $"online {string.Join(' ', online)}\n{string.Join('\n', sockets)}";
    }

    public static Plan<RelayWorld> MakePlan(Dice dice)
    {
        List<Step<RelayWorld>> first = [];
        List<List<Step<RelayWorld>>> threads = [];
        var actors = Actors.OrderBy(_ => dice.Next()).ToList();
        for (var place = 0; place < actors.Count; place++)
        {
            var before = dice.Below(actors[place].Count);
            first.AddRange(actors[place][..before]);
            if (threads.Count < 3)
            {
                threads.Add(actors[place][before..Math.Min(before + 2, actors[place].Count)]);
            }
        }

        return new(first, threads);
    }

    public void Dispose()
    {
        foreach (var stream in streams.Values)
        {
            stream.End();
        }

        hub.DisposeAsync().AsTask().Wait();
    }

    private static Step<RelayWorld> Sends(string socket, string id) => new($"{socket} sends {id}", world => world.streams[socket].Feed(
        $$$"""{"type":"MESSAGE","payload":{"channel_id":"ada:bob","message_id":"{{{id}}}","sender_id":"ada","encrypted_blob":"hello"}}"""));

    private static Step<RelayWorld> Acknowledges(string socket, string id) => new($"{socket} ACKs {id}", world => world.streams[socket].Feed(
        $$$"""{"type":"ACK","payload":{"message_id":"{{{id}}}"}}"""));

    private void LogIn(string socket)
    {
        var stream = streams[socket];
        _ = hub.ServeAsync(stream, stream.End);
        stream.Feed($$$"""{"type":"AUTH","payload":{"member_id":"{{{socket[..3]}}}","signature":"s","timestamp":1}}""");
    }

    // The roster first, as always.
    private void Leave(string id)
    {
        var before = roster;
        var member = before.MemberOf(id)!;
        roster = new Roster(before.Size + 1, requestsLocked: false, [.. before.Members.Where(other => other != member)], []);
        Nudge.Here();
        hub.Announce([new RecordedEvent(before.Size, 1, new MemberLeft(member.Handle), default)], before);
    }

    private Roster Roster()
    {
        Nudge.Here();
        return roster;
    }

    private SocketLogin Authenticate(string memberId, string signature, string timestamp)
    {
        var login = roster.MemberOf(memberId) is { } member ? SocketLogin.Of(member) : SocketLogin.Failed("Member not found");
        Nudge.Here();
        return login;
    }

    private static RosterMember Member(string id, long handle) => new(handle, id, id, "PEM", "", 1, SomeVerifier, null);

    private static RsaVerifier Verifier()
    {
        RsaPublicKey.TryParse(KeyPair.FromPool(0).PublicPem, out var key, out _).ShouldBeTrue();
        return new RsaVerifier(key!);
    }

    private sealed class NudgingClock : FakeTimeProvider
    {
        public override long GetTimestamp()
        {
            Nudge.Here();
            return base.GetTimestamp();
        }
    }
}
