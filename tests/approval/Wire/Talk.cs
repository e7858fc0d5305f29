using System.Text;
using System.Text.Json;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>Frames as they go over the sockets of some people, written down to the byte, with names for what varies.</summary>
/// <param name="relay">To whom they talk.</param>
/// <param name="people">Whose keys get names.</param>
internal sealed class Talk(RelayProcess relay, params IEnumerable<Person> people) : IAsyncDisposable
{
    private readonly StringBuilder text = new();
    private readonly Dictionary<Person, Socket> sockets = [];

    public Aliases Aliases { get; } = new(people);

    /// <summary>Says what the next frames are about.</summary>
    public void Title(string title) => text.Append(text.Length == 0 ? "" : "\n").Append($"== {title}\n\n");

    /// <summary>Opens a socket for somebody, without a word.</summary>
    public async Task Open(Person person) => sockets[person] = await Socket.Open(relay, person);

    /// <summary>Opens a socket and authenticates; the PONG tells that it was accepted.</summary>
    public async Task Connect(params IReadOnlyList<Person> all)
    {
        foreach (Person person in all)
        {
            await Open(person);
            await Authenticate(person, person.Sign());
        }
    }

    public Task Authenticate(Person person, Login login)
    {
        Aliases.Add(login.Signature, "SIGNATURE");
        return Say(person, Frames.Auth(login));
    }

    /// <summary>Sends a text message.</summary>
    public async Task Say(Person person, string frame)
    {
        Write(person, '>', frame);
        await sockets[person].Send(frame);
    }

    /// <summary>What each of them gets next.</summary>
    public async Task Hear(params IReadOnlyList<Person> all)
    {
        foreach (Person person in all)
        {
            Write(person, '<', await sockets[person].Receive());
        }
    }

    /// <summary>The next frame of a type; frames before it are left out.</summary>
    public async Task HearOf(Person person, string type)
    {
        string frame;
        do
        {
            frame = await sockets[person].Receive();
        }
        while (JsonDocument.Parse(frame).RootElement.GetProperty("type").GetString() != type);

        Write(person, '<', frame);
    }

    /// <summary>Shows that nothing more came to any of them.</summary>
    public async Task AskForSilence(params IReadOnlyList<Person> all)
    {
        foreach (Person person in all)
        {
            await Say(person, """{"type":"PING"}""");
            await Hear(person);
        }
    }

    /// <summary>Ends somebody's connection.</summary>
    public Task Hang(Person person)
    {
        Write(person, '>', "(closes)");
        return sockets[person].Close();
    }

    private void Write(Person person, char direction, string frame) => text.Append($"{person.Name,-5} {direction} {frame}\n");

    public override string ToString() => Aliases.ApplyWithTimes(text.ToString());

    public async ValueTask DisposeAsync()
    {
        foreach (Socket socket in sockets.Values)
        {
            await socket.DisposeAsync();
        }
    }
}
