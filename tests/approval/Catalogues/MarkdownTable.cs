namespace SecureChat.ApprovalTests.Catalogues;

/// <summary>The rows of the tables in a document of the repository.</summary>
internal static class MarkdownTable
{
    /// <summary>The rows of the table with these titles, wherever it stands in the text; each row is its cells.</summary>
    /// <param name="document">Markdown.</param>
    /// <param name="titles">The first titles, as they are written.</param>
    public static IReadOnlyList<string[]> Rows(string document, params string[] titles)
    {
        string[] lines = document.ReplaceLineEndings("\n").Split('\n');
        List<string[]> rows = [];
        for (int line = 0; line < lines.Length; line++)
        {
            if (Cells(lines[line]).Take(titles.Length).SequenceEqual(titles))
            {
                // The line below the titles is the ruler.
                rows.AddRange(lines.Skip(line + 2).TakeWhile(row => row.StartsWith('|')).Select(Cells));
            }
        }

        return rows;
    }

    /// <summary>The words of a cell that stand in backticks.</summary>
    public static IEnumerable<string> Code(string cell) => cell.Split('`').Where((_, index) => index % 2 == 1);

    private static string[] Cells(string row) =>
        row.StartsWith('|') ? [.. row.Trim().Trim('|').Split('|').Select(cell => cell.Trim())] : [];
}
