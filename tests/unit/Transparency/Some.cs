using System.Text;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

/// <summary>Keys, notes and trees to test with.</summary>
internal static class Some
{
    public const string Origin = "log.example/circle";

    public static SigningKey LogKey { get; } = SigningKey.FromSeed(Origin, Seed(1));

    public static SigningKey Key(string name, byte seed) => SigningKey.FromSeed(name, Seed(seed));

    public static byte[] Seed(byte fill) => [.. Enumerable.Repeat(fill, SigningKey.SeedLength)];

    public static Hash Hash(string entry) => MerkleHashing.Leaf(Encoding.UTF8.GetBytes(entry));

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(byte[] utf8) => Encoding.UTF8.GetString(utf8);

    public static string Refusal<T>(Parsed<T> parsed)
        where T : notnull
    {
        parsed.TryGet(out _, out var reason).ShouldBeFalse();
        Should.Throw<FormatException>(() => parsed.Value).Message.ShouldBe(reason);
        return reason!;
    }
}
