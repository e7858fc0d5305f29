using System.Text;

namespace SecureChat.ApprovalTests;

/// <summary>Rows of cells as aligned text.</summary>
/// <param name="columns">Their titles.</param>
internal sealed class TextTable(params string[] columns)
{
    private readonly List<string[]> rows = [];

    public TextTable Add(params string[] cells)
    {
        rows.Add(cells);
        return this;
    }

    /// <summary>Title line, ruler, rows; each ends in a line feed and none in a blank.</summary>
    public override string ToString()
    {
        int[] widths = [.. columns.Select((title, index) => rows.Select(row => row[index].Length).Append(title.Length).Max())];
        StringBuilder text = new();
        Append(columns, ' ');
        Append([.. widths.Select(width => new string('-', width))], '-');
        rows.ForEach(row => Append(row, ' '));
        return text.ToString();

        void Append(string[] cells, char fill) =>
            text.Append(string.Join("  ", cells.Select((cell, index) => cell.PadRight(widths[index], fill))).TrimEnd()).Append('\n');
    }
}
