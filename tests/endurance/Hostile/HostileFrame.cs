using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>A message that a hostile client sends: mostly a frame of the protocol with something wrong in it.</summary>
/// <param name="Bytes">The payload.</param>
/// <param name="IsText">Sent as text rather than binary.</param>
/// <param name="Cuts">Where it is cut into fragments; none when it is one frame.</param>
internal sealed record HostileFrame(byte[] Bytes, bool IsText, IReadOnlyList<int> Cuts)
{
    /// <summary>How what was chosen is printed: with as few escapes as JSON allows.</summary>
    public static JsonSerializerOptions Readable { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    /// <summary>The JSON, when it is any that the relay takes, otherwise null.</summary>
    public JsonElement? Json { get; } = Parse(Bytes);

    /// <summary>Whether the RFC wants the connection closed because of it.</summary>
    public bool IsBadText => IsText && !Utf8.IsValid(Bytes);

    /// <summary>Whether it is an AUTH, which on a connection that has a member ends it, unless it is a good one.</summary>
    public bool IsAuth => Member(Json, "type") is { ValueKind: JsonValueKind.String } type && Says(type.GetString, "AUTH");

    /// <summary>What goes over the wire, with a ping between fragments now and then.</summary>
    public byte[] Wire()
    {
        var opcode = IsText ? 1 : 2;
        List<byte> wire = [];
        var start = 0;
        foreach (var cut in Cuts)
        {
            wire.AddRange(ClientBytes.Frame(start == 0 && wire.Count == 0 ? opcode : 0, Bytes.AsSpan(start..cut)));
            start = cut;
        }

        wire.AddRange(ClientBytes.Frame(0x80 | (wire.Count == 0 ? opcode : 0), Bytes.AsSpan(start)));
        return [.. wire];
    }

    /// <summary>A frame of this type, spoiled.</summary>
    public static HostileFrame Of(string wellFormed, Dice dice)
    {
        var bytes = dice.OneIn(60) ? SpoiledJson.SpoiledBytes([], dice) : SpoiledJson.Of(wellFormed, dice);
        List<int> cuts = dice.OneIn(8) ? [.. Enumerable.Range(0, 1 + dice.Below(4)).Select(_ => dice.Below(bytes.Length + 1)).Order()] : [];
        var isText = !dice.OneIn(4) && (Utf8.IsValid(bytes) || dice.OneIn(10));
        return new HostileFrame(bytes, isText, cuts);
    }

    public override string ToString() =>
        $"{(IsText ? "text" : "binary")} {JsonSerializer.Serialize(Encoding.UTF8.GetString(Bytes), Readable)}, cut at [{string.Join(", ", Cuts)}], in base64 {Convert.ToBase64String(Bytes)}";

    /// <summary>The value under a name, as .NET gives it only as long as no other name has half of a surrogate pair in it.</summary>
    public static JsonElement? Member(JsonElement? json, string name) => json is { ValueKind: JsonValueKind.Object } members
        ? members.EnumerateObject().Where(member => Says(() => member.Name, name)).Select(member => (JsonElement?)member.Value).LastOrDefault()
        : null;

    private static bool Says(Func<string?> text, string word)
    {
        try
        {
            return text() == word;
        }
        catch (InvalidOperationException)
        {
            return false; // half of a surrogate pair
        }
    }

    private static JsonElement? Parse(byte[] bytes)
    {
        try
        {
            return Utf8.IsValid(bytes) ? JsonDocument.Parse(bytes, Strict).RootElement : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
