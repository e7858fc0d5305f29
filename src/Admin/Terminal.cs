using System.Globalization;
using System.Text;
using Spectre.Console;

namespace SecureChat.Admin;

/// <summary>
/// Where answers are written and questions asked. In colour and in boxes on a terminal, as plain lines elsewhere. Names and
/// reasons come from files that strangers may have made: whatever could steer a terminal is replaced before it is written.
/// </summary>
internal sealed class Terminal
{
    private const int PageLength = 1 << 16;

    private readonly IAnsiConsole console;
    private readonly bool isTerminal;

    /// <summary>A terminal.</summary>
    /// <param name="input">Where answers to questions come from.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where refusals and progress go.</param>
    /// <param name="clock">Tells how fast long work goes.</param>
    /// <param name="isTerminal">Whether a person looks at the output.</param>
    /// <param name="showsProgress">Whether a person looks at the errors.</param>
    public Terminal(TextReader input, TextWriter output, TextWriter error, TimeProvider clock, bool isTerminal = false, bool showsProgress = false)
    {
        Input = input;
        Output = output;
        Error = error;
        Clock = clock;
        ShowsProgress = showsProgress;
        this.isTerminal = isTerminal;

        // Spectre.Console looks at TERM and NO_COLOR itself.
        console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
    }

    public TextReader Input { get; }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    public TimeProvider Clock { get; }

    public bool ShowsProgress { get; }

    /// <summary>Whether a person looks at the output.</summary>
    public bool IsTerminal => isTerminal;

    /// <summary>The terminal that the process was started on.</summary>
    public static Terminal OfProcess(TimeProvider clock)
    {
        Console.OutputEncoding = Encoding.UTF8;
        return new Terminal(Console.In, Console.Out, Console.Error, clock, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
    }

    /// <summary>Writes one line.</summary>
    public void Line(string text = "") => Output.WriteLine(Printable(text));

    /// <summary>Writes the sentence that the whole answer comes down to.</summary>
    public void Headline(string text, bool good)
    {
        if (isTerminal)
        {
            console.Write(new Text(Printable(text) + "\n", new Style(good ? Color.Green : Color.Red, decoration: Decoration.Bold)));
        }
        else
        {
            Line(text);
        }
    }

    /// <summary>Writes rows under a heading each.</summary>
    public void Table(IReadOnlyList<string> headings, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (isTerminal)
        {
            Table table = new() { Border = TableBorder.Rounded };
            foreach (string heading in headings)
            {
                table.AddColumn(new TableColumn(new Text(heading)));
            }

            foreach (IReadOnlyList<string> row in rows)
            {
                table.AddRow(row.Select(cell => new Text(Printable(cell))));
            }

            console.Write(table);
            return;
        }

        // In cells, of which a letter takes none, one or two.
        int[] widths = [.. headings.Select((heading, column) => rows.Select(row => Width(row[column])).Append(Width(heading)).Max())];
        Lines(rows.Prepend(headings).Select(row =>
            string.Join("  ", row.Select((cell, column) => cell + new string(' ', widths[column] - Width(cell)))).TrimEnd()));
    }

    /// <summary>Writes many lines, a page of them at a time.</summary>
    public void Lines(IEnumerable<string> lines)
    {
        StringBuilder page = new(PageLength);
        foreach (string line in lines)
        {
            page.Append(Printable(line)).Append(Output.NewLine);
            if (page.Length > PageLength)
            {
                Output.Write(page);
                page.Clear();
            }
        }

        Output.Write(page);
    }

    /// <summary>Says why a command ends, in one line.</summary>
    /// <returns>The exit code.</returns>
    public int Refuse(int exitCode, string sentence)
    {
        Error.WriteLine(Printable(sentence.ReplaceLineEndings(" ")));
        return exitCode;
    }

    /// <summary>Has a person type a word before something is done that cannot be undone.</summary>
    /// <exception cref="CommandRefusedException">Something else was typed, or nothing.</exception>
    public void Confirm(string word)
    {
        Output.Write(Printable($"Type {word} to go on: "));
        if (Input.ReadLine()?.Trim() != word)
        {
            Output.WriteLine();
            throw CommandRefusedException.Usage("It was not confirmed; nothing was changed.");
        }
    }

    private static int Width(string text) => Ascii.IsValid(text) ? text.Length : text.GetCellWidth();

    private static string Printable(string text) =>
        IsPlain(text) ? text : string.Concat(text.Select(letter => IsSteering(letter) ? '\uFFFD' : letter));

    /// <summary>Whether nothing in a text could steer a terminal.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text)
    {
        for (int after = 0; text[after..].IndexOfAnyExceptInRange(' ', '~') is >= 0 and var odd; after += odd + 1)
        {
            if (IsSteering(text[after + odd]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it is a control character, a line end, or a mark that turns the direction of writing.</summary>
    public static bool IsSteering(char letter) =>
        char.IsControl(letter)
        || char.GetUnicodeCategory(letter) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || letter is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
