namespace SecureChat.EnduranceTests.Hostile;

/// <summary>
/// A circle of three on a relay that is attacked: two who are connected all the time, and Cleo, in whose name everything hostile comes.
/// </summary>
internal sealed class Attacked : IAsyncDisposable
{
    private string outputBefore = "";

    private Attacked(Circle circle) => Circle = circle;

    public Circle Circle { get; }

    public RelayProcess Relay => Circle.Relay;

    public Person Ada => Circle[0];

    public Person Ben => Circle[1];

    public Person Cleo => Circle[2];

    private ClientSocket OfAda { get; set; } = null!;

    private ClientSocket OfBen { get; set; } = null!;

    /// <summary>Takes over the relay, which was attacked before it had a founder.</summary>
    public static async Task<Attacked> Found(RelayProcess relay)
    {
        Attacked attacked = new(await Circle.FoundOn(relay, 3)) { outputBefore = relay.Output };
        attacked.OfAda = await attacked.Ada.Connects();
        attacked.OfBen = await attacked.Ben.Connects();
        return attacked;
    }

    /// <summary>
    /// Somebody asks, is voted in by all three, is sent a message, ACKs it, Ada has it DELIVERED, and the newcomer leaves. The circle is
    /// then the one that it was, and nothing was logged.
    /// </summary>
    public async Task FullRoundTrip()
    {
        await OfAda.Drain();
        await OfBen.Drain();
        (await Ada.Locks(false)).Status.ShouldBe(200);
        foreach (var request in (await Ada.Get("/api/join-requests")).Json.GetProperty("requests").EnumerateArray())
        {
            // Whatever hostile requests have left.
            await Ada.Rejects(request.Text("request_id"));
        }

        (await Ada.Get("/api/members")).Json.GetProperty("members").EnumerateArray().Select(member => member.Text("id"))
            .ShouldBe([Ada.Id, Ben.Id, Cleo.Id], ignoreOrder: true);
        var newcomer = Circle.Stranger();
        await Circle.Admit(newcomer);
        await using (var socket = await newcomer.Connects())
        {
            var id = Envelope.NewId();
            await OfAda.Send("MESSAGE", Ada.Message("general", id, (newcomer, "round"), (Ben, "trip")));
            (await socket.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("round");
            await socket.Ack(id);
            (await OfBen.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("trip");
            await OfBen.Ack(id);
            (await OfAda.Expect("DELIVERED")).Text("message_id").ShouldBe(id);
        }

        await Circle.Leave(newcomer);
        Relay.Output.ShouldBe(outputBefore, "nothing that a client does is logged");
    }

    public async ValueTask DisposeAsync()
    {
        await OfAda.DisposeAsync();
        await OfBen.DisposeAsync();
        await Circle.DisposeAsync();
    }
}
