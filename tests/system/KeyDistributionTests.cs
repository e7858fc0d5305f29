using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>Keys for a channel, handed from one member to another.</summary>
public class KeyDistributionTests(ConnectedCircle connected) : ThreeWhoTalk(connected)
{
    [Fact]
    public async Task A_key_reaches_the_one_it_is_for()
    {
        await Sockets[0].Send("KEY_DISTRIBUTION", Key(Circle[0].Id, Circle[1].Id, "general"));
        var key = await Sockets[1].Expect("KEY_DISTRIBUTION", "from_member_id", "channel_id", "encrypted_key_blob");
        key.Text("from_member_id").ShouldBe(Circle[0].Id);
        key.Text("channel_id").ShouldBe("general");
        key.Text("encrypted_key_blob").ShouldBe("sealed key");
        await ExpectSilence();
    }

    [Theory]
    [InlineData("""\u0000 \ud800 \/ \u0041 😀 \ud83d\ude00 \" \\""")]
    public async Task A_key_arrives_byte_for_byte(string raw)
    {
        await Sockets[0].SendText($$$"""
            {"type":"KEY_DISTRIBUTION","payload":{"from_member_id":"{{{Circle[0].Id}}}","to_member_id":"{{{Circle[1].Id}}}",
            "channel_id":"general","encrypted_key_blob":"{{{raw}}}"}}
            """);
        (await Sockets[1].Expect("KEY_DISTRIBUTION")).Raw("encrypted_key_blob").ShouldBe($"\"{raw}\"");
    }

    [Fact]
    public async Task Every_connection_of_the_recipient_gets_the_key()
    {
        await using var second = await Circle[1].Connects();
        await Sockets[0].Send("KEY_DISTRIBUTION", Key(Circle[0].Id, Circle[1].Id, "general"));
        await Sockets[1].Expect("KEY_DISTRIBUTION");
        await second.Expect("KEY_DISTRIBUTION");
    }

    [Fact]
    public async Task Nobody_hands_out_keys_in_the_name_of_somebody_else()
    {
        await Sockets[0].Send("KEY_DISTRIBUTION", Key(Circle[2].Id, Circle[1].Id, "general"));
        await Sockets[0].ExpectError();
        await ExpectSilence();
    }

    [Fact]
    public async Task Nobody_hands_out_keys_for_channels_of_others()
    {
        foreach (var channel in new[] { Envelope.DirectChannel(Circle[1], Circle[2]), "no-such-channel" })
        {
            await Sockets[0].Send("KEY_DISTRIBUTION", Key(Circle[0].Id, Circle[1].Id, channel));
            await Sockets[0].ExpectError();
        }
        // The other one has to be in the channel, too.
        await Sockets[0].Send("KEY_DISTRIBUTION", Key(Circle[0].Id, Circle[2].Id, Envelope.DirectChannel(Circle[0], Circle[1])));
        await Sockets[0].Settle();
        foreach (var socket in Sockets)
        {
            await socket.ExpectNo("KEY_DISTRIBUTION");
        }
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("")]
    public async Task A_key_for_nobody_goes_nowhere(string to)
    {
        await Sockets[0].Send("KEY_DISTRIBUTION", Key(Circle[0].Id, to, "general"));
        await Sockets[0].Settle();
        foreach (var socket in Sockets)
        {
            await socket.ExpectNo("KEY_DISTRIBUTION");
        }
    }

    [Theory]
    [InlineData("from_member_id")]
    [InlineData("to_member_id")]
    [InlineData("channel_id")]
    [InlineData("encrypted_key_blob")]
    public async Task A_field_of_another_type_is_refused(string field)
    {
        foreach (var json in new[] { "null", "1", "true", "[]", "{}" })
        {
            var key = Key(Circle[0].Id, Circle[1].Id, "general");
            key[field] = JsonNode.Parse(json);
            await Sockets[0].Send("KEY_DISTRIBUTION", key);
            await Sockets[0].ExpectError();
        }

        await ExpectSilence();
    }

    private static JsonObject Key(string from, string to, string channel) => new()
    {
        ["from_member_id"] = from,
        ["to_member_id"] = to,
        ["channel_id"] = channel,
        ["encrypted_key_blob"] = "sealed key",
    };
}
