using System.Text.Json.Nodes;
using static SecureChat.ApprovalTests.Wire.SettledCircle;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>Every frame, from clients and to them.</summary>
public sealed class FramesTests
{
    private static readonly Person Dora = Person.Named("Dora");
    private static readonly Person Emil = Person.Named("Emil");

    [Fact]
    public async Task Opening()
    {
        await using SettledCircle circle = await Start();
        await using Talk talk = new(circle.Relay, Alice, Ben, Finn);

        talk.Title("A good AUTH is not answered; PING tells that it was accepted");
        Login login = Alice.Sign();
        await talk.Open(Alice);
        await talk.Authenticate(Alice, login);
        await talk.AskForSilence(Alice);

        talk.Title("The same signature once more, on another connection");
        await talk.Open(Ben);
        await talk.Authenticate(Ben, login);
        await talk.Hear(Ben, Ben);

        talk.Title("Something else than AUTH; no JSON");
        await talk.Open(Ben);
        await talk.Say(Ben, """{"type":"PING"}""");
        await talk.Hear(Ben, Ben);
        await talk.Open(Ben);
        await talk.Say(Ben, "hello");
        await talk.Hear(Ben, Ben);

        talk.Title("Somebody who left; a timestamp of long ago; somebody else's signature");
        await Fails(talk, Finn.Sign());
        await Fails(talk, Ben.SignAt(1_600_000_000_000));
        await Fails(talk, Alice.Sign() with { MemberId = "ben" });

        talk.Title("A second AUTH on the same connection: of the same member, and of another one");
        await talk.Authenticate(Alice, Alice.Sign());
        await talk.AskForSilence(Alice);
        await talk.Authenticate(Alice, Ben.Sign());
        await talk.Hear(Alice, Alice);

        Approve.Text(talk.ToString());
    }

    [Fact]
    public async Task Messages()
    {
        await using SettledCircle circle = await Start();
        await using Talk talk = new(circle.Relay, Alice, Ben, Cleo);

        talk.Title("Three members connect");
        await talk.Connect(Alice, Ben, Cleo);
        await talk.AskForSilence(Alice, Ben, Cleo);

        talk.Title("A blob for each recipient, DELIVERED after the last ACK");
        await talk.Say(Alice, Frames.Of(
            "MESSAGE",
            $"'channel_id':'general','message_id':'m-1','sender_id':'alice','sender_curve25519_public_key':'{Alice.Curve25519}',"
            + "'recipients':[{'member_id':'ben','encrypted_blob':'for Ben \\u00e9'},{'member_id':'cleo','encrypted_blob':'for Cleo'}]"));
        await talk.Hear(Ben, Cleo);
        await talk.Say(Ben, Frames.Of("ACK", "'message_id':'m-1'"));
        await talk.Say(Cleo, Frames.Of("ACK", "'message_id':'m-1'"));
        await talk.Hear(Alice);

        talk.Title("The older form: one blob for all others; the sender's key comes from the relay's record");
        await talk.Say(Ben, Frames.Of("MESSAGE", "'channel_id':'general','message_id':'m-2','sender_id':'ben','encrypted_blob':'for all'"));
        await talk.Hear(Alice, Cleo);

        talk.Title("In a DM channel, and without a message id");
        await talk.Say(Cleo, Frames.Of("MESSAGE", "'channel_id':'alice:cleo','sender_id':'cleo','encrypted_blob':'for Alice'"));
        await talk.Hear(Alice);

        talk.Title("A key of the clients' own");
        await talk.Say(Alice, Frames.Of("KEY_DISTRIBUTION", "'from_member_id':'alice','to_member_id':'ben','channel_id':'general','encrypted_key_blob':'a key'"));
        await talk.Hear(Ben);

        talk.Title("Nothing else came to anybody");
        await talk.AskForSilence(Alice, Ben, Cleo);

        Approve.Text(talk.ToString());
    }

