using System.Text.Json;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

/// <summary>The vectors of tests/vectors/ledger.json; each section there names the public source that it was taken from.</summary>
internal static class Vectors
{
    private static readonly JsonDocument s_document =
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "ledger.json")));

    public static JsonElement Section(string name) => s_document.RootElement.GetProperty(name);

    public static IEnumerable<JsonElement> List(this JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static long Number(this JsonElement element, string name) => element.GetProperty(name).GetInt64();

    public static byte[] Hex(this JsonElement element, string name) => Convert.FromHexString(element.Text(name));

    public static byte[] Base64(this JsonElement element, string name) => Convert.FromBase64String(element.Text(name));

    public static Hash HexHash(this JsonElement element, string name) => HexHash(element.GetProperty(name));

    public static Hash HexHash(this JsonElement element) => Hash.ParseHex(element.GetString()!).Value;

    public static Hash[] HexHashes(this JsonElement element, string name) => [.. element.List(name).Select(HexHash)];
}
