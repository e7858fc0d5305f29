using System.Diagnostics;
using System.Text.Json.Nodes;

namespace SecureChat.SystemTests;

/// <summary>DELIVERED when all have acknowledged, UNDELIVERED ten seconds later when not, never both.</summary>
public class ReceiptsTests(ConnectedCircle connected) : ThreeWhoTalk(connected)
{
    [Fact]
    public async Task A_message_is_delivered_when_all_recipients_have_acknowledged_it()
    {
        await Sent(OfAda, Ada.Message("general", Id, (Ben, "b"), (Cleo, "c")));
        await OfBen.Ack(Id);
        await OfBen.Settle();
        await OfAda.ExpectNo("DELIVERED");
        await OfCleo.Ack(Id);
        (await OfAda.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe(Id);
        await OfCleo.ExpectNo("DELIVERED");
        await OfAda.ExpectSilence();
    }

    [Fact]
    public async Task In_the_old_form_everybody_else_in_the_channel_has_to_acknowledge()
    {
        await Sent(OfAda, Ada.OldMessage("general", Id, "blob"));
        await OfBen.Ack(Id);
        await OfBen.Settle();
        await OfAda.ExpectNo("DELIVERED");
        await OfCleo.Ack(Id);
        (await OfAda.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe(Id);
    }

    [Fact]
    public async Task Each_recipient_counts_once_and_only_recipients_count()
    {
        await Sent(OfAda, Ada.Message(Envelope.DirectChannel(Ada, Ben), Id, (Ben, "b")));
        var general = Envelope.NewId();
        await Sent(OfAda, Ada.Message("general", general, (Ben, "b"), (Cleo, "c")));
        await OfAda.Ack(Id);
        await OfAda.Ack(general);
        await OfAda.Settle();
        await OfCleo.Ack(Id);
        await OfCleo.Settle();
        await OfBen.Ack(general);
        await OfBen.Ack(general);
        await OfBen.Ack(general);
        await OfBen.Settle();
        await OfAda.ExpectNo("DELIVERED");

        await OfBen.Ack(Id);
        (await OfAda.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe(Id);
        await OfCleo.Ack(general);
        (await OfAda.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe(general);
        await OfBen.Ack(Id);
        await OfBen.Settle();
        await OfAda.ExpectSilence();
    }

    [Fact]
    public async Task An_id_that_is_pending_cannot_be_used_again_by_its_sender()
    {
        await Sent(OfAda, Ada.Message("general", Id, (Ben, "first")));
        await OfBen.Expect("MESSAGE");
        await Sent(OfAda, Ada.Message("general", Id, (Ben, "second"), (Cleo, "second")));
        (await OfAda.ExpectError("duplicate_message_id", "message_id")).Text("message_id").ShouldBe(Id);
        await OfBen.ExpectSilence();
        await OfCleo.ExpectSilence();

        await OfBen.Ack(Id);
        await OfAda.Expect("DELIVERED", "message_id");
        await Sent(OfAda, Ada.Message("general", Id, (Ben, "third")));
        (await OfBen.Expect("MESSAGE")).Text("encrypted_blob").ShouldBe("third");
        await OfBen.Ack(Id);
        await OfAda.Expect("DELIVERED", "message_id");
    }

    [Fact]
    public async Task Messages_of_two_senders_with_one_id_are_two_messages()
    {
        await Sent(OfAda, Ada.Message("general", Id, (Cleo, "from Ada")));
        (await OfCleo.Expect("MESSAGE")).Text("encrypted_blob").ShouldBe("from Ada");
        await Sent(OfBen, Ben.Message("general", Id, (Cleo, "from Ben"), (Ada, "from Ben")));
        (await OfCleo.Expect("MESSAGE")).Text("encrypted_blob").ShouldBe("from Ben");

        // It counts for both; Ben's waits for Ada as well.
        await OfCleo.Ack(Id);
        await OfCleo.Settle();
        (await OfAda.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe(Id);
        await OfBen.ExpectNo("DELIVERED");

        await OfAda.Ack(Id);
        (await OfBen.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe(Id);
        await OfAda.ExpectNo("DELIVERED");
    }

    [Fact]
    public async Task One_acknowledgement_of_any_connection_counts_and_every_connection_of_the_sender_is_told()
    {
        await using var secondOfAda = await Ada.Connects();
        await using var secondOfBen = await Ben.Connects();
        await Sent(OfAda, Ada.Message("general", Id, (Ben, "b")));
        await secondOfBen.Expect("MESSAGE");
        await secondOfBen.Ack(Id);
        await OfAda.Expect("DELIVERED", "message_id");
        await secondOfAda.Expect("DELIVERED", "message_id");
        await secondOfAda.ExpectSilence();
    }

    [Theory]
    [InlineData("""{"message_id":1}""")]
    [InlineData("""{"message_id":null}""")]
    [InlineData("""{"message_id":{}}""")]
    [InlineData("""{"message_id":"nobody sent this"}""")]
    [InlineData("{}")]
    public async Task An_acknowledgement_of_nothing_harms_nobody(string payload)
    {
        await OfBen.Send("ACK", JsonNode.Parse(payload));
        await OfBen.Settle();
        await OfAda.ExpectSilence();
    }

    [Fact]
    public async Task What_is_not_acknowledged_within_ten_seconds_is_undelivered_once()
    {
        var nobody = Envelope.NewId();
        var partly = Envelope.NewId();
        var delivered = Envelope.NewId();
        await using var second = await Ada.Connects();
        var sent = Stopwatch.GetTimestamp();
        await Sent(OfAda, Ada.Message("general", Id, (Ben, "not acknowledged")));
        await Sent(OfAda, Ada.Message("general", nobody));
        await Sent(OfAda, Ada.Message("general", partly, (Ben, "b"), (Cleo, "c")));
        await Sent(OfAda, Ada.Message("general", delivered, (Ben, "b")));
        await OfBen.Ack(partly);
        await OfBen.Ack(delivered);
        await OfAda.Expect("DELIVERED", "message_id");

        foreach (var socket in new[] { OfAda, second })
        {
            var undelivered = new List<string>();
            while (undelivered.Count < 3)
            {
                undelivered.Add((await socket.Expect("UNDELIVERED", "message_id")).Text("message_id"));
            }

            undelivered.ShouldBe([Id, nobody, partly], ignoreOrder: true);
        }

        Stopwatch.GetElapsedTime(sent).TotalSeconds.ShouldBeInRange(9.9, 12.5);

        // Too late: an end is an end.
        await OfBen.Ack(Id);
        await OfCleo.Ack(partly);
        await OfBen.Settle();
        await OfCleo.Settle();
        await OfAda.ExpectSilence();
    }

    /// <summary>Sends a message and waits until the server has it: an acknowledgement on another socket could otherwise come first.</summary>
    private static async Task Sent(ClientSocket socket, JsonObject message)
    {
        await socket.Send("MESSAGE", message);
        await socket.Settle();
    }
}
