using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>Calls and their answers, written down as they go over the wire, with names for what varies.</summary>
internal sealed partial class Conversation : IDisposable
{
    /// <summary>What a body is filled up with; it is not written down.</summary>
    public const string Padding = "xxxx";

    // Keys stay readable: the default writes every "+" as six characters.
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true };

    // On every answer with a body; shown only where they differ.
    private static readonly Dictionary<string, string> Usual = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Content-Type"] = "application/json; charset=utf-8",
        ["Access-Control-Allow-Origin"] = "*",
        ["Access-Control-Expose-Headers"] = "Retry-After, x-ledger-index, x-ledger-size, Accept-Signature",
    };

    private static readonly string[] Untold = ["Date", "Content-Length"];

    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private readonly StringBuilder text = new();
    private readonly RelayProcess relay;

    public Conversation(RelayProcess relay, params IEnumerable<Person> people)
    {
        this.relay = relay;
        Aliases = new Aliases(people);
        Aliases.Add($"127.0.0.1:{relay.Port}", "HOST:PORT");
        text.Append("Usual headers, shown below only where they are different or missing:\n\n");
        foreach ((string name, string value) in Usual)
        {
            text.Append($"{name}: {value}\n");
        }
    }

    public Aliases Aliases { get; }

    /// <summary>Says what the next calls are about.</summary>
    public void Title(string title) => text.Append($"\n== {title}\n");

    public Task<JsonNode?> Get(string path, Person? by = null) => Call(HttpMethod.Get, path, by: by);

    public Task<JsonNode?> Post(string path, JsonNode body, Person? by = null, Person? from = null) =>
        Call(HttpMethod.Post, path, Json(body.ToJsonString(Compact)), by: by, from: from);

    public Task<JsonNode?> Delete(string path, Person by) => Call(HttpMethod.Delete, path, by: by);

    /// <summary>Asks to be let in, from the person's own address, and gives the request a name.</summary>
    public async Task<string> Ask(Person person)
    {
        JsonNode? answer = await Post("/api/join-request", person.AsBody(), from: person);
        string request = answer!["request_id"]!.GetValue<string>();
        Aliases.Add(request, $"REQUEST-OF-{person.Name.ToUpperInvariant()}");
        return request;
    }

    /// <summary>One call.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="path">Its path.</param>
    /// <param name="body">Its body.</param>
    /// <param name="by">Who signs it.</param>
    /// <param name="login">With which login, when it is not a fresh one.</param>
    /// <param name="from">From whose address it comes.</param>
    /// <param name="headers">Further headers.</param>
    public async Task<JsonNode?> Call(
        HttpMethod method,
        string path,
        HttpContent? body = null,
        Person? by = null,
        Login? login = null,
        Person? from = null,
        params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(method, new Uri(relay.Url, path)) { Content = body };
        if ((by ?? from) is { } sender)
        {
            request.Headers.Add("X-Forwarded-For", sender.Address);
        }

        if ((login ?? by?.Sign()) is { } signed)
        {
            request.Headers.TryAddWithoutValidation("x-member-id", signed.MemberId);
            request.Headers.TryAddWithoutValidation("x-signature", signed.Signature);
            request.Headers.TryAddWithoutValidation("x-timestamp", signed.Timestamp);
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        string? sent = body is null ? null : await body.ReadAsStringAsync();
        using HttpResponseMessage response = await client.SendAsync(request);
        string received = await response.Content.ReadAsStringAsync();
        JsonNode? json = received.Length == 0 ? null : JsonNode.Parse(received);

        text.Append($"\n> {method} {path}{(by is null ? "" : $", signed by {by.Name}")}\n");
        if (login is not null)
        {
            Prefix("> ", $"x-member-id: {login.MemberId}\nx-timestamp: {login.Timestamp}\nx-signature: {login.Signature}");
        }

        foreach ((string name, string value) in headers)
        {
            text.Append($"> {name}: {value}\n");
        }

        if (sent is not null)
        {
            bool padded = sent.Contains(Padding, StringComparison.Ordinal);
            text.Append(padded ? $"> {sent[..sent.IndexOf(Padding, StringComparison.Ordinal)]}… ({sent.Length} bytes)\n" : $"> {sent}\n");
        }

        text.Append($"< {(int)response.StatusCode} {response.ReasonPhrase}\n");
        AppendHeaders(response, received.Length > 0);
        if (json is not null)
        {
            Prefix("< ", json.ToJsonString(Indented));
        }

        return json;
    }

    /// <summary>Bytes of any kind, and everything that comes until the relay ends the connection.</summary>
    public async Task Raw(string request) => Note(request, await SendRaw(request));

    /// <summary>The same, to be written down later by <see cref="Note"/>.</summary>
    public async Task<string> SendRaw(string request)
    {
        using TcpClient tcp = new();
        await tcp.ConnectAsync(IPAddress.Loopback, relay.Port);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using StreamReader reader = new(tcp.GetStream());
        return DateHeader().Replace(await reader.ReadToEndAsync(), "");
    }

    /// <summary>Writes down what went another way.</summary>
    public void Note(string sent, string received)
    {
        text.Append('\n');
        Prefix("> ", sent);
        Prefix("< ", received);
    }

    private void Prefix(string prefix, string lines)
    {
        foreach (string line in lines.TrimEnd().ReplaceLineEndings("\n").Split('\n'))
        {
            text.Append((prefix + line).TrimEnd()).Append('\n');
        }
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private void AppendHeaders(HttpResponseMessage response, bool hasBody)
    {
        Dictionary<string, string> headers = response.Headers.Concat<KeyValuePair<string, IEnumerable<string>>>(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string value) in headers.OrderBy(header => header.Key, StringComparer.Ordinal))
        {
            if (Usual.GetValueOrDefault(name) != value && !Untold.Contains(name))
            {
                text.Append($"< {name}: {(name == "Retry-After" ? "SECONDS" : value)}\n");
            }
        }

        foreach (string missing in Usual.Keys.Where(name => !headers.ContainsKey(name) && (hasBody || name != "Content-Type")))
        {
            text.Append($"< {missing} is missing\n");
        }
    }

    /// <summary>All of it.</summary>
    public override string ToString() => Aliases.ApplyWithTimes(text.ToString());

    [GeneratedRegex("Date: .*\r\n")]
    private static partial Regex DateHeader();

    public void Dispose() => client.Dispose();
}
