using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SecureChat.SystemTests.Harness;

/// <summary>Three members, each with an open socket, shared by a class of tests that leave the circle as it was.</summary>
public sealed class ConnectedCircle : IAsyncLifetime
{
    private readonly List<ClientSocket> sockets = [];

    public Circle Circle { get; private set; } = null!;

    public async Task InitializeAsync() => Circle = await Circle.Found(3);

    /// <summary>The sockets of the three, open and with nothing unread, whatever an earlier test did to them.</summary>
    public async Task<ClientSocket[]> Sockets()
    {
        for (var index = 0; index < Circle.Members.Count; index++)
        {
            if (index == sockets.Count)
            {
                sockets.Add(await Circle[index].Connects());
            }
            else if (!sockets[index].IsOpen)
            {
                sockets[index] = await Circle[index].Connects();
            }
        }

        foreach (var socket in sockets)
        {
            await socket.Drain();
        }

        return [.. sockets];
    }

    public async Task DisposeAsync()
    {
        foreach (var socket in sockets)
        {
            await socket.DisposeAsync();
        }

        await Circle.DisposeAsync();
    }
}

/// <summary>Tests in which three members talk over sockets that are open and have nothing unread when a test begins.</summary>
public abstract class ThreeWhoTalk(ConnectedCircle connected) : IClassFixture<ConnectedCircle>, IAsyncLifetime
{
    protected Circle Circle { get; } = connected.Circle;

    /// <summary>A message id of this test's own.</summary>
    protected string Id { get; } = Envelope.NewId();

    protected ClientSocket[] Sockets { get; private set; } = [];

    protected Person Ada => Circle[0];

    protected Person Ben => Circle[1];

    protected Person Cleo => Circle[2];

    protected ClientSocket OfAda => Sockets[0];

    protected ClientSocket OfBen => Sockets[1];

    protected ClientSocket OfCleo => Sockets[2];

    public async Task InitializeAsync() => Sockets = await connected.Sockets();

    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>What the three sent has been read, and nothing more came to any of them (an earlier test's message may end meanwhile).</summary>
    protected async Task ExpectSilence()
    {
        foreach (var socket in Sockets)
        {
            await socket.Settle();
        }

        foreach (var socket in Sockets)
        {
            await socket.ExpectSilence("UNDELIVERED");
        }
    }
}

/// <summary>Payloads of MESSAGE frames.</summary>
public static class Envelope
{
    public static readonly string[] Fields =
        ["channel_id", "message_id", "encrypted_blob", "sender_id", "sender_name", "sender_curve25519_public_key"];

    /// <summary>A message id that no other message has.</summary>
    public static string NewId() => new Guid(RandomNumberGenerator.GetBytes(16)).ToString();

    /// <summary>A message of this sender with one blob for each recipient.</summary>
    public static JsonObject Message(this Person sender, string channel, string messageId, params (Person To, string Blob)[] letters) => new()
    {
        ["channel_id"] = channel,
        ["message_id"] = messageId,
        ["sender_id"] = sender.Id,
        ["sender_curve25519_public_key"] = sender.Curve25519,
        ["recipients"] = new JsonArray([.. letters.Select(letter => Letter(letter.To.Id, letter.Blob))]),
    };

    /// <summary>The old form: one blob for everybody else in the channel.</summary>
    public static JsonObject OldMessage(this Person sender, string channel, string messageId, string blob) => new()
    {
        ["channel_id"] = channel,
        ["message_id"] = messageId,
        ["sender_id"] = sender.Id,
        ["sender_curve25519_public_key"] = sender.Curve25519,
        ["encrypted_blob"] = blob,
    };

    public static JsonObject Letter(string memberId, string blob) => new() { ["member_id"] = memberId, ["encrypted_blob"] = blob };

    public static Task Ack(this ClientSocket socket, string messageId) => socket.Send("ACK", new JsonObject { ["message_id"] = messageId });

    /// <summary>The id of the channel between two people.</summary>
    public static string DirectChannel(Person one, Person other) =>
        string.CompareOrdinal(one.Id, other.Id) < 0 ? $"{one.Id}:{other.Id}" : $"{other.Id}:{one.Id}";
}
