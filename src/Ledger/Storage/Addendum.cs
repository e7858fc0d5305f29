using System.Security.Cryptography;
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

    // Kind and nonce aside; those that must be there first.
    private static readonly string[] FieldsOfProfile = ["member_id", "display_name"];
    private static readonly string[] FieldsOfKeys = ["rsa_spki", "curve25519", "public_key"];
    private static readonly string[] FieldsOfProof = ["statement", "signature"];

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
    public static Addendum Write(Profile profile, FillRandom random) => new(ProfileName, CanonicalJson.Write((profile, random), static (json, given) =>
    {
        json.WriteString("display_name", Canonical.Bytes(given.profile.DisplayName));
        json.WriteString("kind", ProfileKind);
        json.WriteString("member_id", Canonical.Bytes(given.profile.MemberId));
        WriteNonce(json, given.random);
    }));

    /// <summary>
    /// <c>{"curve25519","kind","nonce","rsa_spki"}</c>, and between the last two <c>"public_key"</c> when the text that was
    /// sent is not the canonical PEM of the key.
    /// </summary>
    /// <param name="keys">What it says.</param>
    /// <param name="random">Fills a span with random bytes.</param>
    public static Addendum Write(MemberKeys keys, FillRandom random) => new(KeysName, CanonicalJson.Write((keys, random), static (json, given) =>
    {
        json.WriteString("curve25519", Canonical.Bytes(given.keys.Curve25519));
        json.WriteString("kind", KeysKind);
        WriteNonce(json, given.random);
        if (given.keys.PublicKey != CanonicalPem(given.keys.RsaSpki))
        {
            json.WriteString("public_key", Canonical.Bytes(given.keys.PublicKey));
        }

        json.WriteString("rsa_spki", given.keys.RsaSpki);
    }));

    /// <summary><c>{"kind","nonce","signature","statement"}</c>.</summary>
    /// <param name="proof">What it says.</param>
    /// <param name="random">Fills a span with random bytes.</param>
    public static Addendum Write(Proof proof, FillRandom random) => new(ProofName, CanonicalJson.Write((proof, random), static (json, given) =>
    {
        json.WriteString("kind", ProofKind);
        WriteNonce(json, given.random);
        json.WriteString("signature", given.proof.Signature);
        json.WriteString("statement", given.proof.Statement);
    }));

    /// <summary>Reads what <see cref="Write(Profile, FillRandom)"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no profile.</exception>
    public static Profile ReadProfile(ReadOnlySpan<byte> bytes)
    {
        string?[] fields = ReadStrings(bytes, ProfileKind, FieldsOfProfile, required: 2);
        return new Profile(fields[0]!, fields[1]!);
    }

    /// <summary>Reads what <see cref="Write(MemberKeys, FillRandom)"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no keys.</exception>
    public static MemberKeys ReadKeys(ReadOnlySpan<byte> bytes)
    {
        string?[] fields = ReadStrings(bytes, KeysKind, FieldsOfKeys, required: 2);
        return new MemberKeys(fields[0]!, fields[1]!, fields[2] ?? CanonicalPem(fields[0]!));
    }

    /// <summary>Reads what <see cref="Write(Proof, FillRandom)"/> wrote.</summary>
    /// <exception cref="FormatException">The bytes are no proof.</exception>
    public static Proof ReadProof(ReadOnlySpan<byte> bytes)
    {
        string?[] fields = ReadStrings(bytes, ProofKind, FieldsOfProof, required: 2);
        return new Proof(fields[0]!, fields[1]!);
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
        if (!CanonicalBase64.TryDecode(spki, out _))
        {
            throw new FormatException("rsa_spki is not canonical base64");
        }

        return PublicKeyPem.WriteSubjectPublicKeyInfo(spki);
    }

    private static void WriteNonce(Utf8JsonWriter json, FillRandom random)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        random(nonce);
        json.WriteBase64String("nonce", nonce);
    }

    // By the reader itself and without a dictionary: a verifier reads a proof for each signature. An unknown field is refused: it
    // could say anything about anybody, an address for one.
    private static string?[] ReadStrings(ReadOnlySpan<byte> bytes, string kind, string[] names, int required)
    {
        string?[] values = new string?[names.Length];
        bool hasKind = false;
        bool hasNonce = false;
        Utf8JsonReader reader = new(bytes);
        try
        {
            bool isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (IndexOf(names, reader) is >= 0 and int index)
                {
                    isObject = IsString(ref reader) && values[index] is null;
                    values[index] = isObject ? reader.GetString() : null;
                }
                else if (reader.ValueTextEquals("nonce"u8))
                {
                    isObject = IsString(ref reader) && !hasNonce;
                    hasNonce = isObject && IsNonce(reader);
                }
                else if (reader.ValueTextEquals("kind"u8))
                {
                    isObject = IsString(ref reader) && !hasKind;
                    hasKind = isObject && (reader.ValueTextEquals(kind) ? true : throw new FormatException($"an addendum is not of the kind {kind}"));
                }
                else
                {
                    throw NotTheFieldsOf(kind);
                }
            }

            if (!isObject || reader.TokenType != JsonTokenType.EndObject || reader.Read())
            {
                throw new FormatException("an addendum is no JSON object of strings");
            }
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)
        {
            throw new FormatException("an addendum is no JSON object of strings", damaged);
        }

        return hasKind && hasNonce && !values.AsSpan(0, required).Contains(null) ? values : throw NotTheFieldsOf(kind);
    }

    private static bool IsString(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.String;

    private static bool IsNonce(in Utf8JsonReader reader)
    {
        Span<byte> nonce = stackalloc byte[NonceLength + 1];
        return CanonicalBase64.TryDecode(reader.GetString(), nonce, out int length) && length == NonceLength
            ? true
            : throw new FormatException("the nonce of an addendum is not 32 bytes in base64");
    }

    private static FormatException NotTheFieldsOf(string kind) => new($"the fields of {kind} are not exactly those of the format");

    private static int IndexOf(string[] names, in Utf8JsonReader reader)
    {
        for (int index = 0; index < names.Length; index++)
        {
            if (reader.ValueTextEquals(names[index]))
            {
                return index;
            }
        }

        return -1;
    }
}

/// <summary>Fills a span with random bytes; given by whoever may be random.</summary>
/// <param name="destination">What is filled.</param>
public delegate void FillRandom(Span<byte> destination);
