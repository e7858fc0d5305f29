using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>Hostile requests over HTTP: every call of the protocol with something wrong in it, unsigned, signed, or signed as a whole.</summary>
/// <param name="relay">Who is attacked.</param>
/// <param name="documented">How it may answer.</param>
/// <param name="member">In whose name; null while there is no circle.</param>
internal sealed class Requests(RelayProcess relay, Documented documented, Person? member)
{
    private const string Nobody = "00000000-0000-4000-8000-000000000000";

    private static readonly string[] Reading =
    [
        "/", "/api/status", "/api/members", "/api/channels", "/api/join-requests", $"/api/join-request/{Nobody}", "/ledger/checkpoint", "/ledger/vkey", "/ledger/tile/0/000.p/3",
        "/ledger/tile/entries/000.p/1", $"/ledger/addenda/00/00/{new string('0', 64)}", "/ledger/addenda.v1", "/ledger/proof?leaf=1", "/ledger/consistency?from=1&to=4", "/ledger/me", "/nothing",
    ];

    private readonly KeyPair key = KeyPair.FromPool(KeyPair.PoolSize - 1);
    private RawSocket? socket;

    /// <summary>The request of this number: as it was signed, and as it is sent.</summary>
    public (HostileRequest Signed, HostileRequest Sent) Of(ulong seed, int number)
    {
        var dice = Dice.Of(seed, number);
        var plain = WellFormed(dice);
        var signed = member is null || dice.OneIn(6) ? plain : dice.OneIn(5) ? SignedAsAWhole(plain, dice) : Signed(plain);
        return (signed, SpoiledRequest.Of(signed, dice));
    }

    /// <summary>Sends a request on the connection that is there, or on a new one; gives what is wrong with the answer, or null.</summary>
    public async Task<string?> Complaint(HostileRequest signed, HostileRequest sent)
    {
        var isFresh = socket is null;
        socket ??= await RawSocket.Open(relay);
        await socket.Send(sent.Wire());
        var answer = await socket.ReadAnswer(sent.Method);
        if (answer is null)
        {
            // A connection that was used before may be at its end for what was on it then (RFC 9112 section 9.3.1), a new one may not.
            Drop();
            return isFresh ? "The connection ended without an answer" : await Complaint(signed, sent);
        }

        if (sent.SaysItsLength || answer.Status == 101 || answer.Head.Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase))
        {
            Drop();
        }

