using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SecureChat.SystemTests.Harness;

/// <summary>Somebody with an id, a name, keys and an address, who may or may not be a member of the relay's circle.</summary>
public sealed class Person
{
    private readonly Lock stamping = new();
    private long lastTimestamp;

    public Person(RelayProcess relay, string? id = null, string? name = null, KeyPair? key = null)
    {
        var number = relay.NextPerson();
        Relay = relay;
        Id = id ?? new Guid(RandomNumberGenerator.GetBytes(16)).ToString();
        Name = name ?? $"Person {number}";
        Key = key ?? KeyPair.FromPool(number);
        PublicKey = Key.PublicPem;
        Curve25519 = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        Address = number < 250 ? $"203.0.113.{number}" : $"198.18.{number / 250}.{number % 250}";
    }

    public RelayProcess Relay { get; }

    public string Id { get; }

    public string Name { get; set; }

    public KeyPair Key { get; set; }

    /// <summary>The PEM text as it is sent.</summary>
    public string PublicKey { get; set; }

    public string Curve25519 { get; set; }

    /// <summary>The address that a trusted proxy would report: one of those kept for documentation and tests, everybody's own.</summary>
    public string Address { get; set; }

    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Signs the present time, or a later one: a pair of member and time is good for one change only.</summary>
    public Credentials Sign()
    {
        lock (stamping)
        {
            lastTimestamp = Math.Max(Now, lastTimestamp + 1);
            return SignAt(lastTimestamp);
        }
    }

    public Credentials SignAt(long timestamp) => new(Id, Key.Sign(Id + timestamp), timestamp.ToString());

    /// <summary>The body of a join request.</summary>
    public JsonObject Asking() => new()
    {
        ["id"] = Id,
        ["display_name"] = Name,
        ["public_key"] = PublicKey,
        ["curve25519_public_key"] = Curve25519,
    };

    /// <summary>The body of the founder's registration.</summary>
    public JsonObject Founding(string founderKey = RelayProcess.FounderKey)
    {
        var body = Asking();
        body["founder_key"] = founderKey;
        return body;
    }

    public Task<Answer> Registers(string founderKey = RelayProcess.FounderKey) =>
        Relay.Post("/api/register", Founding(founderKey), Address);

    public Task<Answer> Asks() => Relay.Post("/api/join-request", Asking(), Address);

    /// <summary>Asks to join, successfully, and returns the id of the request.</summary>
    public async Task<string> HasAsked() => (await Asks()).ShouldSucceed("request_id", "expires_at").Text("request_id");

    public Task<Answer> Votes(string request, bool approved, Credentials? credentials = null) =>
        Post($"/api/approve/{request}", new JsonObject { ["approved"] = approved }, credentials);

    public Task<Answer> Locks(bool locked, Credentials? credentials = null) =>
        Post("/api/lock-requests", new JsonObject { ["locked"] = locked }, credentials);

    public async Task Approves(string request) => (await Votes(request, approved: true)).Status.ShouldBe(200);

    public async Task Rejects(string request) => (await Votes(request, approved: false)).Status.ShouldBe(200);

    public async Task Leaves() => (await Delete($"/api/members/{Id}")).ShouldSucceed("success").Flag("success").ShouldBeTrue();

    public Task<Answer> Get(string path, Credentials? credentials = null) =>
        Relay.Send(HttpMethod.Get, path, credentials: credentials ?? Sign(), from: Address);

    public Task<Answer> Post(string path, JsonNode? body, Credentials? credentials = null) =>
        Post(path, body?.ToJsonString() ?? "null", credentials);

    public Task<Answer> Post(string path, string body, Credentials? credentials = null) =>
        Relay.Send(HttpMethod.Post, path, Http.Json(body), credentials ?? Sign(), Address);

    public Task<Answer> Delete(string path, Credentials? credentials = null) =>
        Relay.Send(HttpMethod.Delete, path, credentials: credentials ?? Sign(), from: Address);

    /// <summary>Whether this member sees another one online.</summary>
    public async Task<bool> SeesOnline(Person other) =>
        (await Get("/api/members")).Json.GetProperty("members").One("id", other.Id).Flag("online");

    /// <summary>Opens a socket and authenticates; whatever the server sends because of that has arrived when this returns.</summary>
    public async Task<ClientSocket> Connects()
    {
        var socket = await ClientSocket.Open(Relay, from: Address);
        await socket.Authenticate(Sign());
        await socket.Settle();
        return socket;
    }
}
