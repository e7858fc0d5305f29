using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// A document beside an entry: stored and served verbatim under its SHA-256 digest, which is all that the entry holds of it.
/// JSON with sorted keys; 32 random bytes as nonce, so that nobody can guess the content from the digest.
/// </summary>
/// <param name="Name">What it is to its entry: <c>profile</c>, <c>keys</c> or <c>proof</c>.</param>
/// <param name="Bytes">The exact bytes.</param>
public sealed record Addendum(string Name, byte[] Bytes)
{
    /// <summary>The name of the addendum with id and display name.</summary>
    public const string ProfileName = "profile";

    /// <summary>The name of the addendum with the public keys.</summary>
    public const string KeysName = "keys";

    /// <summary>The name of the addendum with a statement.</summary>
    public const string ProofName = "proof";

    private const string ProofKind = "securechat-proof/v1";
    private const string ProfileKind = "securechat-profile/v1";
    private const string KeysKind = "securechat-keys/v1";
    private const int NonceLength = 32;
    private const int FieldsOfKeys = 5;

    /// <summary>SHA-256 of the bytes.</summary>
    public Hash Digest { get; } = DigestOf(Bytes);

    /// <summary>The digest under which these bytes are stored.</summary>
    /// <param name="bytes">The bytes of an addendum.</param>
    public static Hash DigestOf(ReadOnlySpan<byte> bytes) => new(SHA256.HashData(bytes));

    // Texts are given to the writer as bytes: it would write U+FFFD for half of a surrogate pair, and what is read back would not
    // be what was sent. Canonical.Bytes refuses.

    /// <summary><c>{"display_name","kind","member_id","nonce"}</c>.</summary>
    /// <param name="profile">What it says.</param>
    /// <param name="random">Fills a span with random bytes.</param>
    public static Addendum Write(Profile profile, FillRandom random) => new(ProfileName, CanonicalJson.Write(json =>
    {
        json.WriteString("display_name", Canonical.Bytes(profile.DisplayName));
        json.WriteString("kind", ProfileKind);
        json.WriteString("member_id", Canonical.Bytes(profile.MemberId));
        WriteNonce(json, random);
    }));

    /// <summary>
    /// <c>{"curve25519","kind","nonce","rsa_spki"}</c>, and between the last two <c>"public_key"</c> when the text that was
    /// sent is not the canonical PEM of the key.
    /// </summary>
    /// <param name="keys">What it says.</param>
    /// <param name="random">Fills a span with random bytes.</param>
    public static Addendum Write(MemberKeys keys, FillRandom random) => new(KeysName, CanonicalJson.Write(json =>
    {
        json.WriteString("curve25519", Canonical.Bytes(keys.Curve25519));
        json.WriteString("kind", KeysKind);
        WriteNonce(json, random);
        if (keys.PublicKey != CanonicalPem(keys.RsaSpki))
        {
            json.WriteString("public_key", Canonical.Bytes(keys.PublicKey));
        }

        json.WriteString("rsa_spki", keys.RsaSpki);
    }));

    /// <summary><c>{"kind","nonce","signature","statement"}</c>.</summary>
    /// <param name="proof">What it says.</param>
    /// <param name="random">Fills a span with random bytes.</param>
    public static Addendum Write(Proof proof, FillRandom random) => new(ProofName, CanonicalJson.Write(json =>
    {
        json.WriteString("kind", ProofKind);
        WriteNonce(json, random);
        json.WriteString("signature", proof.Signature);
        json.WriteString("statement", proof.Statement);
    }));

    /// <summary>Reads what <see cref="Write(Profile, FillRandom)"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no profile.</exception>
    public static Profile ReadProfile(ReadOnlySpan<byte> bytes)
    {
        Dictionary<string, string> fields = ReadStrings(bytes, ProfileKind, ["display_name", "member_id"]);
        return new Profile(fields["member_id"], fields["display_name"]);
    }

