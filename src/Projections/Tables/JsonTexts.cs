using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SecureChat.Projections.Tables;

/// <summary>
/// Lists of ids as they stand in the tables: JSON without blanks. Each text is written in one way only, so that one between quotes is
/// found by looking for just that.
/// </summary>
internal static class JsonTexts
{
    public const string None = "[]";

    // What ids are made of. Others would have to come from a ledger that this relay has not written.
    private static readonly SearchValues<char> PlainText = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._");

    public static string Of(IEnumerable<string> ids) => $"[{string.Join(',', ids.Select(Quoted))}]";

    /// <summary>Whether a text is a list as it would be written here.</summary>
    public static bool IsList(string text)
    {
        try
        {
            using JsonDocument list = JsonDocument.Parse(text);
            return list.RootElement.ValueKind == JsonValueKind.Array && Of(list.RootElement.EnumerateArray().Select(id => id.GetString() ?? "")) == text;
        }
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    public static string With(string list, string id) => list == None ? $"[{Quoted(id)}]" : $"{list.AsSpan(0, list.Length - 1)},{Quoted(id)}]";

    public static string Without(string list, string id)
    {
        string quoted = Quoted(id);
        int at = list.IndexOf(quoted, StringComparison.Ordinal);
        if (at < 0)
        {
            return list;
        }

        // With the comma behind it, or before it where it is the last one.
        int end = at + quoted.Length;
        (at, end) = list[end] == ',' ? (at, end + 1) : (list[at - 1] == ',' ? at - 1 : at, end);
        return string.Concat(list.AsSpan(0, at), list.AsSpan(end));
    }

    private static string Quoted(string id) => id.AsSpan().ContainsAnyExcept(PlainText)
        ? $"\"{JsonEncodedText.Encode(id, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\""
        : $"\"{id}\"";
}
