using System.Text.Json.Nodes;

namespace SecureChat.EnduranceTests;

/// <summary>What people do in a circle all day, round after round; each round ends with what it began with.</summary>
/// <param name="circle">Its members stay; others come and go.</param>
/// <param name="dice">Decide who does what.</param>
/// <param name="done">How often each thing was done.</param>
internal sealed class CircleLife(Circle circle, Dice dice, Dictionary<string, int> done) : IAsyncDisposable
{
    private readonly List<ClientSocket> sockets = [];
    private readonly List<Person> visitors = [];
    private int rounds;

    public async Task Begin()
    {
        foreach (var member in circle.Members)
        {
            sockets.Add(await member.Connects());
        }

        // They come back again and again, so that what the relay has to remember does not grow with time.
        for (var count = 0; count < 4; count++)
        {
            visitors.Add(circle.Stranger());
        }
    }

    public async Task Round()
    {
        await Message();
        await Reconnect();
        if (++rounds % 4 == 0)
        {
            await Visit(visitors[rounds / 4 % visitors.Count]);
        }

        foreach (var socket in sockets)
        {
            // Nothing stays unread in the test either.
            await socket.Drain();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }
    }

    private async Task Message()
    {
        var from = dice.Below(sockets.Count);
        var others = Enumerable.Range(0, sockets.Count).Where(place => place != from).ToList();
        var (id, blob) = (Envelope.NewId(), new string('b', 100 + dice.Below(dice.Below(8) == 0 ? 300_000 : 3_000)));
        await sockets[from].Send("MESSAGE", dice.Below(2) == 0
            ? circle[from].OldMessage("general", id, blob)
            : circle[from].Message("general", id, [.. others.Select(place => (circle[place], blob))]));
        foreach (var place in others)
        {
            (await sockets[place].Expect("MESSAGE", Envelope.Fields)).Text("message_id").ShouldBe(id);
            await sockets[place].Ack(id);
        }

        (await sockets[from].Expect("DELIVERED")).Text("message_id").ShouldBe(id);
        Count("messages");
    }

    // A second socket before the first has ended, or after it; the end is polite or sudden.
    private async Task Reconnect()
    {
        var place = dice.Below(sockets.Count);
        var old = sockets[place];
        var (overlap, sudden) = (dice.Below(2) == 0, dice.Below(2) == 0);
        var next = overlap ? await circle[place].Connects() : null;
        if (sudden)
        {
            old.Abort();
        }
        else
        {
            await old.Close();
        }

        await old.DisposeAsync();
        sockets[place] = next ?? await circle[place].Connects();
        Count(sudden ? "sudden ends" : "polite ends");
    }

    private async Task Visit(Person visitor)
    {
        var request = await visitor.HasAsked();
        if (dice.Below(4) == 0)
        {
            await circle[dice.Below(circle.Members.Count)].Rejects(request);
            Count("rejections");
            return;
        }

        for (var place = 0; place < sockets.Count; place++)
        {
            await sockets[place].Expect("JOIN_REQUEST");
            await sockets[place].Send("JOIN_RESPONSE", new JsonObject { ["request_id"] = request, ["approved"] = true, ["member_id"] = circle[place].Id });
        }

        foreach (var socket in sockets)
        {
            await socket.Expect("MEMBER_JOINED");
        }

        await using var visiting = await visitor.Connects();
        var id = Envelope.NewId();
        await sockets[0].Send("MESSAGE", circle[0].Message(Envelope.DirectChannel(circle[0], visitor), id, (visitor, "welcome")));
        (await visiting.Expect("MESSAGE")).Text("message_id").ShouldBe(id);
        await visiting.Ack(id);
        await sockets[0].Expect("DELIVERED");
        await visitor.Leaves();
        await visiting.ExpectClosed();
        foreach (var socket in sockets)
        {
            await socket.Expect("MEMBER_LEFT");
        }

        Count("visits");
    }

    private void Count(string what) => done[what] = done.GetValueOrDefault(what) + 1;
}
