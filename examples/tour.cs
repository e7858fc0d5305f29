#:property PublishAot=false

// A tour of the relay, as a client sees it. Needs a relay without a founder, and nothing but the .NET SDK:
//
//     dotnet run examples/tour.cs -- http://localhost:3000 data/founder.key
//
// With https:// the sockets speak wss; --insecure accepts any certificate, for one that you made yourself.
// Each line that it prints was checked. It ends with 0 when everything was as docs/protocol.md says, and otherwise with 1.

using System.Globalization;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

bool insecure = args.Contains("--insecure");
string[] places = [.. args.Where(argument => argument != "--insecure")];
if (places.Length != 2
    || !Uri.TryCreate(places[0], UriKind.Absolute, out Uri? url)
    || url.Scheme is not ("http" or "https"))
{
    Console.Error.WriteLine("Usage: dotnet run examples/tour.cs -- <http(s)://host:port> <founder key file> [--insecure]");
    return 1;
}

try
{
    using Relay relay = new(url, insecure);
    await Tour(relay, places[1]);
    Console.WriteLine("Everything went as docs/protocol.md says.");
    return 0;
}
catch (TourFailedException failed)
{
    Console.Error.WriteLine($"The tour ends here: {failed.Message}");
    return 1;
}
catch (Exception lost) when (lost is HttpRequestException or WebSocketException or OperationCanceledException)
{
    Console.Error.WriteLine($"The tour ends here, the relay at {url} cannot be reached or does not answer: {lost.Message}");
    return 1;
}
catch (Exception surprise)
{
    Console.Error.WriteLine($"The tour ends here, by something that docs/protocol.md does not foresee: {surprise.Message}");
    return 1;
}

