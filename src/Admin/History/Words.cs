using System.Globalization;

namespace SecureChat.Admin.History;

/// <summary>Lists and numbers as they stand in English sentences.</summary>
internal static class Words
{
    /// <summary>"A, B and C"; of nothing "nobody".</summary>
    public static string List(IReadOnlyList<string> words) => words switch
    {
        [] => "nobody",
        [var one] => one,
        _ => $"{string.Join(", ", words.SkipLast(1))} and {words[^1]}",
    };

    /// <summary>A number with its noun.</summary>
    public static string Count(long number, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {(number == 1 ? one : many)}");
}
