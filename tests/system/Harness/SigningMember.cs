using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SecureChat.Ledger.Transparency;

namespace SecureChat.SystemTests.Harness;

/// <summary>
/// A client that signs everything. It takes from the relay nothing but what comes over HTTP, and puts its name to nothing that it has
/// not checked: each head against the one before it, each request against the head.
/// </summary>
public sealed class SigningMember(Person person)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private VerifierKey? log;
    private Checkpoint? seen;

    public Person Person => person;

    public string Profile { get; set; } = JsonSerializer.Serialize(
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["display_name"] = person.Name,
            ["kind"] = "securechat-profile/v1",
            ["member_id"] = person.Id,
            ["nonce"] = Nonce(),
        },
        Relaxed);

    public string Keys { get; set; } = JsonSerializer.Serialize(
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["curve25519"] = person.Curve25519,
            ["kind"] = "securechat-keys/v1",
            ["nonce"] = Nonce(),
            ["public_key"] = person.PublicKey,
            ["rsa_spki"] = Convert.ToBase64String(PemEncodingOf(person.PublicKey)),
        },
        Relaxed);

    /// <summary>The newest head, when it is signed by the log that was seen first and goes on from the head that was seen last.</summary>
    public async Task<Checkpoint> Head()
    {
        log ??= VerifierKey.Parse((await person.Relay.Get("/ledger/vkey")).Text.TrimEnd('\n')).Value;
        var head = Checkpoint.Open(Encoding.UTF8.GetBytes((await person.Relay.Get("/ledger/checkpoint")).Text), log).Value.Checkpoint;
        if (seen is { Size: > 0 } before && before.Size < head.Size)
        {
            var answer = await person.Get($"/ledger/consistency?from={before.Size}&to={head.Size}");
            answer.Status.ShouldBe(200, answer.Text);
            var proof = ConsistencyFile.Parse(Encoding.UTF8.GetBytes(answer.Text)).Value;
            proof.Proves(before.Root, head).ShouldBeTrue("the ledger has grown from what was seen before");
        }

        return seen = head;
    }

    public async Task<Answer> Registers() => await person.Relay.Post("/api/register", await Sealed(person.Founding(), "securechat-founder/v1"), person.Address);

    public async Task<Answer> Asks() => await person.Relay.Post("/api/join-request", await Sealed(person.Asking(), "securechat-request/v1"), person.Address);

    public async Task<string> HasAsked() => (await Asks()).ShouldSucceed("request_id", "expires_at").Text("request_id");

    /// <summary>The body with the addenda, and the statement about them.</summary>
    public async Task<JsonObject> Sealed(JsonObject body, string kind)
    {
        string text = $"{kind}\norigin {await Origin()}\nprofile {Digest(Profile)}\nkeys {Digest(Keys)}\ntime {Person.Now}\n";
        body["addenda"] = new JsonObject { ["profile"] = Base64(Profile), ["keys"] = Base64(Keys) };
        return With(body, text);
    }

    public async Task<Answer> Votes(string request, bool approved) =>
        await person.Post($"/api/approve/{request}", With(new JsonObject { ["approved"] = approved }, await Vote(request, approved)));

    public async Task<Answer> Locks(bool locked) =>
        await person.Post("/api/lock-requests", With(new JsonObject { ["locked"] = locked }, await Said("securechat-lock/v1", $"locked {Word(locked)}\n")));

    public async Task<Answer> Ratifies() => await person.Post("/api/ratify", With([], await Said("securechat-ratify/v1")));

    public async Task<Answer> Requires(bool required) =>
        await person.Post("/api/require-statements", With([], await Said("securechat-require/v1", $"required {Word(required)}\n")));

    public async Task<Answer> Leaves()
    {
        string text = await Said("securechat-leave/v1");
        return await Leaves(("x-statement", Base64(text)), ("x-statement-signature", person.Key.Sign(text)));
    }

    /// <summary>A departure with whatever headers.</summary>
    public async Task<Answer> Leaves(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(person.Relay.Url, $"/api/members/{person.Id}"));
        var credentials = person.Sign();
        foreach (var (name, value) in headers.Concat([("x-member-id", credentials.MemberId), ("x-signature", credentials.Signature), ("x-timestamp", credentials.Timestamp)]))
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        return await Http.Send(request);
    }

    /// <summary>The statement of a vote, after the request has been found in the ledger as it is shown.</summary>
    public async Task<string> Vote(string request, bool approved)
    {
        var head = await Head();
        var row = (await person.Get("/api/join-requests")).Json.GetProperty("requests").One("request_id", request);
        byte[] entry = row.GetProperty("entry").GetBytesFromBase64();
        var leaf = new Hash(SHA256.HashData([0, .. entry]));
        row.Text("leaf_hash").ShouldBe(leaf.ToBase64());
        foreach (var addendum in row.GetProperty("addenda").EnumerateObject())
        {
            entry.AsSpan().IndexOf(SHA256.HashData(addendum.Value.GetBytesFromBase64())).ShouldBeGreaterThan(0, addendum.Name);
        }

        var profile = JsonDocument.Parse(row.GetProperty("addenda").GetProperty("profile").GetBytesFromBase64()).RootElement;
        profile.Text("display_name").ShouldBe(row.Text("requester_name"));
        await ShowsInclusion(row.Number("leaf_index"), leaf);
        var (index, handle) = await Handle();
        return $"securechat-vote/v1\norigin {head.Origin}\nrequest {request}\nsubject {leaf}\nvoter {index} {handle}\n"
            + $"decision {(approved ? "approve" : "reject")}\nseen {head.Size} {head.Root}\ntime {Person.Now}\n";
    }

    /// <summary>The statement of anything else, as its first line, and the line of its own if it has one.</summary>
    public async Task<string> Said(string kind, string own = "")
    {
        var head = await Head();
        var (index, handle) = await Handle();
        return $"{kind}\norigin {head.Origin}\nmember {index} {handle}\n{own}seen {head.Size} {head.Root}\ntime {Person.Now}\n";
    }

    public JsonObject With(JsonObject body, string text)
    {
        body["statement"] = text;
        body["statement_signature"] = person.Key.Sign(text);
        return body;
    }

    public async Task ShowsInclusion(long index, Hash leaf)
    {
        var proof = ProofFile.Parse(Encoding.UTF8.GetBytes((await person.Get($"/ledger/proof?leaf={index}")).Text)).Value;
        proof.Index.ShouldBe(index);
        proof.Proves(leaf, Checkpoint.Open(Encoding.UTF8.GetBytes(proof.Checkpoint), log!).Value.Checkpoint).ShouldBeTrue();
    }

    private async Task<string> Origin() => (await Head()).Origin;

    private async Task<(long Index, string LeafHash)> Handle()
    {
        var me = (await person.Get("/ledger/me")).ShouldSucceed("index", "leaf_hash");
        return (me.Number("index"), me.Text("leaf_hash"));
    }

    private static string Word(bool value) => value ? "true" : "false";

    private static string Nonce() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Digest(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static byte[] PemEncodingOf(string pem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return rsa.ExportSubjectPublicKeyInfo();
    }
}
