using System.Text;
using SecureChat.Ledger.Keys;

namespace SecureChat.Web.Security;

/// <summary>
/// A request that is signed as a whole: HTTP message signatures (RFC 9421) with one fixed set of components and parameters, so that
/// there is one way to sign a request and nothing of it is left uncovered.
/// <code>
/// Signature-Input: sc=("@method" "@authority" "@path" "@query" "content-digest" "content-type" "x-member-id")
///     ;created=1767225600;expires=1767225660;nonce="…";keyid="…";alg="rsa-v1_5-sha256";tag="securechat-api/v1"
/// Signature: sc=:…:
/// </code>
/// Without a body, <c>content-digest</c> and <c>content-type</c> are left out.
/// </summary>
/// <param name="Parameters">The value in <c>Signature-Input</c> as it was written: components and parameters.</param>
/// <param name="CoversBody">Whether the body's digest is signed.</param>
/// <param name="Bytes">The signature.</param>
internal sealed record RequestSignature(string Parameters, bool CoversBody, byte[] Bytes)
{
    /// <summary>The tag that makes a signature one of ours.</summary>
    public const string Tag = "securechat-api/v1";

    /// <summary>What a client is asked for, in the form of <c>Accept-Signature</c> (RFC 9421 section 5.1).</summary>
    public const string Wanted = $"sc=({OfBody});created;expires;alg=\"{Algorithm}\";tag=\"{Tag}\"";

    private const string Algorithm = "rsa-v1_5-sha256";
    private const string OfAll = "\"@method\" \"@authority\" \"@path\" \"@query\" \"x-member-id\"";
    private const string OfBody = "\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\" \"content-type\" \"x-member-id\"";
    private const string InputHeader = "Signature-Input";
    private const string SignatureHeader = "Signature";
    private const string DigestHeader = "Content-Digest";
    private const int LongestLifetime = 60;
    private const int ShortestNonce = 16;
    private const int LongestNonce = 64;

    /// <summary>When it was made, in seconds since the Unix epoch.</summary>
    public long Created { get; private init; }

    /// <summary>Until when it holds, in seconds since the Unix epoch; at most 60 after <see cref="Created"/>.</summary>
    public long Expires { get; private init; }

    /// <summary>Chosen by the client; each is good for one request.</summary>
    public string Nonce { get; private init; } = "";

    /// <summary>Base64 of the SHA-256 of the signer's key as SubjectPublicKeyInfo.</summary>
    public string KeyId { get; private init; } = "";

    /// <summary>Whether a request says that it is signed like this. From then on a mistake in it refuses the request.</summary>
    public static bool IsOn(HttpRequest request) =>
        request.Headers[InputHeader].ToString().Contains($"\"{Tag}\"", StringComparison.Ordinal);

    /// <summary>The signature of a request that has one; nothing is verified yet.</summary>
    /// <param name="request">See <see cref="IsOn"/>.</param>
    /// <param name="problem">What is wrong with it, as a sentence; empty when nothing is.</param>
    public static RequestSignature? Read(HttpRequest request, out string problem)
    {
        problem = "";
        List<(string Key, string Value)> ours = [.. HeaderDictionary.Read(request.Headers[InputHeader].ToString())
            .Where(member => member.Value.EndsWith($";tag=\"{Tag}\"", StringComparison.Ordinal))];
        if (ours.Count != 1)
        {
            problem = $"{InputHeader} must have one member with the tag \"{Tag}\", as its last parameter.";
            return null;
        }

        (string label, string value) = ours[0];
        List<string> signatures = [.. HeaderDictionary.Read(request.Headers[SignatureHeader].ToString())
            .Where(member => member.Key == label).Select(member => member.Value)];
        if (signatures.Count != 1 || HeaderDictionary.Bytes(signatures[0]) is not { } bytes)
        {
            problem = $"{SignatureHeader} must have one member {label}, the signature in canonical base64 between colons.";
            return null;
        }

        bool ofBody = value.StartsWith($"({OfBody});", StringComparison.Ordinal);
        if (!ofBody && !value.StartsWith($"({OfAll});", StringComparison.Ordinal))
        {
            problem = $"The covered components must be {OfAll}, and with a body {OfBody}, in this order.";
            return null;
        }

        return WithParameters(new RequestSignature(value, ofBody, bytes), value[(value.IndexOf(')', StringComparison.Ordinal) + 2)..], ref problem);
    }

    /// <summary>What was signed (RFC 9421 section 2.5); null when a covered field does not stand there once, in ASCII.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">Path and query as they came.</param>
    /// <param name="authority">The host that the client addressed: in lower case, without the port that the scheme implies.</param>
    public byte[]? Base(HttpRequest request, string target, string authority)
    {
        int question = target.IndexOf('?', StringComparison.Ordinal);
        StringBuilder text = new();
        text.Append("\"@method\": ").Append(request.Method)
            .Append("\n\"@authority\": ").Append(authority)
            .Append("\n\"@path\": ").Append(question < 0 ? target : target[..question])
            .Append("\n\"@query\": ").Append(question < 0 ? "?" : target[question..]).Append('\n');
        foreach (string name in (string[])[.. CoversBody ? ["content-digest", "content-type"] : Array.Empty<string>(), Logins.MemberIdHeader])
        {
            if (request.Headers[name] is not [{ } field])
            {
                return null;
            }

            text.Append('"').Append(name).Append("\": ").Append(field.Trim(' ', '\t')).Append('\n');
        }

        string whole = text.Append("\"@signature-params\": ").Append(Parameters).ToString();
        return Ascii.IsValid(whole) ? Encoding.ASCII.GetBytes(whole) : null;
    }

    /// <summary>What the body must hash to (RFC 9530); null when the header names no digest that we know, or one not in its form.</summary>
    public static ContentDigest? Digest(HttpRequest request) => ContentDigest.Parse(request.Headers[DigestHeader].ToString());

    private static RequestSignature? WithParameters(RequestSignature signature, string text, ref string problem)
    {
        Dictionary<string, string> given = [];
        foreach (string parameter in text.Split(';'))
        {
            (string name, string value) = parameter.Split('=', 2) is [var first, var second] ? (first, second) : (parameter, "");
            if (!given.TryAdd(name, value))
            {
                problem = $"The parameter {name} stands there twice.";
                return null;
            }
        }

        string nonce = Quoted(given, "nonce");
        if (given.Count != 6
            || !Seconds(given, "created", out long created)
            || !Seconds(given, "expires", out long expires)
            || expires <= created
            || expires > created + LongestLifetime
            || nonce.Length is < ShortestNonce or > LongestNonce
            || !nonce.All(character => char.IsAsciiLetterOrDigit(character) || character is '+' or '/' or '=' or '_' or '-')
            || Quoted(given, "alg") != Algorithm)
        {
            problem = $"The parameters must be created, expires (at most {LongestLifetime} seconds later), nonce ({ShortestNonce} to {LongestNonce} "
                + $"characters of base64), keyid, alg=\"{Algorithm}\" and tag, which is the last.";
            return null;
        }

        return signature with { Created = created, Expires = expires, Nonce = nonce, KeyId = Quoted(given, "keyid") };
    }

    private static bool Seconds(Dictionary<string, string> given, string name, out long seconds) =>
        Timestamp.TryParse(given.GetValueOrDefault(name), out seconds) && seconds < 1L << 40;

    private static string Quoted(Dictionary<string, string> given, string name) =>
        given.GetValueOrDefault(name) is { Length: >= 2 } text && text[0] == '"' && text[^1] == '"' ? text[1..^1] : "";
}
