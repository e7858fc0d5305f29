using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SecureChat.Ledger.Circle;

namespace SecureChat.ApprovalTests;

/// <summary>Somebody with a name, an id, an address and keys: the same person wherever the name occurs in a test run.</summary>
internal sealed class Person
{
    private const int KeyBits = 2048;

    private static readonly ConcurrentDictionary<string, Lazy<Person>> Everybody = new();
    private static int count;

    private readonly RSA rsa = RSA.Create(KeyBits);
    private readonly Lock signing = new();
    private long lastTimestamp;

    private Person(string name)
    {
        Name = name;
        PublicKey = rsa.ExportSubjectPublicKeyInfoPem() + "\n";
        Curve25519 = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        Number = Interlocked.Increment(ref count);
    }

    public static Person Named(string name) => Everybody.GetOrAdd(name, _ => new(() => new Person(name))).Value;

    public static IReadOnlyList<Person> AllNamed(params string[] names) => [.. names.Select(Named)];

    public string Name { get; }

    public string Id => Name.ToLowerInvariant();

    public string PublicKey { get; }

    public string Curve25519 { get; }

    /// <summary>One of those kept for documentation and tests.</summary>
    public string Address => $"203.0.113.{Number}";

    private int Number { get; }

    /// <summary>As the ledger keeps a person.</summary>
    public Newcomer AsNewcomer(string? name = null) => new(
        new Profile(Id, name ?? Name),
        new MemberKeys(Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()), Curve25519, PublicKey));

    /// <summary>As a person is offered in a registration or a join request.</summary>
    public JsonObject AsBody() => new()
    {
        ["id"] = Id,
        ["display_name"] = Name,
        ["public_key"] = PublicKey,
        ["curve25519_public_key"] = Curve25519,
    };

    /// <summary>The signature under a statement.</summary>
    public string Sign(string text) => Convert.ToBase64String(rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>The present, or a later millisecond: a pair of member and time is good for one change.</summary>
    public Login Sign()
    {
        lock (signing)
        {
            lastTimestamp = Math.Max(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), lastTimestamp + 1);
            return SignAt(lastTimestamp);
        }
    }

    public Login SignAt(long timestamp)
    {
        byte[] signature = rsa.SignData(Encoding.UTF8.GetBytes(Id + timestamp), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return new Login(Id, Convert.ToBase64String(signature), timestamp.ToString());
    }
}

/// <summary>The three values that say who is calling.</summary>
internal sealed record Login(string MemberId, string Signature, string Timestamp);
