using System.Text.Json.Nodes;
using SecureChat.EnduranceTests.Voting;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// Somebody has captured calls, headers, bodies and frames, and sends them again: at once and many together, after a restart, and after a
/// kill. None is executed twice: the ledger holds what the originals did, and no socket is let in. 1,000 replays with every change, 10,000 in
/// full. The old AUTH is replayed to the same process only: that it is forgotten over a restart is a known gap, which the challenge closes.
/// </summary>
public sealed class ReplayTests(ITestOutputHelper output)
{
    // Each call is sent again twice at once, once after a restart and once after a kill.
    private const int Rounds = 4;

    private static readonly string[] Refusals = ["signature_already_used", "signature_too_old", "timestamp_out_of_range"];

    private readonly Dictionary<string, int> refused = [];
    private int replays;

    [Fact]
    public async Task No_captured_call_is_executed_twice()
    {
        await using Circle circle = await Circle.Found(2);
        int changes = Amount.Of(1000, 10_000) / Rounds;

        // Within the minute in which a signature is good, so in portions.
        for (int done = 0; done < changes; done += 250)
        {
            List<Func<Task<Answer>>> captured = await Change(circle, Math.Min(250, changes - done));
            int size = LedgerStory.In(circle.Relay.DataFolder).Lines.Count;
            await Task.WhenAll(captured.Select(Replay));
            await Task.WhenAll(captured.Select(Replay));
            await circle.Relay.Restart();
            await Task.WhenAll(captured.Select(Replay));
            await circle.Relay.Kill();
            await circle.Relay.Start();
            await Task.WhenAll(captured.Select(Replay));
            LedgerStory.In(circle.Relay.DataFolder).Lines.Count.ShouldBe(size, "nothing was executed twice");
        }

        output.WriteLine($"{replays} replays of {changes} calls, none executed: {string.Join(", ", refused.OrderBy(code => code.Key).Select(code => $"{code.Value} {code.Key}"))}");
        refused.Keys.ShouldContain("signature_already_used");
        refused.Keys.ShouldContain("signature_too_old", "what was used for reading is forgotten, and refused as older than the process");
    }

    [Fact]
    public async Task No_captured_login_is_good_twice()
    {
        await using Circle circle = await Circle.Found(2);
        int logins = Amount.Of(20, 200);
        Credentials[] old = [.. Enumerable.Range(0, logins).Select(_ => circle[1].Sign())];
        JsonObject[] answers = new JsonObject[logins];
        for (int login = 0; login < logins; login++)
        {
            await using ClientSocket socket = await ClientSocket.Open(circle.Relay);
            await socket.Authenticate(old[login]);
            await socket.Settle();
            answers[login] = await AnswersChallenge(circle[1]);
        }

        foreach (Credentials credentials in old)
        {
            await using ClientSocket again = await ClientSocket.Open(circle.Relay);
            await again.Authenticate(credentials);
            await again.ExpectAuthFailed("Signature already used");
        }

        await NoneIsGood(circle, answers);
        await circle.Relay.Restart();
        await NoneIsGood(circle, answers);
        await circle.Relay.Kill();
        await circle.Relay.Start();
        await NoneIsGood(circle, answers);
        output.WriteLine($"{logins} captured AUTH frames and {logins} answers to challenges, the latter over a restart and a kill too: {logins + (3 * logins)} replays, nobody let in");
    }

    /// <summary>Changes of the lock, signed in either way, and readings; a clock that is ahead dates some so that the next process is older than they are.</summary>
    private static async Task<List<Func<Task<Answer>>>> Change(Circle circle, int count)
    {
        List<Func<Task<Answer>>> captured = [];
        long now = Person.Now;
        for (int number = 0; number < count; number++)
        {
            Person member = circle[number % 2];
            bool locked = number % 2 == 0;
            Func<Task<Answer>> call;
            if (number % 3 == 0)
            {
                Credentials signed = number % 6 == 0 ? member.Sign() : member.SignAt(now + 40_000 + number);
                call = () => member.Locks(locked, signed);
                (await call()).Status.ShouldBe(200);
            }
            else if (number % 3 == 1)
            {
                WholeSignature signed = new(member, HttpMethod.Post, "/api/lock-requests", locked ? """{"locked":true}""" : """{"locked":false}""");
                call = signed.Send;
                (await call()).Status.ShouldBe(200);
            }
            else
            {
                // Captured while reading, and tried for a change.
                Credentials signed = member.Sign();
                (await member.Get("/api/members", signed)).Status.ShouldBe(200);
                call = () => member.Locks(locked, signed);
            }

            captured.Add(call);
        }

        return captured;
    }

    private async Task Replay(Func<Task<Answer>> call)
    {
        string code = (await call()).ShouldBeRefused(401).Text("code");
        code.ShouldBeOneOf(Refusals);
        lock (refused)
        {
            replays++;
            refused[code] = refused.GetValueOrDefault(code) + 1;
        }
    }

    private static async Task<JsonObject> AnswersChallenge(Person member)
    {
        await using ClientSocket socket = await ClientSocket.Open(member.Relay, subprotocols: ["securechat.v2"]);
        var challenge = await socket.Expect("CHALLENGE", "challenge", "origin");
        string statement = $"securechat-auth/v1\norigin {challenge.Text("origin")}\nhost {member.Relay.Url.Authority}\nmember {member.Id}\n"
            + $"challenge {challenge.Text("challenge")}\ntime {Person.Now}\n";
        JsonObject answer = new() { ["member_id"] = member.Id, ["statement"] = statement, ["signature"] = member.Key.Sign(statement) };
        await socket.Send("AUTH", answer.DeepClone());
        await socket.Expect("AUTH_OK", "member_id", "limits");
        return answer;
    }

    private static async Task NoneIsGood(Circle circle, JsonObject[] answers)
    {
        foreach (JsonObject answer in answers)
        {
            await using ClientSocket again = await ClientSocket.Open(circle.Relay, subprotocols: ["securechat.v2"]);
            await again.Expect("CHALLENGE", "challenge", "origin");
            await again.Send("AUTH", answer.DeepClone());
            await again.ExpectAuthFailed();
        }
    }
}
