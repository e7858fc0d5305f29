using System.Diagnostics;

namespace SecureChat.SystemTests;

/// <summary>Receipts where a recipient is away or the sender has very many waiting.</summary>
public class PendingReceiptsTests
{
    [Fact]
    public async Task A_recipient_who_is_offline_counts_and_may_acknowledge_nothing()
    {
        await using var circle = await Circle.Found(3);
        await using var sender = await circle[0].Connects();
        await using var online = await circle[1].Connects();
        await sender.Send("MESSAGE", circle[0].Message("general", "m1", (circle[1], "b"), (circle[2], "c")));
        await online.Expect("MESSAGE", Envelope.Fields);
        await online.Ack("m1");
        await online.Settle();
        await sender.ExpectNo("DELIVERED");
        (await sender.Expect("UNDELIVERED", "message_id")).Text("message_id").ShouldBe("m1");
        await sender.ExpectSilence();

        // What came while a member was away is not kept for it.
        await using var late = await circle[2].Connects();
        await late.ExpectSilence();
    }

    [Fact]
    public async Task A_sender_may_have_8192_messages_pending_and_each_ends_once()
    {
        const int Count = 8_192;
        await using var circle = await Circle.Found(2);
        await using var sender = await circle[0].Connects();
        var started = Stopwatch.GetTimestamp();
        for (var number = 0; number < Count; number++)
        {
            await sender.Send("MESSAGE", circle[0].Message("general", $"m{number}", (circle[1], "b")));
        }

        await sender.Settle();
        if (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(9))
        {
            await sender.ExpectNo("UNDELIVERED");
        }

        var ended = new HashSet<string>();
        while (ended.Count < Count)
        {
            ended.Add((await sender.Expect("UNDELIVERED", "message_id")).Text("message_id")).ShouldBeTrue();
        }

        await sender.ExpectSilence();
    }
}
