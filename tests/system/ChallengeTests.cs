using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>Clients of the subprotocol securechat.v2 answer a challenge that was made for their connection.</summary>
public class ChallengeTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private const string V2 = "securechat.v2";

    private readonly Circle circle = three.Circle;
    private readonly Person member = three.Circle[1];

    [Fact]
    public async Task Whoever_answers_the_challenge_is_in_and_is_told_the_limits()
    {
        await using ClientSocket socket = await ClientSocket.Open(circle.Relay, subprotocols: ["something.else", V2]);
        socket.Subprotocol.ShouldBe(V2);
        var challenge = await socket.Expect("CHALLENGE", "challenge", "origin");
        Convert.FromBase64String(challenge.Text("challenge")).Length.ShouldBe(32);
        await socket.Send("AUTH", Answer(member, challenge.Text("challenge"), challenge.Text("origin")));
        var welcome = await socket.Expect("AUTH_OK", "member_id", "limits");
        welcome.Text("member_id").ShouldBe(member.Id);
        welcome.GetProperty("limits").GetProperty("max_message_bytes").GetInt64().ShouldBe(16 * 1024 * 1024);
        await socket.Settle();
        (await circle[0].SeesOnline(member)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("origin")]
    [InlineData("host")]
    [InlineData("member")]
    [InlineData("challenge")]
    public async Task An_answer_to_something_else_is_refused_with_the_line_that_is_wrong(string line)
    {
        await using ClientSocket socket = await ClientSocket.Open(circle.Relay, subprotocols: [V2]);
        var challenge = await socket.Expect("CHALLENGE", "challenge", "origin");
        await socket.Send("AUTH", Answer(member, challenge.Text("challenge"), challenge.Text("origin"), statement =>
            string.Join('\n', statement.Split('\n').Select(one => one.StartsWith(line + " ", StringComparison.Ordinal) ? one + "x" : one))));
        (await socket.Expect("AUTH_FAILED", "reason")).Text("reason").ShouldContain($"\"{line} …\"");
        ((int?)await socket.ExpectClosed()).ShouldBe(1008);
    }

    [Fact]
    public async Task An_answer_is_good_on_no_other_connection()
    {
        await using ClientSocket first = await ClientSocket.Open(circle.Relay, subprotocols: [V2]);
        var challenge = await first.Expect("CHALLENGE", "challenge", "origin");
        JsonObject answer = Answer(member, challenge.Text("challenge"), challenge.Text("origin"));
        await first.Send("AUTH", answer.DeepClone());
        await first.Expect("AUTH_OK", "member_id", "limits");

        await using ClientSocket second = await ClientSocket.Open(circle.Relay, subprotocols: [V2]);
        await second.Expect("CHALLENGE", "challenge", "origin");
        await second.Send("AUTH", answer.DeepClone());
        (await second.Expect("AUTH_FAILED", "reason")).Text("reason").ShouldContain("\"challenge …\"");

        await first.Send("AUTH", answer.DeepClone());
        (await first.Expect("AUTH_FAILED", "reason")).Text("reason").ShouldBe("The challenge was answered already");
    }

    [Fact]
    public async Task Whoever_was_challenged_cannot_fall_back_to_the_time()
    {
        await using ClientSocket socket = await ClientSocket.Open(circle.Relay, subprotocols: [V2]);
        await socket.Expect("CHALLENGE", "challenge", "origin");
        await socket.Authenticate(member.Sign());
        await socket.Expect("AUTH_FAILED", "reason");
        ((int?)await socket.ExpectClosed()).ShouldBe(1008);
    }

    [Fact]
    public async Task Clients_of_old_are_not_challenged()
    {
        await using ClientSocket socket = await ClientSocket.Open(circle.Relay, subprotocols: ["securechat.v1"]);
        socket.Subprotocol.ShouldBeNull();
        await socket.Authenticate(member.Sign());
        await socket.Settle();
        await socket.ExpectSilence();
    }

    private JsonObject Answer(Person who, string challenge, string origin, Func<string, string>? change = null)
    {
        string statement = $"securechat-auth/v1\norigin {origin}\nhost {circle.Relay.Url.Authority}\nmember {who.Id}\nchallenge {challenge}\ntime {Person.Now}\n";
        statement = change?.Invoke(statement) ?? statement;
        return new JsonObject { ["member_id"] = who.Id, ["statement"] = statement, ["signature"] = who.Key.Sign(statement) };
    }
}
