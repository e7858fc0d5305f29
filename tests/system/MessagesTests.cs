using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>To each recipient, with that recipient's blob only.</summary>
public class MessagesTests(ConnectedCircle connected) : ThreeWhoTalk(connected)
{
    [Fact]
    public async Task Each_recipient_gets_its_own_blob_and_nobody_elses()
    {
        await OfAda.Send("MESSAGE", Ada.Message("general", Id, (Ben, "blob for Ben"), (Cleo, "blob for Cleo")));
        foreach (var (socket, blob) in new[] { (OfBen, "blob for Ben"), (OfCleo, "blob for Cleo") })
        {
            var message = await socket.Expect("MESSAGE", Envelope.Fields);
            message.Text("channel_id").ShouldBe("general");
            message.Text("message_id").ShouldBe(Id);
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
        await OfAda.Send("MESSAGE", Ada.Message("general", Id, (Cleo, "blob for Cleo")));
        await OfCleo.Expect("MESSAGE", Envelope.Fields);
        await ExpectSilence();
    }

    [Fact]
    public async Task The_sender_cannot_be_its_own_recipient()
    {
        await OfAda.Send("MESSAGE", Ada.Message("general", Id, (Ada, "to myself"), (Ben, "to Ben")));
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("to Ben");
        await ExpectSilence();
    }

    [Fact]
    public async Task The_old_form_goes_to_everybody_else_in_the_channel()
    {
        await OfAda.Send("MESSAGE", Ada.OldMessage("general", Id, "one blob"));
        foreach (var socket in new[] { OfBen, OfCleo })
        {
            var message = await socket.Expect("MESSAGE", Envelope.Fields);
            message.Text("encrypted_blob").ShouldBe("one blob");
            message.Text("message_id").ShouldBe(Id);
        }

        await ExpectSilence();
    }

    [Fact]
    public async Task A_direct_message_reaches_the_other_one_only()
    {
        var channel = Envelope.DirectChannel(Ada, Ben);
        await OfAda.Send("MESSAGE", Ada.OldMessage(channel, Id, "old form"));
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
        var message = Ada.Message("general", Id, (Cleo, "for Cleo"));
        message["recipients"]!.AsArray().Insert(0, JsonNode.Parse(entry.Replace("BEN", Ben.Id, StringComparison.Ordinal)));
        await OfAda.Send("MESSAGE", message);
        (await OfCleo.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("for Cleo");
        await OfCleo.Ack(Id);
        (await OfAda.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe(Id);
        await ExpectSilence();
    }

    [Fact]
    public async Task A_second_entry_for_the_same_recipient_is_skipped()
    {
        await OfAda.Send("MESSAGE", Ada.Message("general", Id, (Ben, "first"), (Ben, "second")));
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("first");
        await OfBen.Ack(Id);
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
        await OfAda.Send("MESSAGE", Ada.Message(channel, Id, (Ben, "blob")));
        (await OfAda.ExpectError(null, "message_id")).Text("message_id").ShouldBe(Id);
        await ExpectSilence();
    }

    [Fact]
    public async Task Nobody_sends_into_the_direct_channel_of_others()
    {
        await OfAda.Send("MESSAGE", Ada.Message(Envelope.DirectChannel(Ben, Cleo), Id, (Ben, "blob")));
        (await OfAda.ExpectError(null, "message_id")).Text("message_id").ShouldBe(Id);
        await OfAda.Send("MESSAGE", Ada.OldMessage(Envelope.DirectChannel(Ben, Cleo), Id, "blob"));
        await OfAda.ExpectError(null, "message_id");
        await ExpectSilence();
    }

    [Fact]
    public async Task Nobody_sends_in_the_name_of_somebody_else()
    {
        await OfAda.Send("MESSAGE", Ben.Message("general", Id, (Cleo, "from Ben, supposedly")));
        (await OfAda.ExpectError(null, "message_id")).Text("message_id").ShouldBe(Id);
        var anonymous = Ada.Message("general", Id, (Cleo, "from nobody"));
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
        var message = Ada.Message("general", Id, (Ben, "blob"));
        message[field] = JsonNode.Parse(json);
        await OfAda.Send("MESSAGE", message);
        await OfAda.ExpectError();
        await ExpectSilence();
    }

    [Fact]
    public async Task A_message_without_an_id_is_forwarded_and_not_tracked()
    {
        var message = Ada.Message("general", Id, (Ben, "no id"));
        message.Remove("message_id");
        await OfAda.Send("MESSAGE", message);
        (await OfBen.Expect("MESSAGE")).Text("encrypted_blob").ShouldBe("no id");
        await ExpectSilence();
    }

    [Fact]
    public async Task A_key_of_the_sender_that_is_new_goes_through_and_a_missing_one_is_filled_in()
    {
        var fresh = Circle.Stranger().Curve25519;
        foreach (var (sent, arrives) in new[] { (fresh, fresh), (null, Ada.Curve25519), (Ada.Curve25519, Ada.Curve25519) })
        {
            var message = Ada.Message("general", Envelope.NewId(), (Ben, "blob"));
            message["sender_curve25519_public_key"] = sent;
            if (sent is null)
            {
                message.Remove("sender_curve25519_public_key");
            }

            await OfAda.Send("MESSAGE", message);
            (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("sender_curve25519_public_key").ShouldBe(arrives);
        }

        await ExpectSilence();
    }

    [Fact]
    public async Task The_key_of_another_member_is_replaced_by_the_senders_own()
    {
        var message = Ada.Message("general", Id, (Ben, "blob"));
        message["sender_curve25519_public_key"] = Cleo.Curve25519;
        await OfAda.Send("MESSAGE", message);
        (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("sender_curve25519_public_key").ShouldBe(Ada.Curve25519);
    }

    [Fact]
    public async Task Messages_arrive_in_the_order_in_which_they_were_sent()
    {
        for (var number = 0; number < 300; number++)
        {
            await OfAda.Send("MESSAGE", Ada.Message("general", $"{Id}-{number}", (Ben, $"number {number}")));
        }

        for (var number = 0; number < 300; number++)
        {
            (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe($"number {number}");
        }
    }

    [Fact]
    public async Task Every_connection_of_a_recipient_gets_the_message()
    {
        await using var second = await Ben.Connects();
        await OfAda.Send("MESSAGE", Ada.Message("general", Id, (Ben, "twice")));
        foreach (var socket in new[] { OfBen, second })
        {
            (await socket.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("twice");
        }

        await second.ExpectSilence();
        await ExpectSilence();
    }

    [Fact]
    public async Task Unknown_fields_in_a_message_are_not_passed_on()
    {
        var message = Ada.Message("general", Id, (Ben, "blob"));
        message["future"] = "secret";
        await OfAda.Send("MESSAGE", message);
        await OfBen.Expect("MESSAGE", Envelope.Fields);
    }
}
