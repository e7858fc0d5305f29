using Microsoft.Extensions.Time.Testing;
using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class DeadlineTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task Without_AUTH_a_connection_ends_after_ten_seconds()
    {
        await using RelayHost host = await RelayHost.StartAsync(new RelayLimits(), clock, "ada");
        using RawSocket silent = await host.ConnectAsync();
        using RawSocket pinging = await host.ConnectAsync();
        await pinging.SendAsync(0x89);
        (await pinging.ReceiveFrameAsync()).FirstByte.ShouldBe(0x8A);

        clock.Advance(TimeSpan.FromSeconds(9.9));
        await silent.SendAsync(0x89);
        (await silent.ReceiveFrameAsync()).FirstByte.ShouldBe(0x8A);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        (await silent.ReceiveAsync()).ShouldBe("""{"type":"AUTH_FAILED","payload":{"reason":"Authentication timeout"}}""");
        (await silent.CloseCodeAsync()).ShouldBe(CloseCode.PolicyViolation);
        await pinging.ReceiveAsync("AUTH_FAILED");
        await pinging.CloseAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        (await silent.ReceiveFrameAsync()).FirstByte.ShouldBe(-1);
    }

    [Fact]
    public async Task Silence_is_pinged_and_who_answers_lives_for_ever()
    {
        await using RelayHost host = await RelayHost.StartAsync(new RelayLimits(), clock, "ada");
        using RawSocket ada = await host.LogInAsync("ada");

        for (int i = 0; i < 5; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            clock.Advance(TimeSpan.FromSeconds(111));
            (await ada.ReceiveFrameAsync()).FirstByte.ShouldBe(0x89);
            await ada.SendAsync(0x8A);
            await ada.PingPongAsync();
        }
    }

    [Fact]
    public async Task A_ping_without_an_answer_ends_the_connection_after_a_minute()
    {
        await using RelayHost host = await RelayHost.StartAsync(new RelayLimits(), clock, "ada");
        using RawSocket ada = await host.LogInAsync("ada");

        clock.Advance(TimeSpan.FromSeconds(10));
        clock.Advance(TimeSpan.FromSeconds(111));
        (await ada.ReceiveFrameAsync()).FirstByte.ShouldBe(0x89);
        clock.Advance(TimeSpan.FromSeconds(59));
        host.Hub.IsOnline(host.Circle["ada"].Member).ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(2));

        (await ada.CloseCodeAsync()).ShouldBe(CloseCode.PolicyViolation);
        clock.Advance(TimeSpan.FromSeconds(2));
        (await ada.ReceiveFrameAsync()).FirstByte.ShouldBe(-1);
    }

    [Fact]
    public async Task A_message_that_is_not_finished_ends_the_connection()
    {
        await using RelayHost host = await RelayHost.StartAsync(new RelayLimits(), clock, "ada");
        using RawSocket ada = await host.LogInAsync("ada");
        await ada.SendAsync(0x01, 0x20);
        await ada.SendAsync(0x89);
        (await ada.ReceiveFrameAsync()).FirstByte.ShouldBe(0x8A);
        for (int i = 0; i < 11; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await ada.SendAsync(0x00, 0x20);
            await ada.SendAsync(0x89);
            (await ada.ReceiveFrameAsync()).FirstByte.ShouldBe(0x8A);
        }

        clock.Advance(TimeSpan.FromSeconds(11));

        (await ada.CloseCodeAsync()).ShouldBe(CloseCode.PolicyViolation);
    }

    [Fact]
    public async Task Who_does_not_read_is_closed_and_nobody_else_notices()
    {
        await using RelayHost host = await RelayHost.StartAsync(
            new RelayLimits { CloseWithin = TimeSpan.FromMilliseconds(100) }, TimeProvider.System, "ada", "bob", "cyd");
        using RawSocket ada = await host.LogInAsync("ada");
        using RawSocket cyd = await host.LogInAsync("cyd");
        using RawSocket stuck = await RawSocket.ConnectAsync(host.Port, receiveBuffer: 4096);
        await stuck.SendAsync(host.Circle["bob"].Auth());
        await stuck.PingPongAsync();
        string message = $$$"""{"type":"MESSAGE","payload":{"channel_id":"general","sender_id":"ada","recipients":[{"member_id":"bob","encrypted_blob":"{{{new string('x', 65536)}}}"},{"member_id":"cyd","encrypted_blob":"c"}]}}""";

        int sent = 0;
        string received = "";
        while (received != """{"type":"MEMBER_LEFT","payload":{"member_id":"bob"}}""" && sent++ < 2000)
        {
            await ada.SendAsync(message);
            received = await cyd.ReceiveAsync();
        }

        sent.ShouldBeLessThan(2000);
    }
}
