using System.Buffers;

namespace SecureChat.Admin;

/// <summary>
/// Comma-separated values as in RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it: names
/// are chosen by strangers.
/// </summary>
internal static class Csv
{
    private static readonly SearchValues<char> MustBeQuoted = SearchValues.Create(",\"\r\n;\t");

    /// <summary>One line, without its end.</summary>
    public static string Line(IReadOnlyList<string> cells) => string.Join(',', cells.Select(Cell));

    private static string Cell(string text)
    {
        string harmless = text.TrimStart() is ['=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20', ..] || text is ['\t' or '\r', ..] ? "'" + text : text;
        return harmless.AsSpan().ContainsAny(MustBeQuoted) ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : harmless;
    }
}
