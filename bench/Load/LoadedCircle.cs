using System.Diagnostics;
using System.Text.Json;

namespace SecureChat.Bench.Load;

/// <summary>The circle on a server: its founder, and everybody who asked and was approved by all, each vote signed.</summary>
internal sealed class LoadedCircle(EventLoop loop, ServerUnderTest server, Member[] people) : IDisposable
{
    private RestPeer rest = new(loop, server.Address);

    public int Size { get; private set; }

    public IReadOnlyList<Member> Members => people.AsSpan(0, Size).ToArray();

    /// <summary>What all votes so far cost the server, in microseconds of processor time.</summary>
    public double VotingMicroseconds { get; private set; }

    public int Votes { get; private set; }

    /// <summary>How long each vote took until it was answered.</summary>
    public Latencies VoteLatencies { get; } = new();

    public void GrowTo(int size)
    {
        Reconnect();
        if (Size == 0)
        {
            // A server that runs already may know its founder and others from the load before: always the same, in the same order.
            Size = server.Starts ? 0 : JsonSerializer.Deserialize<JsonElement>(rest.Ask(RestPeer.Get("/api/status"), "The status"))
                .GetProperty("member_count").GetInt32();
        }

        if (Size == 0)
        {
            rest.Ask(RestPeer.Post("/api/register", Profile(people[0], ServerUnderTest.FounderKey)), "The founder registers");
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
        string answer = rest.Ask(RestPeer.Post("/api/join-request", Profile(person), from), "A request");
        return JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("request_id").GetString()!;
    }

    /// <summary>A server may have closed a connection on which nothing was asked for a while, as the measurements take.</summary>
    private void Reconnect()
    {
        rest.Dispose();
        rest = new RestPeer(loop, server.Address);
    }

    /// <summary>Votes of all but one on a new request, which so stays pending.</summary>
    public byte[][] VotesButOne(int number)
    {
        string request = Request(new Member(number, people[0]), number);
        return [.. Members.Skip(1).Select(member => Vote(member, request))];
    }

    public static byte[] Vote(Member member, string request) =>
        RestPeer.Post($"/api/approve/{request}", """{"approved":true}""", member.SignedHeaders());

    public void Dispose() => rest.Dispose();

    private void Admit(Member person)
    {
        string request = Request(person, Size);
        byte[][] votes = new byte[Size][];
        Parallel.For(0, Size, index => votes[index] = Vote(people[index], request));
        double before = server.ProcessorMicroseconds;
        string answer = "";
        foreach (byte[] vote in votes)
        {
            long sent = Stopwatch.GetTimestamp();
            answer = rest.Ask(vote, "A vote");
            VoteLatencies.Add(Stopwatch.GetTimestamp() - sent);
        }

        VotingMicroseconds += server.ProcessorMicroseconds - before;
        Votes += Size;
        if (!answer.Contains("approved", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"All have approved, and the answer is {answer}");
        }
    }

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