        return documented.Judge(answer, sent.Method)
            ?? (answer.Status == 200 && sent.Method is ("POST" or "DELETE") && !MayChange(signed, sent, answer) ? "A change that nobody has signed" : null);
    }

    /// <summary>The request with the fewest headers and the shortest body that is complained about.</summary>
    public async Task<HostileRequest> Reduced(HostileRequest signed, HostileRequest sent)
    {
        Drop();
        var headers = await Reduction.Of(sent.Headers, async fewer => await Complaint(signed, sent with { Headers = fewer }) is not null);
        sent = sent with { Headers = headers };
        if (sent.Body is { Length: > 0 } body)
        {
            sent = sent with { Body = [.. await Reduction.Of(body, async shorter => await Complaint(signed, sent with { Body = [.. shorter] }) is not null)] };
        }

        return sent;
    }

    public void Drop()
    {
        socket?.Dispose();
        socket = null;
    }

    // To ask needs no signature; which call it was is told by the answer, for a path can be written in many ways. Everything else is what a member signed: the three headers, or the whole of it.
    private static bool MayChange(HostileRequest signed, HostileRequest sent, RawAnswer answer)
    {
        if (JsonDocument.Parse(answer.Body).RootElement.TryGetProperty("expires_at", out _))
        {
            return true;
        }

        var whole = sent.Values("Signature-Input").Any(value => value.Contains("\"securechat-api/v1\"", StringComparison.Ordinal));
        return whole
            ? sent.Method == signed.Method && Signable(sent.Target) == Signable(signed.Target) && (sent.Body ?? []).AsSpan().SequenceEqual(signed.Body ?? [])
            : new[] { "x-member-id", "x-signature", "x-timestamp" }.All(name => sent.Values(name) is [var only] && signed.Values(name) is [var issued] && only == issued);
    }

    // No query and an empty one are signed alike (RFC 9421, 2.2.7).
    private static string Signable(string target) => target.IndexOf('?') == target.Length - 1 ? target.TrimEnd('?') : target;

    private HostileRequest Signed(HostileRequest request)
    {
        var credentials = member!.Sign();
        return request with
        {
            Headers = [.. request.Headers, ("x-member-id", credentials.MemberId), ("x-signature", credentials.Signature), ("x-timestamp", credentials.Timestamp)],
        };
    }

    private HostileRequest SignedAsAWhole(HostileRequest request, Dice dice)
    {
        var created = Person.Now / 1000;
        var path = request.Target.Split('?')[0];
        List<(string Name, string Value)> covered =
        [
            ("@method", request.Method), ("@authority", "relay"), ("@path", path), ("@query", request.Target.Contains('?') ? request.Target[path.Length..] : "?"),
        ];
        List<(string Name, string Value)> headers = [.. request.Headers, ("x-member-id", member!.Id)];
        if (request.Body is not null)
        {
            var digest = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(request.Body))}:";
            headers.Add(("Content-Digest", digest));
            covered.AddRange([("content-digest", digest), ("content-type", "application/json")]);
        }

        covered.Add(("x-member-id", member.Id));
        var keyId = Convert.ToBase64String(SHA256.HashData(member.Key.Spki));
        var parameters = $"({string.Join(' ', covered.Select(component => $"\"{component.Name}\""))});created={created};expires={created + 60}"
            + $";nonce=\"nonce-{dice.Below(int.MaxValue):d12}\";keyid=\"{keyId}\";alg=\"rsa-v1_5-sha256\";tag=\"securechat-api/v1\"";
        var text = string.Concat(covered.Select(component => $"\"{component.Name}\": {component.Value}\n")) + $"\"@signature-params\": {parameters}";
        return request with { Headers = [.. headers, ("Signature-Input", $"sc={parameters}"), ("Signature", $"sc=:{member.Key.Sign(text)}:")] };
    }

    private HostileRequest WellFormed(Dice dice)
    {
        // Three addresses: each can have one request pending.
        List<(string Name, string Value)> headers = [("Host", "relay"), ("X-Forwarded-For", $"198.51.100.{dice.Below(3)}")];
        var body = dice.Below(3) switch
        {
            0 => null,
            _ => Body(dice),
        };
        if (body is not { } call)
        {
            return dice.OneIn(8)
                ? new HostileRequest("DELETE", $"/api/members/{Nobody}", [.. headers, ("x-statement", "AAAA"), ("x-statement-signature", "AAAA")], null)
                : new HostileRequest("GET", dice.OneOf(Reading), headers, null);
        }

        return new HostileRequest("POST", call.Target, [.. headers, ("Content-Type", "application/json")], Encoding.UTF8.GetBytes(call.Json));
    }

    private (string Target, string Json)? Body(Dice dice)
    {
        var id = $"id-{dice.Below(1_000_000)}";
        var statement = "\"statement\":\"securechat-ratify/v1\\norigin x\\n\",\"statement_signature\":\"AAAA\"";
        var person = JsonSerializer.Serialize(new { id, display_name = $"Name {id}", public_key = key.PublicPem, curve25519_public_key = "KCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCg=" });
        return dice.Below(8) switch
        {
            0 => ("/api/register", $"{person[..^1]},\"founder_key\":\"not-the-founder-key\"}}"),
            1 or 2 => ("/api/join-request", person),
            3 => ("/api/join-request", $"{person[..^1]},{statement},\"addenda\":{{\"profile\":\"e30=\",\"keys\":\"e30=\"}}}}"),
            4 => ($"/api/approve/{Nobody}", "{\"approved\":true}"),
            5 => ("/api/lock-requests", $"{{\"locked\":{(dice.OneIn(2) ? "true" : "false")}}}"),
            6 => ("/api/ratify", $"{{{statement}}}"),
            _ => ("/api/require-statements", $"{{{statement.Replace("ratify", "require", StringComparison.Ordinal)}}}"),
        };
    }
}
