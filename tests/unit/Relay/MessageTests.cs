using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class MessageTests
{
    private static readonly string KeyOfAda = SomeCircle.KeyOf(0);
    private static readonly string KeyOfBob = SomeCircle.KeyOf(1);

    [Fact]
    public async Task Each_recipient_gets_the_message_with_its_own_blob_only()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob", "cyd");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        using RawSocket cyd = await host.LogInAsync("cyd");

        await ada.SendAsync(
            """{"type":"MESSAGE","payload":{"channel_id":"general","message_id":"m1","sender_id":"ada","sender_curve25519_public_key":"mine","recipients":[{"member_id":"bob","encrypted_blob":"for bob"},{"member_id":"cyd","encrypted_blob":"for cyd"}]}}""");

        (await bob.ReceiveAsync()).ShouldBe(
            """{"type":"MESSAGE","payload":{"channel_id":"general","message_id":"m1","encrypted_blob":"for bob","sender_id":"ada","sender_name":"Name of ada","sender_curve25519_public_key":"mine"}}""");
        (await cyd.ReceiveAsync("MESSAGE"))["encrypted_blob"]!.GetValue<string>().ShouldBe("for cyd");
        await bob.PingPongAsync();
        await ada.PingPongAsync();
    }

    [Fact]
    public async Task The_old_form_goes_to_everybody_else_in_the_channel()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob", "cyd");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        using RawSocket cyd = await host.LogInAsync("cyd");

        await ada.SendAsync(Message("general", "\"encrypted_blob\":\"same\",\"recipients\":null"));
        (await bob.ReceiveAsync("MESSAGE"))["encrypted_blob"]!.GetValue<string>().ShouldBe("same");
        (await cyd.ReceiveAsync("MESSAGE"))["encrypted_blob"]!.GetValue<string>().ShouldBe("same");

        string large = new('x', 100_000);
        await ada.SendAsync(Message("ada:bob", $"\"encrypted_blob\":\"{large}\""));
        (await bob.ReceiveAsync("MESSAGE"))["encrypted_blob"]!.GetValue<string>().ShouldBe(large);
        await ada.SendAsync(Message("general", $"\"encrypted_blob\":\"{large}\""));
        (await bob.ReceiveAsync("MESSAGE"))["encrypted_blob"]!.GetValue<string>().ShouldBe(large);
        (await cyd.ReceiveAsync("MESSAGE"))["encrypted_blob"]!.GetValue<string>().ShouldBe(large);
        await ada.PingPongAsync();
    }

    [Fact]
    public async Task What_is_passed_through_stays_as_it_stands_byte_for_byte()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");

        await ada.SendAsync(
            """{ "payload" : { "recipients":[ {"x":[1,{}],"encrypted_blob":"\u0041\ud800\u0000\/ü+","member_id":"\u0062ob"} ], "message_id":"\udfff\"", "sender_id":"\u0061da", "channel_id":"\u0067eneral", "more":{"member_id":1} }, "\u0074ype":"MESSAGE" }""");

        (await bob.ReceiveAsync()).ShouldBe(
            """{"type":"MESSAGE","payload":{"channel_id":"\u0067eneral","message_id":"\udfff\"","encrypted_blob":"\u0041\ud800\u0000\/ü+","sender_id":"ada","sender_name":"Name of ada","sender_curve25519_public_key":"KEY"}}"""
                .Replace("KEY", KeyOfAda));
    }

    [Fact]
    public async Task A_binary_frame_and_fragments_are_read_like_a_text_frame()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        byte[] frame = Encoding.UTF8.GetBytes(Message("general", "\"encrypted_blob\":\"ü\""));

        await ada.SendAsync(0x82, frame);
        (await bob.ReceiveAsync("MESSAGE"))["encrypted_blob"]!.GetValue<string>().ShouldBe("ü");

        await ada.SendAsync(0x01, frame[..40]);
        await ada.SendAsync(0x89, 1, 2, 3);
        for (int i = 40; i < frame.Length; i++)
        {
            await ada.SendAsync(0x00, frame[i]);
        }

        await ada.SendAsync(0x80);
        (await bob.ReceiveAsync("MESSAGE"))["encrypted_blob"]!.GetValue<string>().ShouldBe("ü");
        (await ada.ReceiveFrameAsync()).Payload.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Malformed_entries_outsiders_the_sender_and_second_entries_are_skipped()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob", "cyd");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        using RawSocket cyd = await host.LogInAsync("cyd");

        await ada.SendAsync(Message("ada:bob", """
            "recipients":[null,1,"bob",["bob"],{"member_id":"bob"},{"member_id":"bob","encrypted_blob":7},{"member_id":"bob","encrypted_blob":""},
            {"member_id":3,"encrypted_blob":"x"},{"member_id":"cyd","encrypted_blob":"x"},{"member_id":"ada","encrypted_blob":"x"},{"member_id":"zed","encrypted_blob":"x"},
            {"member_id":"bob","encrypted_blob":"first"},{"member_id":"bob","encrypted_blob":"second"}]
            """));

        (await bob.ReceiveAsync("MESSAGE"))["encrypted_blob"]!.GetValue<string>().ShouldBe("first");
        await bob.PingPongAsync();
        await cyd.PingPongAsync();
        await ada.PingPongAsync();
    }

    [Fact]
    public async Task All_connections_of_a_recipient_get_it_and_the_senders_other_ones_do_not()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket second = await host.LogInAsync("ada");
        using RawSocket phone = await host.LogInAsync("bob");
        using RawSocket desk = await host.LogInAsync("bob");

        await ada.SendAsync(Message("general", "\"message_id\":\"m\",\"encrypted_blob\":\"b\""));
        await phone.ReceiveAsync("MESSAGE");
        await desk.ReceiveAsync("MESSAGE");
        await second.PingPongAsync();

        await desk.SendAsync("""{"type":"ACK","payload":{"message_id":"m"}}""");
        (await ada.ReceiveAsync()).ShouldBe("""{"type":"DELIVERED","payload":{"message_id":"m"}}""");
        await second.ReceiveAsync("DELIVERED");
    }

    [Fact]
    public async Task Delivered_comes_when_all_named_have_ACKed_once_each_whatever_the_id_looks_like()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob", "cyd");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        using RawSocket cyd = await host.LogInAsync("cyd");
        await ada.SendAsync(Message("general", "\"message_id\":\"\\u006d\\ud83d\\ude00\\udc00\",\"encrypted_blob\":\"b\""));
        await bob.ReceiveAsync("MESSAGE");
        await cyd.ReceiveAsync("MESSAGE");

        for (int i = 0; i < 3; i++)
        {
            await bob.SendAsync("""{"type":"ACK","payload":{"message_id":"m😀\udc00"}}""");
        }

        await ada.SendAsync("""{"type":"ACK","payload":{"message_id":"m😀\udc00"}}""");
        await bob.PingPongAsync();
        await ada.PingPongAsync();
        await cyd.SendAsync("""{"type":"ACK","payload":{"message_id":"\u006d\uD83D\ude00\udc00"}}""");
        (await ada.ReceiveAsync()).ShouldBe("""{"type":"DELIVERED","payload":{"message_id":"\u006d\ud83d\ude00\udc00"}}""");
    }

    [Fact]
    public async Task Undelivered_comes_after_ten_seconds_when_somebody_has_not_ACKed()
    {
        FakeTimeProvider clock = new();
        await using RelayHost host = await RelayHost.StartAsync(new RelayLimits(), clock, "ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        await ada.SendAsync(Message("general", "\"message_id\":\"m\",\"encrypted_blob\":\"b\""));
        await ada.SendAsync(Message("general", "\"message_id\":\"n\",\"recipients\":[]"));
        await ada.PingPongAsync();

        clock.Advance(TimeSpan.FromSeconds(9.9));
        await ada.PingPongAsync();
        clock.Advance(TimeSpan.FromSeconds(0.1));
        (await ada.ReceiveAsync()).ShouldBe("""{"type":"UNDELIVERED","payload":{"message_id":"m"}}""");
        (await ada.ReceiveAsync()).ShouldBe("""{"type":"UNDELIVERED","payload":{"message_id":"n"}}""");
    }

    public static TheoryData<string, string, bool> Refused => new()
    {
        { """{"type":"MESSAGE","payload":{"channel_id":"general","message_id":"m","sender_id":"bob","encrypted_blob":"b"}}""", "not_yourself", true },
        { """{"type":"MESSAGE","payload":{"channel_id":"nowhere","message_id":"m","sender_id":"ada","encrypted_blob":"b"}}""", "channel_not_found", true },
        { """{"type":"MESSAGE","payload":{"channel_id":"bob:cyd","message_id":"m","sender_id":"ada","encrypted_blob":"b"}}""", "channel_not_found", true },
        { """{"type":"MESSAGE","payload":{"channel_id":"general","message_id":"m","sender_id":"ada","recipients":{}}}""", "invalid_recipients", true },
        { """{"type":"MESSAGE","payload":{"channel_id":"general","message_id":"m","sender_id":"ada"}}""", "missing_fields", true },
        { """{"type":"MESSAGE","payload":{"channel_id":7,"message_id":"m","sender_id":"ada","encrypted_blob":"b"}}""", "missing_fields", true },
        { """{"type":"MESSAGE","payload":{"channel_id":"general","message_id":"m","sender_id":"ada","encrypted_blob":"b","sender_curve25519_public_key":1}}""", "invalid_sender_key", true },
        { """{"type":"MESSAGE","payload":{"channel_id":"general","message_id":7,"sender_id":"ada","encrypted_blob":"b"}}""", "invalid_message_id", false },
        { """{"type":"MESSAGE","payload":{"channel_id":"general","channel_id":"general","sender_id":"ada","encrypted_blob":"b"}}""", "duplicate_field", false },
        { """{"type":"MESSAGE","payload":{"channel_id":"general","sender_id":"ada","recipients":[{"member_id":"bob","encrypted_blob":"b","encrypted_\u0062lob":"c"}]}}""", "duplicate_field", false },
        { """{"type":"MESSAGE","payload":[]}""", "invalid_frame", false },
        { """{"type":"MESSAGE"}""", "invalid_frame", false },
        { """{"type":7,"payload":{}}""", "invalid_frame", false },
        { "null", "invalid_frame", false },
        { "[1]", "invalid_frame", false },
        { "", "invalid_json", false },
        { "{\"type\":\"PING\"} x", "invalid_json", false },
        { "{\"type\":\"MESSAGE\",\"payload\":{\"x\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}}", "invalid_json", false },
        { """{"type":"ACK","payload":{}}""", "missing_fields", false },
        { """{"type":"ACK","payload":{"message_id":["m"]}}""", "invalid_message_id", false },
        { """{"type":"KEY_DISTRIBUTION","payload":{"from_member_id":"bob","to_member_id":"bob","channel_id":"general","encrypted_key_blob":"k"}}""", "not_yourself", false },
        { """{"type":"KEY_DISTRIBUTION","payload":{"from_member_id":"ada","to_member_id":"bob","channel_id":"x","encrypted_key_blob":"k"}}""", "channel_not_found", false },
        { """{"type":"KEY_DISTRIBUTION","payload":{"from_member_id":"ada","to_member_id":"bob","channel_id":"general"}}""", "missing_fields", false },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_refused_frame_gets_an_ERROR_and_nobody_else_hears_of_it(string frame, string code, bool withId)
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob", "cyd");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");

        await ada.SendAsync(frame);

        JsonNode error = await ada.ReceiveAsync("ERROR");
        error["code"]!.GetValue<string>().ShouldBe(code);
        error["reason"]!.GetValue<string>().ShouldNotBeEmpty();
        error["message_id"]?.GetValue<string>().ShouldBe("m");
        (error["message_id"] is not null).ShouldBe(withId);
        await ada.PingPongAsync();
        await bob.PingPongAsync();
    }

    [Fact]
    public async Task An_id_may_have_1024_bytes_and_no_more()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");

        await ada.SendAsync(Message("general", $"\"message_id\":\"{new string('i', 1023)}\\u0069\",\"encrypted_blob\":\"b\""));
        await bob.ReceiveAsync("MESSAGE");
        await ada.SendAsync(Message("general", $"\"message_id\":\"{new string('i', 1025)}\",\"encrypted_blob\":\"b\""));
        (await ada.ReceiveAsync("ERROR"))["code"]!.GetValue<string>().ShouldBe("invalid_message_id");
    }

    [Fact]
    public async Task An_id_that_is_pending_can_not_be_used_again_until_it_has_ended()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        string message = Message("general", "\"message_id\":\"m\",\"encrypted_blob\":\"b\"");

        await ada.SendAsync(message);
        await bob.ReceiveAsync("MESSAGE");
        await ada.SendAsync(message);
        (await ada.ReceiveAsync("ERROR")).ToJsonString().ShouldBe(
            """{"code":"duplicate_message_id","reason":"A message with this message_id is still pending","message_id":"m"}""");
        await bob.PingPongAsync();
        await bob.SendAsync("""{"type":"ACK","payload":{"message_id":"m"}}""");
        await ada.ReceiveAsync("DELIVERED");
        await ada.SendAsync(message);
        await bob.ReceiveAsync("MESSAGE");
    }

    [Fact]
    public async Task Without_an_id_a_message_is_forwarded_without_the_field()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");

        foreach (string id in new[] { "", "\"message_id\":null," })
        {
            await ada.SendAsync(Message("general", id + "\"encrypted_blob\":\"b\""));
            (await bob.ReceiveAsync("MESSAGE")).AsObject().ContainsKey("message_id").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Another_members_registered_key_is_replaced_by_the_senders_in_whatever_spelling()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        byte[] bobs = Convert.FromBase64String(KeyOfBob);
        byte[] highBit = [.. bobs[..^1], (byte)(bobs[^1] | 0x80)];
        string own = "AAAA" + KeyOfAda[4..];
        (string Sent, string Shown)[] cases =
        [
            (own, own), (KeyOfAda, KeyOfAda), ("", KeyOfAda), ("anything", "anything"), (new string('A', 5000), new string('A', 5000)),
            (KeyOfBob, KeyOfAda), (KeyOfBob.TrimEnd('='), KeyOfAda), (Convert.ToBase64String([5, .. bobs]), KeyOfAda),
            (Convert.ToBase64String(highBit), KeyOfAda), (" " + KeyOfBob + " ", KeyOfAda), (KeyOfBob.Replace("K", "\\u004b"), KeyOfAda), (KeyOfBob, KeyOfAda),
        ];
        foreach ((string sent, string shown) in cases)
        {
            await ada.SendAsync(Message("general", $"\"encrypted_blob\":\"b\",\"sender_curve25519_public_key\":\"{sent}\""));
            (await bob.ReceiveAsync("MESSAGE"))["sender_curve25519_public_key"]!.GetValue<string>().ShouldBe(shown);
        }
    }

    [Fact]
    public async Task A_key_is_handed_to_the_one_it_is_for_and_to_nobody_else()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada", "bob", "cyd");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket bob = await host.LogInAsync("bob");
        using RawSocket cyd = await host.LogInAsync("cyd");

        foreach (string to in new[] { "zed", "cyd", "bob" })
        {
            await ada.SendAsync($$$"""{"type":"KEY_DISTRIBUTION","payload":{"from_member_id":"ada","to_member_id":"{{{to}}}","channel_id":"ada:bob","encrypted_key_blob":"k\u0041"}}""");
        }

        (await bob.ReceiveAsync()).ShouldBe("""{"type":"KEY_DISTRIBUTION","payload":{"from_member_id":"ada","channel_id":"ada:bob","encrypted_key_blob":"k\u0041"}}""");
        await cyd.PingPongAsync();
        await ada.PingPongAsync();
    }

    [Fact]
    public async Task Unknown_types_are_ignored_whatever_they_carry()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada");
        using RawSocket ada = await host.LogInAsync("ada");

        await ada.SendAsync("""{"type":"SOMETHING_NEW"}""");
        await ada.SendAsync("""{"type":"SOMETHING_NEW","payload":[],"payload":1}""");
        await ada.SendAsync("""{"type":"PING","payload":{"recipients":1}}""");
        (await ada.ReceiveAsync()).ShouldBe("""{"type":"PONG"}""");
        await ada.PingPongAsync();
    }

    private static string Message(string channel, string rest) =>
        $$$"""{"type":"MESSAGE","payload":{"channel_id":"{{{channel}}}","sender_id":"ada",{{{rest}}}}}""";
}
