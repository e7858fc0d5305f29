namespace SecureChat.EnduranceTests;

/// <summary>Whether messages go on, whatever has happened to the relay.</summary>
internal static class Passing
{
    /// <summary>A message of the first member reaches the second; its id.</summary>
    public static async Task<string> Passes(this Circle circle, ClientSocket sender, ClientSocket reader)
    {
        string id = Envelope.NewId();
        await sender.Send("MESSAGE", circle[0].Message("general", id, (circle[1], "blob")));
        (await reader.Expect("MESSAGE", Envelope.Fields)).Text("message_id").ShouldBe(id);
        return id;
    }
}
