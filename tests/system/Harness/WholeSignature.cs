using System.Security.Cryptography;
using System.Text;

namespace SecureChat.SystemTests.Harness;

/// <summary>A request that its member signs as a whole (RFC 9421), written from the protocol alone.</summary>
public sealed class WholeSignature(Person member, HttpMethod method, string target, string? body = null)
{
    public long Created { get; init; } = Person.Now / 1000;

    public string Nonce { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));

    /// <summary>What was sent as the signature, once it was sent.</summary>
    public string Signature { get; private set; } = "";

    /// <summary>What is sent in the place of what was signed.</summary>
    public string? SentBody { get; init; }

    public string? SentTarget { get; init; }

    public async Task<Answer> Send()
    {
        using HttpRequestMessage request = new(method, new Uri(member.Relay.Url, SentTarget ?? target));
        request.Headers.Add("X-Forwarded-For", member.Address);
        request.Headers.Add("x-member-id", member.Id);
        string path = target.Split('?')[0];
        string query = target.Contains('?') ? target[path.Length..] : "?";
        List<(string Name, string Value)> covered =
        [
            ("@method", method.Method), ("@authority", member.Relay.Url.Authority), ("@path", path), ("@query", query),
        ];
        if (body is not null)
        {
            string digest = $"sha-256=:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(body)))}:";
            request.Content = Http.Json(SentBody ?? body);
            request.Headers.Add("Content-Digest", digest);
            covered.Add(("content-digest", digest));
            covered.Add(("content-type", request.Content.Headers.ContentType!.ToString()));
        }

        covered.Add(("x-member-id", member.Id));
        string keyId = Convert.ToBase64String(SHA256.HashData(member.Key.Spki));
        string parameters = $"({string.Join(' ', covered.Select(component => $"\"{component.Name}\""))});created={Created};expires={Created + 60}"
            + $";nonce=\"{Nonce}\";keyid=\"{keyId}\";alg=\"rsa-v1_5-sha256\";tag=\"securechat-api/v1\"";
        string text = string.Concat(covered.Select(component => $"\"{component.Name}\": {component.Value}\n")) + $"\"@signature-params\": {parameters}";
        request.Headers.TryAddWithoutValidation("Signature-Input", $"sc={parameters}");
        Signature = member.Key.Sign(text);
        request.Headers.TryAddWithoutValidation("Signature", $"sc=:{Signature}:");
        return await Http.Send(request);
    }
}
