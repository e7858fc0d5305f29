using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>What is only passed through may hold anything JSON allows, and comes out as it went in.</summary>
public class PassingThroughTests(ConnectedCircle connected) : ThreeWhoTalk(connected)
{
    [Theory]
    [InlineData("plain")]
    [InlineData("""with \"quotes\", \\backslashes\\, \/slashes\/ and \b\f\n\r\t""")]
    [InlineData("""\u0041\u00e9\u2028\u2029""")]
    [InlineData("""lone \ud800 surrogate, and \udc00 another""")]
    [InlineData("""\u0000""")]
    [InlineData("""😀 and \ud83d\ude00 and \uD83D\uDE00""")]
    [InlineData("é ü 東京 \u2028 \u00a0 \u007f")]
    [InlineData("<script>&'+</script>")]
    public async Task A_blob_and_an_id_arrive_byte_for_byte_as_they_stood_in_the_JSON(string raw)
    {
        var messageId = raw + Envelope.NewId();
        var frame = $$$"""
            {"type":"MESSAGE","payload":{"channel_id":"general","message_id":"{{{messageId}}}","sender_id":"{{{Ada.Id}}}",
            "recipients":[{"member_id":"{{{Ben.Id}}}","encrypted_blob":"{{{raw}}}"}]}}
            """;
        await OfAda.SendText(frame);
        var message = await OfBen.Expect("MESSAGE", Envelope.Fields);
        message.Raw("encrypted_blob").ShouldBe($"\"{raw}\"");
        message.Raw("message_id").ShouldBe($"\"{messageId}\"");

        await OfBen.SendText($$$"""{"type":"ACK","payload":{"message_id":"{{{messageId}}}"} }""");
        (await OfAda.Expect("DELIVERED", "message_id")).Raw("message_id").ShouldBe($"\"{messageId}\"");

        await OfAda.SendText($$$"""
            {"type":"MESSAGE","payload":{"encrypted_blob":"{{{raw}}}","sender_id":"{{{Ada.Id}}}",
            "message_id":"{{{messageId}}}2","channel_id":"general"}}
            """);
        (await OfCleo.Expect("MESSAGE", Envelope.Fields)).Raw("encrypted_blob").ShouldBe($"\"{raw}\"");
    }

    [Fact]
    public async Task A_message_id_may_have_1024_bytes_and_no_more()
    {
        var longest = new string('m', 1024 - Id.Length) + Id;
        await OfAda.Send("MESSAGE", Ada.Message("general", longest, (Ben, "blob")));
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("message_id").ShouldBe(longest);
        await OfBen.Ack(longest);
        (await OfAda.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe(longest);

        await OfAda.Send("MESSAGE", Ada.Message("general", "m" + longest + longest, (Ben, "blob")));
        await OfAda.ExpectError();
        await ExpectSilence();
    }

    [Fact]
    public async Task Two_spellings_of_an_id_are_one_id()
    {
        await OfAda.SendText($$$"""
            {"type":"MESSAGE","payload":{"channel_id":"general","message_id":"\u0041{{{Id}}}","sender_id":"{{{Ada.Id}}}",
            "recipients":[{"member_id":"{{{Ben.Id}}}","encrypted_blob":"x"}]}}
            """);
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("message_id").ShouldBe("A" + Id);
        await OfBen.Ack("A" + Id);
        (await OfAda.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe("A" + Id);
    }

    [Fact]
    public async Task A_large_blob_passes()
    {
        var blob = new string('L', 3_000_000);
        await OfAda.Send("MESSAGE", Ada.Message("general", Id, (Ben, blob)));
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe(blob);
    }

    [Fact]
    public async Task Binary_frames_that_hold_JSON_are_read_like_text()
    {
        var frame = new JsonObject { ["type"] = "MESSAGE", ["payload"] = Ada.Message("general", Id, (Ben, "in binary")) };
        await OfAda.SendBytes(Encoding.UTF8.GetBytes(frame.ToJsonString()), WebSocketMessageType.Binary);
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("in binary");
        await ExpectSilence();
    }

    [Fact]
    public async Task A_message_may_come_in_fragments()
    {
        var frame = new JsonObject { ["type"] = "MESSAGE", ["payload"] = Ada.Message("general", Id, (Ben, "in pieces: é")) };
        var bytes = Encoding.UTF8.GetBytes(frame.ToJsonString());
        for (var at = 0; at < bytes.Length; at += 7)
        {
            await OfAda.SendBytes(bytes.AsMemory(at, Math.Min(7, bytes.Length - at)), WebSocketMessageType.Text, at + 7 >= bytes.Length);
        }

        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("in pieces: é");
    }
}
