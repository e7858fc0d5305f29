using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>To each recipient, with that recipient's blob only.</summary>
public class MessagesTests(ConnectedCircle connected) : IClassFixture<ConnectedCircle>, IAsyncLifetime
{
    private readonly Circle circle = connected.Circle;
    private readonly string id = Envelope.NewId();
    private ClientSocket[] sockets = [];

    private Person Ada => circle[0];

    private Person Ben => circle[1];

    private Person Cleo => circle[2];

    private ClientSocket OfAda => sockets[0];

    private ClientSocket OfBen => sockets[1];

    private ClientSocket OfCleo => sockets[2];

    public async Task InitializeAsync() => sockets = await connected.Sockets();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Each_recipient_gets_its_own_blob_and_nobody_elses()
    {
        await OfAda.Send("MESSAGE", Ada.Message("general", id, (Ben, "blob for Ben"), (Cleo, "blob for Cleo")));
        foreach (var (socket, blob) in new[] { (OfBen, "blob for Ben"), (OfCleo, "blob for Cleo") })
        {
            var message = await socket.Expect("MESSAGE", Envelope.Fields);
            message.Text("channel_id").ShouldBe("general");
            message.Text("message_id").ShouldBe(id);
            message.Text("encrypted_blob").ShouldBe(blob);
            message.Text("sender_id").ShouldBe(Ada.Id);
            message.Text("sender_name").ShouldBe(Ada.Name);
            message.Text("sender_curve25519_public_key").ShouldBe(Ada.Curve25519);
        }
        await ExpectSilence();
    }

    [Fact]
    public async Task A_channel_member_that_is_not_named_gets_nothing()
    {
        await OfAda.Send("MESSAGE", Ada.Message("general", id, (Cleo, "blob for Cleo")));
        await OfCleo.Expect("MESSAGE", Envelope.Fields);
        await ExpectSilence();
    }

    [Fact]
    public async Task The_sender_cannot_be_its_own_recipient()
    {
        await OfAda.Send("MESSAGE", Ada.Message("general", id, (Ada, "to myself"), (Ben, "to Ben")));
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("to Ben");
        await ExpectSilence();
    }

    [Fact]
    public async Task The_old_form_goes_to_everybody_else_in_the_channel()
    {
        await OfAda.Send("MESSAGE", Ada.OldMessage("general", id, "one blob"));
        foreach (var socket in new[] { OfBen, OfCleo })
        {
            var message = await socket.Expect("MESSAGE", Envelope.Fields);
            message.Text("encrypted_blob").ShouldBe("one blob");
            message.Text("message_id").ShouldBe(id);
        }
        await ExpectSilence();
    }

