using System.Diagnostics;
using System.Text.Json;

namespace SecureChat.Bench.Load;

/// <summary>The circle on a server: its founder, and everybody who asked and was approved by all, each vote signed.</summary>
internal sealed class LoadedCircle(EventLoop loop, ServerUnderTest server, Member[] people) : IDisposable
{
    // One for each member, as each has a client of its own; the first is also for whatever is asked besides.
    private readonly List<RestPeer> clients = [];
    private double votingMicroseconds;
    private int cast;

    public int Size { get; private set; }

    public IReadOnlyList<Member> Members => people.AsSpan(0, Size).ToArray();

    /// <summary>What a vote cost the server so far, in microseconds of processor time.</summary>
    public double MicrosecondsAVote => votingMicroseconds / cast;

    /// <summary>How long each vote took until it was answered.</summary>
    public Latencies VoteLatencies { get; } = new();

    /// <summary>Whether all members vote at once on a newcomer, and not one after the other.</summary>
    public bool VotesTogether { get; init; } = true;

    private RestPeer Rest => clients[0];

    public void GrowTo(int size)
    {
        // A server may have closed connections on which nothing was asked for a while, as the measurements take.
        Dispose();
        clients.Add(new RestPeer(loop, server.Address));
        if (Size == 0)
        {
            // A server that runs already may know its founder and others from the load before: always the same, in the same order.
            Size = server.Starts ? 0 : JsonSerializer.Deserialize<JsonElement>(Rest.Ask(RestPeer.Get("/api/status"), "The status"))
                .GetProperty("member_count").GetInt32();
        }

        if (Size == 0)
        {
            Rest.Ask(RestPeer.Post("/api/register", Profile(people[0], ServerUnderTest.FounderKey)), "The founder registers");
            Size = 1;
        }

        while (Size < size)
        {
            Admit(people[Size]);
            Size++;
        }
    }

    /// <summary>Asks to be let in, from an address of one's own; the id of the request.</summary>
    public string Request(Member person, int address)
    {
        string from = $"X-Forwarded-For: 198.18.{address / 250}.{address % 250}\r\n";
        string answer = Rest.Ask(RestPeer.Post("/api/join-request", Profile(person), from), "A request");
        return JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("request_id").GetString()!;
    }

    /// <summary>Votes of all but one on a new request, which so stays pending.</summary>
    public byte[][] VotesButOne(int number)
    {
        string request = Request(new Member(number, people[0]), number);
        return [.. Members.Skip(1).Select(member => Vote(member, request))];
    }

    public static byte[] Vote(Member member, string request) =>
        RestPeer.Post($"/api/approve/{request}", """{"approved":true}""", member.SignedHeaders());

    public void Dispose()
    {
        clients.ForEach(client => client.Dispose());
        clients.Clear();
    }

    private void Admit(Member person)
    {
        string request = Request(person, Size);
        byte[][] votes = new byte[Size][];
        Parallel.For(0, Size, index => votes[index] = Vote(people[index], request));
        while (clients.Count < Size)
        {
            clients.Add(new RestPeer(loop, server.Address));
        }

        double before = server.ProcessorMicroseconds;
        bool approved = VotesTogether ? VoteTogether(votes) : VoteInTurn(votes);
        votingMicroseconds += server.ProcessorMicroseconds - before;
        cast += Size;
        if (!approved)
        {
            throw new InvalidOperationException("All have approved, and no answer says so.");
        }
    }

    private bool VoteTogether(byte[][] votes)
    {
        int answered = 0;
        bool approved = false;
        long sent = Stopwatch.GetTimestamp();
        for (int index = 0; index < votes.Length; index++)
        {
            clients[index].Answered = client =>
            {
                VoteLatencies.Add(Stopwatch.GetTimestamp() - sent);
                answered += client.Status == 200 ? 1 : throw new InvalidOperationException($"A vote: {client.Status} {client.Body}");
                approved |= IsApproval(client.Body);
            };
            clients[index].Send(votes[index]);
        }

        loop.Until(() => answered == votes.Length, "all votes are answered");
        clients.ForEach(client => client.Answered = null);
        return approved;
    }

    private bool VoteInTurn(byte[][] votes)
    {
        string answer = "";
        foreach (byte[] vote in votes)
        {
            long sent = Stopwatch.GetTimestamp();
            answer = Rest.Ask(vote, "A vote");
            VoteLatencies.Add(Stopwatch.GetTimestamp() - sent);
        }

        return IsApproval(answer);
    }

    private static bool IsApproval(string answer) => answer.Contains("approved", StringComparison.Ordinal);

    private static string Profile(Member person, string? founderKey = null)
    {
        Dictionary<string, string> fields = new()
        {
            ["id"] = person.Id,
            ["display_name"] = person.Name,
            ["public_key"] = person.PublicKey,
            ["curve25519_public_key"] = person.Curve25519,
        };
        if (founderKey is not null)
        {
            fields["founder_key"] = founderKey;
        }

        return JsonSerializer.Serialize(fields);
    }
}