    [Fact]
    public async Task What_happens_to_the_circle()
    {
        await using SettledCircle circle = await Start();
        using Conversation calls = new(circle.Relay, Dora);
        await using Talk talk = new(circle.Relay, Alice, Ben, Cleo, Dora, Emil);
        talk.Title("Alice and Ben connect");
        await talk.Connect(Alice, Ben);
        await talk.AskForSilence(Alice, Ben);

        talk.Title("Dora asks; Cleo connects and is shown the request");
        string request = await calls.Ask(Dora);
        talk.Aliases.Add(request, "REQUEST-OF-DORA");
        await talk.Hear(Alice, Ben);
        await talk.Connect(Cleo);
        await talk.Hear(Cleo);

        talk.Title("All three approve");
        foreach (Person voter in new[] { Alice, Ben, Cleo })
        {
            await talk.Say(voter, Frames.Vote(request, approved: "true", voter.Id));
        }

        await talk.Hear(Alice, Alice, Ben, Ben, Cleo, Cleo);

        talk.Title("Emil asks, and Ben rejects");
        string rejected = await calls.Ask(Emil);
        talk.Aliases.Add(rejected, "REQUEST-OF-EMIL");
        await talk.Hear(Alice, Ben, Cleo);
        await talk.Say(Ben, Frames.Vote(rejected, approved: "false", "ben"));
        await talk.Hear(Alice, Ben, Cleo);

        talk.Title("Alice locks the circle");
        await calls.Post("/api/lock-requests", new JsonObject { ["locked"] = true }, by: Alice);
        await talk.Hear(Alice, Ben, Cleo);

        talk.Title("Cleo leaves the circle");
        await calls.Delete("/api/members/cleo", by: Cleo);
        await talk.Hear(Alice, Ben, Cleo);

        talk.Title("Ben closes his last connection");
        await talk.Hang(Ben);
        await talk.Hear(Alice);

        talk.Title("Nothing else came");
        await talk.AskForSilence(Alice);

        Approve.Text(talk.ToString());
    }

    [Fact]
    public async Task Frames_that_are_refused()
    {
        await using SettledCircle circle = await Start();
        using Conversation calls = new(circle.Relay, Dora);
        await using Talk talk = new(circle.Relay, Alice, Ben, Cleo, Dora);
        string request = await calls.Ask(Dora);
        talk.Aliases.Add(request, "REQUEST-OF-DORA");
        talk.Title("Alice connects and is shown a request");
        await talk.Connect(Alice);
        await talk.Hear(Alice);

        talk.Title("No frame");
        await Refused("no JSON");
        await Refused("[]");
        await Refused("""{"type":"ACK","payload":7}""");
        await Refused("""{"type":"ACK","payload":{"message_id":"m-1","message_id":"m-2"}}""");

        talk.Title("Messages");
        await Refused(Frames.Of("MESSAGE", ""));
        await Refused(Frames.Of("MESSAGE", "'channel_id':'general','message_id':'m-1','sender_id':'alice'"));
        await Refused(Frames.Of("MESSAGE", "'channel_id':'general','message_id':7,'sender_id':'alice','encrypted_blob':'x'"));
        await Refused(Frames.Of("MESSAGE", "'channel_id':'general','message_id':'m-1','sender_id':'alice','recipients':'ben'"));
        await Refused(Frames.Of("MESSAGE", "'channel_id':'general','message_id':'m-1','sender_id':'alice','sender_curve25519_public_key':7,'encrypted_blob':'x'"));
        await Refused(Frames.Of("MESSAGE", "'channel_id':'general','message_id':'m-1','sender_id':'ben','encrypted_blob':'x'"));
        await Refused(Frames.Of("MESSAGE", "'channel_id':'ben:cleo','message_id':'m-1','sender_id':'alice','encrypted_blob':'x'"));
        string message = Frames.Of("MESSAGE", "'channel_id':'general','message_id':'m-1','sender_id':'alice','encrypted_blob':'x'");
        await talk.Say(Alice, message);
        await Refused(message);
        await Refused(Frames.Of("ACK", ""));

        talk.Title("Keys");
        await Refused(Frames.Of("KEY_DISTRIBUTION", "'from_member_id':'alice','to_member_id':'ben','channel_id':'general'"));
        await Refused(Frames.Of("KEY_DISTRIBUTION", "'from_member_id':'ben','to_member_id':'ben','channel_id':'general','encrypted_key_blob':'x'"));
        await Refused(Frames.Of("KEY_DISTRIBUTION", "'from_member_id':'alice','to_member_id':'ben','channel_id':'ben:cleo','encrypted_key_blob':'x'"));

        talk.Title("Votes");
        await Refused(Frames.Of("JOIN_RESPONSE", ""));
        await Refused(Frames.Vote(request, approved: "\"yes\"", "alice"));
        await Refused(Frames.Vote(request, approved: "true", "ben"));
        await Refused(Frames.Vote("unknown", approved: "true", "alice"));
        await Refused(Frames.Vote(ExpiredRequest, approved: "true", "alice"));
        await talk.Say(Alice, Frames.Vote(request, approved: "true", "alice"));
        await Refused(Frames.Vote(request, approved: "true", "alice"));

        talk.Title("A type that nobody knows is ignored");
        await talk.Say(Alice, Frames.Of("HELLO", ""));
        await talk.AskForSilence(Alice);

        Approve.Text(talk.ToString());

        async Task Refused(string frame)
        {
            await talk.Say(Alice, frame);
            await talk.Hear(Alice);
        }
    }

    private static async Task Fails(Talk talk, Login login)
    {
        await talk.Open(Ben);
        await talk.Authenticate(Ben, login);
        await talk.Hear(Ben, Ben);
    }
}