static async Task Tour(Relay relay, string founderKeyFile)
{
    // The relay is there, and fresh.
    JsonObject status = await relay.Get("/api/status");
    if (status["founder_set"]!.GetValue<bool>())
    {
        throw new TourFailedException(
            "this relay has a founder already, and there is only one. The tour needs a fresh one: start a relay with DATA_DIR set to an empty folder.");
    }

    if (!File.Exists(founderKeyFile))
    {
        throw new TourFailedException(
            $"there is no file {founderKeyFile}. The relay says at its start where it wrote the founder key; with the setting FOUNDER_KEY it writes none.");
    }

    string founderKey = (await File.ReadAllTextAsync(founderKeyFile)).Trim();
    Say("relay", $"\"{status["server_name"]}\" is online and has no founder yet");

    // A circle starts with its founder, who shows the key that only the operator has.
    using Person ada = new("Ada");
    JsonObject founding = ada.Introduction();
    founding["founder_key"] = founderKey;
    JsonObject founded = await relay.Post("/api/register", founding);
    Check(founded["is_founder"]!.GetValue<bool>() && (string?)founded["member_id"] == ada.Id, "Ada is the founder", founded);
    Say("Ada", "founds the circle");

    // Everybody else asks.
    using Person ben = new("Ben");
    JsonObject asked = await relay.Post("/api/join-request", ben.Introduction());
    string request = (string)asked["request_id"]!;
    Check((string?)(await relay.Get($"/api/join-request/{request}"))["status"] == "pending", "Ben's request is pending", asked);
    Say("Ben", "asks to be let in; his request is pending");

    // Whoever comes online is shown what is pending.
    await using Connection adas = await relay.Connect(ada);
    JsonObject shown = await adas.Expect("JOIN_REQUEST");
    Check((string?)shown["request_id"] == request && (string?)shown["requester_name"] == "Ben", "Ada is shown Ben's request", shown);
    Say("Ada", "connects, proves who she is, and is shown Ben's request");

    // She is the only member, so her vote is unanimity.
    JsonObject vote = await relay.Post($"/api/approve/{request}", new JsonObject { ["approved"] = true }, ada);
    Check((string?)vote["status"] == "approved", "Ada's vote admits Ben", vote);
    JsonObject joined = await adas.Expect("MEMBER_JOINED");
    Check((string?)joined["member_id"] == ben.Id && (string?)joined["curve25519_public_key"] == ben.Curve25519, "Ada is told Ben's key", joined);
    JsonObject resolved = await adas.Expect("JOIN_REQUEST_RESOLVED");
    Check((string?)resolved["status"] == "approved", "Ada is told how it ended", resolved);
    Check((string?)(await relay.Get($"/api/join-request/{request}"))["status"] == "approved", "Ben finds himself admitted", resolved);
    Say("Ada", "approves; as she is the only member, that is unanimous, and Ben is in");

    await using Connection bens = await relay.Connect(ben);
    await bens.Send("PING");
    await bens.Expect("PONG");
    JsonObject channels = await relay.Get("/api/channels", ben);
    string direct = string.CompareOrdinal(ada.Id, ben.Id) < 0 ? $"{ada.Id}:{ben.Id}" : $"{ben.Id}:{ada.Id}";
    string[] ids = [.. channels["channels"]!.AsArray().Select(channel => (string)channel!["id"]!)];
    Check(ids.Order().SequenceEqual(new[] { "general", direct }.Order()), "Ben is in general and in a channel with Ada", channels);
    Say("Ben", "connects and finds two channels: general, and one with Ada alone");

    // What a real client puts here is encrypted for Ben's Curve25519 key. The relay cannot tell, and must not care.
    string blob = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));
    string message = Guid.NewGuid().ToString();
    await adas.Send("MESSAGE", new JsonObject
    {
        ["channel_id"] = direct,
        ["message_id"] = message,
        ["sender_id"] = ada.Id,
        ["sender_curve25519_public_key"] = ada.Curve25519,
        ["recipients"] = new JsonArray(new JsonObject { ["member_id"] = ben.Id, ["encrypted_blob"] = blob }),
    });
    JsonObject received = await bens.Expect("MESSAGE");
    Check((string?)received["encrypted_blob"] == blob, "the blob arrives as it was sent", received);
    Check((string?)received["sender_name"] == "Ada" && (string?)received["message_id"] == message, "Ben sees who wrote", received);
    Say("Ada", "sends Ben 48 bytes that nobody else can read; they arrive unchanged");

    await bens.Send("ACK", new JsonObject { ["message_id"] = message });
    JsonObject delivered = await adas.Expect("DELIVERED");
    Check((string?)delivered["message_id"] == message, "Ada is told that her message arrived", delivered);
    Say("Ben", "acknowledges, and Ada is told: delivered");
}

static void Say(string who, string what) => Console.WriteLine($"{who,-6} {what}");

static void Check(bool holds, string expectation, JsonNode seen)
{
    if (!holds)
    {
        throw new TourFailedException($"expected that {expectation}, but the relay said {seen.ToJsonString()}");
    }
}

/// <summary>Something differs from what docs/protocol.md says.</summary>
internal sealed class TourFailedException(string message) : Exception(message);

/// <summary>Somebody with an id, a name and keys.</summary>
internal sealed class Person(string name) : IDisposable
{
    private readonly RSA rsa = RSA.Create(2048);
    private long lastTimestamp;

    public string Id { get; } = Guid.NewGuid().ToString();

    /// <summary>Any 32 bytes will do for a tour in which nothing is encrypted; a real client takes its X25519 public key.</summary>
    public string Curve25519 { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public JsonObject Introduction() => new()
    {
        ["id"] = Id,
        ["display_name"] = name,
        ["public_key"] = rsa.ExportSubjectPublicKeyInfoPem(),
        ["curve25519_public_key"] = Curve25519,
    };

    /// <summary>Signs id and time. A time is good for one change only, hence never the same one twice.</summary>
    public (string Timestamp, string Signature) Sign()
    {
        lastTimestamp = Math.Max(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), lastTimestamp + 1);
        string timestamp = lastTimestamp.ToString(CultureInfo.InvariantCulture);
        byte[] signature = rsa.SignData(Encoding.UTF8.GetBytes(Id + timestamp), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return (timestamp, Convert.ToBase64String(signature));
    }

    public void Dispose() => rsa.Dispose();
}

/// <summary>The relay: calls that must succeed, and sockets.</summary>
internal sealed class Relay : IDisposable
{
    private readonly Uri url;
    private readonly bool insecure;
    private readonly HttpClient http;

