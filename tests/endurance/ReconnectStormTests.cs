using System.Globalization;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// One member reconnects again and again, each time before the last socket has died: that one is closed politely or vanishes, and others of
/// the member are reset, closed by half, or forgotten without a word. Numbered messages are in flight all the time. None is lost, each is
/// DELIVERED, and the member is not said to have left before the last socket is gone.
/// </summary>
/// <remarks>
/// The next socket has been answered (PONG) before the last one is read for the last time and ends. So the member is connected without a
/// gap, and what the next one reads must go on where the last one ended, or before.
/// </remarks>
[Collection(nameof(Alone))]
public sealed class ReconnectStormTests(ITestOutputHelper output)
{
    private const int InFlight = 8;

    private static readonly int Storms = Amount.Of(200, 2_000);

    private readonly SortedDictionary<string, int> ends = [];
    private readonly Queue<RawConnection> forgotten = new();
    private long received;

    [Fact]
    public async Task No_message_is_lost_and_nobody_is_said_to_have_left()
    {
        var dice = Dice.Of(output);
        await using var circle = await Circle.Found(3);
        await using var sender = await circle[0].Connects();
        await using var witness = await circle[2].Connects();
        var current = await circle[1].Connects();
        using var over = new CancellationTokenSource();
        var sending = SendWithoutPause(circle, sender, over.Token);
        for (var storm = 0; storm < Storms; storm++)
        {
            var next = await circle[1].Connects();
            if (dice.Below(3) == 0)
            {
                await ComeAndDie(circle[1], dice.Below(3));
            }

            await ReadOn(current);
            await End(current, politely: dice.Below(2) == 0);
            current = next;
            await ReadOn(current);
            await witness.ExpectNo("MEMBER_LEFT");
            (await circle[2].SeesOnline(circle[1])).ShouldBeTrue();
        }

        await over.CancelAsync();
        while (!sending.IsCompleted)
        {
            await ReadOn(current);
        }

        (await sending).ShouldBe(received);
        output.WriteLine($"{Storms} reconnects, {received} messages, all of them received and delivered; {string.Join(", ", ends.Select(end => $"{end.Value} {end.Key}"))}");

        await End(current, politely: true);
        while (forgotten.TryDequeue(out var silent))
        {
            silent.Reset();
        }

        (await witness.Expect("MEMBER_LEFT", "member_id")).Text("member_id").ShouldBe(circle[1].Id);
        await witness.ExpectNo("MEMBER_LEFT");
        circle.Relay.Output.ShouldNotContain("Unexpected");
    }

    private static async Task<long> SendWithoutPause(Circle circle, ClientSocket sender, CancellationToken over)
    {
        var channel = Envelope.DirectChannel(circle[0], circle[1]);
        long sent = 0;
        while (!over.IsCancellationRequested)
        {
            for (var place = 0; place < InFlight; place++)
            {
                await sender.Send("MESSAGE", circle[0].Message(channel, (++sent).ToString(CultureInfo.InvariantCulture), (circle[1], "hello")));
            }

            for (var place = 0; place < InFlight; place++)
            {
                await sender.Expect("DELIVERED");
            }
        }

        await sender.ExpectNo("UNDELIVERED");
        return sent;
    }

    // What has come since the last look goes on without a gap, on whichever socket; what is new is acknowledged.
    private async Task ReadOn(ClientSocket socket)
    {
        var numbers = (await socket.Drain()).Where(frame => frame.Type == "MESSAGE")
            .Select(frame => long.Parse(frame.Payload.Text("message_id"), CultureInfo.InvariantCulture)).ToList();
        for (var place = 0; place < numbers.Count; place++)
        {
            numbers[place].ShouldBe(numbers[0] + place);
            numbers[place].ShouldBeLessThanOrEqualTo(received + 1, "a message was lost");
            if (numbers[place] > received)
            {
                received = numbers[place];
                await socket.Ack(received.ToString(CultureInfo.InvariantCulture));
            }
        }

        // The ACKs have been read before the socket ends.
        await socket.Settle();
    }

    private async Task End(ClientSocket socket, bool politely)
    {
        if (politely)
        {
            await socket.Close();
        }
        else
        {
            socket.Abort();
        }

        await socket.DisposeAsync();
        Count(politely ? "closed" : "gone without a word");
    }

    // A further socket of the same member, which never reads anything.
    private async Task ComeAndDie(Person member, int how)
    {
        var connection = await RawConnection.Open(member.Relay);
        await connection.Authenticate(member.Sign());
        switch (how)
        {
            case 0:
                connection.Reset();
                Count("reset");
                break;
            case 1:
                connection.HalfClose();
                Count("closed by half");
                break;
            default:
                Count("forgotten");
                break;
        }

        forgotten.Enqueue(connection);
        if (forgotten.Count > 2)
        {
            forgotten.Dequeue().Reset();
        }
    }

    private void Count(string end) => ends[end] = ends.GetValueOrDefault(end) + 1;
}