    [Fact]
    public async Task A_direct_message_reaches_the_other_one_only()
    {
        var channel = Envelope.DirectChannel(Ada, Ben);
        await OfAda.Send("MESSAGE", Ada.OldMessage(channel, id, "old form"));
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("channel_id").ShouldBe(channel);
        await OfBen.Send("MESSAGE", Ben.Message(channel, Envelope.NewId(), (Ada, "answer"), (Cleo, "not in this channel")));
        (await OfAda.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("answer");
        await ExpectSilence();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"member_id":"BEN"}""")]
    [InlineData("""{"member_id":"BEN","encrypted_blob":null}""")]
    [InlineData("""{"member_id":"BEN","encrypted_blob":{"a":1}}""")]
    [InlineData("""{"member_id":["BEN"],"encrypted_blob":"x"}""")]
    [InlineData("""{"member_id":"nobody","encrypted_blob":"x"}""")]
    [InlineData("""{"member_id":"general","encrypted_blob":"x"}""")]
    [InlineData("""{"encrypted_blob":"x"}""")]
    public async Task A_malformed_entry_is_skipped_and_the_others_are_served(string entry)
    {
        var message = Ada.Message("general", id, (Cleo, "for Cleo"));
        message["recipients"]!.AsArray().Insert(0, JsonNode.Parse(entry.Replace("BEN", Ben.Id, StringComparison.Ordinal)));
        await OfAda.Send("MESSAGE", message);
        (await OfCleo.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("for Cleo");
        await OfCleo.Ack(id);
        (await OfAda.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe(id);
        await ExpectSilence();
    }

    [Fact]
    public async Task A_second_entry_for_the_same_recipient_is_skipped()
    {
        await OfAda.Send("MESSAGE", Ada.Message("general", id, (Ben, "first"), (Ben, "second")));
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("first");
        await OfBen.Ack(id);
        await OfAda.Expect("DELIVERED", "message_id");
        await ExpectSilence();
    }

    [Theory]
    [InlineData("no-such-channel")]
    [InlineData("General")]
    [InlineData("a:b")]
    [InlineData("")]
    public async Task A_channel_has_to_exist(string channel)
    {
        await OfAda.Send("MESSAGE", Ada.Message(channel, id, (Ben, "blob")));
        (await OfAda.ExpectError(null, "message_id")).Text("message_id").ShouldBe(id);
        await ExpectSilence();
    }

    [Fact]
    public async Task Nobody_sends_into_the_direct_channel_of_others()
    {
        await OfAda.Send("MESSAGE", Ada.Message(Envelope.DirectChannel(Ben, Cleo), id, (Ben, "blob")));
        (await OfAda.ExpectError(null, "message_id")).Text("message_id").ShouldBe(id);
        await OfAda.Send("MESSAGE", Ada.OldMessage(Envelope.DirectChannel(Ben, Cleo), id, "blob"));
        await OfAda.ExpectError(null, "message_id");
        await ExpectSilence();
    }

    [Fact]
    public async Task Nobody_sends_in_the_name_of_somebody_else()
    {
        await OfAda.Send("MESSAGE", Ben.Message("general", id, (Cleo, "from Ben, supposedly")));
        (await OfAda.ExpectError(null, "message_id")).Text("message_id").ShouldBe(id);
        var anonymous = Ada.Message("general", id, (Cleo, "from nobody"));
        anonymous.Remove("sender_id");
        await OfAda.Send("MESSAGE", anonymous);
        await OfAda.ExpectError();
        await ExpectSilence();
    }

    [Theory]
    [InlineData("channel_id", "1")]
    [InlineData("channel_id", "{}")]
    [InlineData("channel_id", "null")]
    [InlineData("sender_id", "1")]
    [InlineData("sender_id", "[]")]
    [InlineData("sender_id", "null")]
    [InlineData("message_id", "{}")]
    [InlineData("message_id", "[1]")]
    [InlineData("message_id", "true")]
    [InlineData("recipients", "1")]
    [InlineData("recipients", "\"all\"")]
    [InlineData("recipients", "{}")]
    [InlineData("sender_curve25519_public_key", "1")]
    [InlineData("sender_curve25519_public_key", "{}")]
    public async Task A_field_of_another_type_is_refused(string field, string json)
    {
        var message = Ada.Message("general", id, (Ben, "blob"));
        message[field] = JsonNode.Parse(json);
        await OfAda.Send("MESSAGE", message);
        await OfAda.ExpectError();
        await ExpectSilence();
    }

    [Fact]
    public async Task A_message_without_an_id_is_forwarded_and_not_tracked()
    {
        var message = Ada.Message("general", id, (Ben, "no id"));
        message.Remove("message_id");
        await OfAda.Send("MESSAGE", message);
        (await OfBen.Expect("MESSAGE")).Text("encrypted_blob").ShouldBe("no id");
        await ExpectSilence();
    }

    [Fact]
    public async Task A_key_of_the_sender_that_is_new_goes_through_and_a_missing_one_is_filled_in()
    {
        var fresh = circle.Stranger().Curve25519;
        foreach (var (sent, arrives) in new[] { (fresh, fresh), (null, Ada.Curve25519), (Ada.Curve25519, Ada.Curve25519) })
        {
            var message = Ada.Message("general", Envelope.NewId(), (Ben, "blob"));
            message["sender_curve25519_public_key"] = sent;
            if (sent is null)
                message.Remove("sender_curve25519_public_key");
            await OfAda.Send("MESSAGE", message);
            (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("sender_curve25519_public_key").ShouldBe(arrives);
        }
        await ExpectSilence();
    }

    [Fact]
    public async Task The_key_of_another_member_is_replaced_by_the_senders_own()
    {
        var message = Ada.Message("general", id, (Ben, "blob"));
        message["sender_curve25519_public_key"] = Cleo.Curve25519;
        await OfAda.Send("MESSAGE", message);
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("sender_curve25519_public_key").ShouldBe(Ada.Curve25519);
    }

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
            {"type":"MESSAGE","payload":{"encrypted_blob":"{{{raw}}}","sender_id":"{{{Ada.Id}}}","message_id":"{{{messageId}}}2","channel_id":"general"}}
            """);
        (await OfCleo.Expect("MESSAGE", Envelope.Fields)).Raw("encrypted_blob").ShouldBe($"\"{raw}\"");
    }

    [Fact]
    public async Task A_message_id_may_have_1024_bytes_and_no_more()
    {
        var longest = new string('m', 1024 - id.Length) + id;
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
            {"type":"MESSAGE","payload":{"channel_id":"general","message_id":"\u0041{{{id}}}","sender_id":"{{{Ada.Id}}}",
            "recipients":[{"member_id":"{{{Ben.Id}}}","encrypted_blob":"x"}]}}
            """);
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("message_id").ShouldBe("A" + id);
        await OfBen.Ack("A" + id);
        (await OfAda.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe("A" + id);
    }

    [Fact]
    public async Task A_large_blob_passes()
    {
        var blob = new string('L', 3_000_000);
        await OfAda.Send("MESSAGE", Ada.Message("general", id, (Ben, blob)));
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe(blob);
    }

    [Fact]
    public async Task Binary_frames_that_hold_JSON_are_read_like_text()
    {
        var frame = new JsonObject { ["type"] = "MESSAGE", ["payload"] = Ada.Message("general", id, (Ben, "in binary")) };
        await OfAda.SendBytes(Encoding.UTF8.GetBytes(frame.ToJsonString()), WebSocketMessageType.Binary);
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("in binary");
        await ExpectSilence();
    }

    [Fact]
    public async Task A_message_may_come_in_fragments()
    {
        var frame = new JsonObject { ["type"] = "MESSAGE", ["payload"] = Ada.Message("general", id, (Ben, "in pieces: é")) };
        var bytes = Encoding.UTF8.GetBytes(frame.ToJsonString());
        for (var at = 0; at < bytes.Length; at += 7)
            await OfAda.SendBytes(bytes.AsMemory(at, Math.Min(7, bytes.Length - at)), WebSocketMessageType.Text, at + 7 >= bytes.Length);
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("in pieces: é");
    }

    [Fact]
    public async Task Messages_arrive_in_the_order_in_which_they_were_sent()
    {
        for (var number = 0; number < 300; number++)
            await OfAda.Send("MESSAGE", Ada.Message("general", $"{id}-{number}", (Ben, $"number {number}")));
        for (var number = 0; number < 300; number++)
            (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe($"number {number}");
    }

    [Fact]
    public async Task Every_connection_of_a_recipient_gets_the_message()
    {
        await using var second = await Ben.Connects();
        await OfAda.Send("MESSAGE", Ada.Message("general", id, (Ben, "twice")));
        foreach (var socket in new[] { OfBen, second })
            (await socket.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("twice");
        await second.ExpectSilence();
        await ExpectSilence();
    }

    [Fact]
    public async Task Unknown_fields_in_a_message_are_not_passed_on()
    {
        var message = Ada.Message("general", id, (Ben, "blob"));
        message["future"] = "secret";
        await OfAda.Send("MESSAGE", message);
        await OfBen.Expect("MESSAGE", Envelope.Fields);
    }

    /// <summary>What the three sent has been read, and nothing more came to any of them (an earlier test's message may end meanwhile).</summary>
    private async Task ExpectSilence()
    {
        foreach (var socket in sockets)
            await socket.Settle();
        foreach (var socket in sockets)
            await socket.ExpectSilence("UNDELIVERED");
    }
}