    public Relay(Uri url, bool insecure)
    {
        this.url = url;
        this.insecure = insecure;
        SocketsHttpHandler handler = new();
        if (insecure)
        {
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }

        http = new HttpClient(handler) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(15) };
    }

    public Task<JsonObject> Get(string path, Person? member = null) => Call(HttpMethod.Get, path, null, member);

    public Task<JsonObject> Post(string path, JsonObject body, Person? member = null) => Call(HttpMethod.Post, path, body, member);

    public async Task<Connection> Connect(Person member)
    {
        ClientWebSocket socket = new();
        if (insecure)
        {
            socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        }

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(15));
        await socket.ConnectAsync(new UriBuilder(url) { Scheme = url.Scheme == "https" ? "wss" : "ws" }.Uri, limit.Token);
        Connection connection = new(socket);
        (string timestamp, string signature) = member.Sign();
        await connection.Send("AUTH", new JsonObject
        {
            ["member_id"] = member.Id,
            ["timestamp"] = long.Parse(timestamp, CultureInfo.InvariantCulture),
            ["signature"] = signature,
        });
        return connection;
    }

    private async Task<JsonObject> Call(HttpMethod method, string path, JsonObject? body, Person? member)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        }

        if (member is not null)
        {
            (string timestamp, string signature) = member.Sign();
            request.Headers.Add("x-member-id", member.Id);
            request.Headers.Add("x-timestamp", timestamp);
            request.Headers.Add("x-signature", signature);
        }

        using HttpResponseMessage response = await http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode && text.StartsWith('{')
            ? JsonNode.Parse(text)!.AsObject()
            : throw new TourFailedException($"{method} {path} was answered with {(int)response.StatusCode} {text}");
    }

    public void Dispose() => http.Dispose();
}

/// <summary>One WebSocket; frames are JSON texts with a type and, most of them, a payload.</summary>
internal sealed class Connection(ClientWebSocket socket) : IAsyncDisposable
{
    private readonly List<JsonObject> unread = [];

    public async Task Send(string type, JsonObject? payload = null)
    {
        JsonObject frame = new() { ["type"] = type };
        if (payload is not null)
        {
            frame["payload"] = payload;
        }

        await socket.SendAsync(Encoding.UTF8.GetBytes(frame.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }

    /// <summary>The payload of the next frame of this type; frames of other types wait for their turn.</summary>
    public async Task<JsonObject> Expect(string type)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(15));
        while (true)
        {
            if (unread.Find(frame => (string?)frame["type"] == type) is { } found)
            {
                unread.Remove(found);
                return found["payload"]?.AsObject() ?? [];
            }

            try
            {
                unread.Add(await Receive(limit.Token));
            }
            catch (OperationCanceledException)
            {
                throw new TourFailedException($"no {type} came within 15 seconds");
            }
        }
    }

    private async Task<JsonObject> Receive(CancellationToken limit)
    {
        byte[] buffer = new byte[16 * 1024];
        using MemoryStream text = new();
        while (true)
        {
            WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, limit);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                throw new TourFailedException($"the relay closed the connection: {string.Join(", ", unread.Select(frame => frame.ToJsonString()))}");
            }

            text.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonNode.Parse(text.ToArray())!.AsObject();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (socket.State == WebSocketState.Open)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        socket.Dispose();
    }
}