    /// <summary>Reads what <see cref="Write(MemberKeys, FillRandom)"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no keys.</exception>
    public static MemberKeys ReadKeys(ReadOnlySpan<byte> bytes)
    {
        Dictionary<string, string> fields = ReadStrings(bytes, KeysKind, ["curve25519", "rsa_spki"], optional: "public_key");
        string spki = fields["rsa_spki"];
        return new MemberKeys(spki, fields["curve25519"], fields.GetValueOrDefault("public_key") ?? CanonicalPem(spki));
    }

    /// <summary>Reads what <see cref="Write(Proof, FillRandom)"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no proof.</exception>
    public static Proof ReadProof(ReadOnlySpan<byte> bytes)
    {
        Dictionary<string, string> fields = ReadStrings(bytes, ProofKind, ["signature", "statement"]);
        return new Proof(fields["statement"], fields["signature"]);
    }

    /// <summary>Whether the bytes are an object with its keys sorted by ordinal and no blank between them.</summary>
    /// <param name="bytes">JSON that was read without complaint.</param>
    public static bool IsCanonical(ReadOnlySpan<byte> bytes)
    {
        Utf8JsonReader reader = new(bytes);
        int length = 2;
        string last = "";
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
            {
                // Two quotes, and a colon or a comma behind them.
                length += reader.ValueSpan.Length + 3;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (string.CompareOrdinal(last, name) >= 0)
                {
                    return false;
                }

                last = name;
            }
        }

        return bytes.Length == length - 1;
    }

    private static string CanonicalPem(string spki)
    {
        if (!CanonicalBase64.TryDecode(spki, out byte[] der))
        {
            throw new FormatException("rsa_spki is not canonical base64");
        }

        return PublicKeyPem.WriteSubjectPublicKeyInfo(der);
    }

    private static void WriteNonce(Utf8JsonWriter json, FillRandom random)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        random(nonce);
        json.WriteBase64String("nonce", nonce);
    }

    // An unknown field is refused: it could say anything about anybody, an address for one.
    private static Dictionary<string, string> ReadStrings(ReadOnlySpan<byte> bytes, string kind, string[] required, string? optional = null)
    {
        Dictionary<string, string> fields = ReadStrings(bytes);
        if (fields.GetValueOrDefault("kind") != kind)
        {
            throw new FormatException($"an addendum is not of the kind {kind}");
        }

        int expected = 2 + required.Length + (optional is not null && fields.ContainsKey(optional) ? 1 : 0);
        if (fields.Count != expected || !fields.TryGetValue("nonce", out string? written) || !Array.TrueForAll(required, fields.ContainsKey))
        {
            throw new FormatException($"the fields of {kind} are not exactly those of the format");
        }

        Span<byte> nonce = stackalloc byte[NonceLength + 1];
        if (!CanonicalBase64.TryDecode(written, nonce, out int length) || length != NonceLength)
        {
            throw new FormatException("the nonce of an addendum is not 32 bytes in base64");
        }

        return fields;
    }

    // By the reader itself: a verifier reads a proof for each signature, and a serializer takes twice as long for it.
    private static Dictionary<string, string> ReadStrings(ReadOnlySpan<byte> bytes)
    {
        Dictionary<string, string> fields = new(FieldsOfKeys);
        Utf8JsonReader reader = new(bytes);
        try
        {
            bool isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                isObject = reader.Read() && reader.TokenType == JsonTokenType.String && fields.TryAdd(name, reader.GetString()!);
            }

            return isObject && reader.TokenType == JsonTokenType.EndObject && !reader.Read()
                ? fields
                : throw new FormatException("an addendum is no JSON object of strings");
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)
        {
            throw new FormatException("an addendum is no JSON object of strings", damaged);
        }
    }
}

/// <summary>Fills a span with random bytes; given by whoever may be random.</summary>
/// <param name="destination">What is filled.</param>
public delegate void FillRandom(Span<byte> destination);

/// <summary>How everything that is hashed is written: no blanks, UTF-8.</summary>
internal static class CanonicalJson
{
    // The default encoder turns "+" of base64 into six bytes. This one still escapes what lies outside the Basic Multilingual Plane
    // and a few others: allowed, for nobody writes an addendum a second time, and entries hold ASCII.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Action<Utf8JsonWriter> properties)
    {
        ArrayBufferWriter<byte> buffer = new(256);
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
