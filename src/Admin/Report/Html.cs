using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace SecureChat.Admin.Report;

/// <summary>A piece of HTML that may stand in a page as it is.</summary>
internal readonly record struct Markup(string Text);

/// <summary>
/// HTML that is written piece by piece: what stands between the holes of an interpolated string is markup, and whatever is put into
/// a hole is escaped, unless it is <see cref="Markup"/>.
/// </summary>
internal sealed class Html
{
    // Escapes < > & " ' and everything that is no visible character.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly StringBuilder text = new();

    /// <summary>Writes markup with its holes.</summary>
    public Html Add([InterpolatedStringHandlerArgument("")] Piece piece)
    {
        _ = piece;
        return this;
    }

    /// <summary>What was written.</summary>
    public Markup ToMarkup() => new(text.ToString());

    /// <summary>One piece of markup.</summary>
    public static Markup Of(Action<Html> write)
    {
        Html html = new();
        write(html);
        return html.ToMarkup();
    }

    /// <summary>
    /// A name as it may be shown: control characters, line ends and the marks that turn the direction of writing are replaced, for a
    /// name comes from strangers.
    /// </summary>
    public static string Shown(string name) =>
        string.Concat(name.Select(letter => IsSteering(letter) ? '\uFFFD' : letter));

    private static bool IsSteering(char letter) =>
        char.IsControl(letter)
        || letter is '\u2028' or '\u2029' or '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>The interpolated string.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Piece(int literalLength, int formattedCount, Html html)
    {
        private readonly StringBuilder text = Ready(html.text, literalLength + (16 * formattedCount));

        public void AppendLiteral(string literal) => text.Append(literal);

        public void AppendFormatted(Markup markup) => text.Append(markup.Text);

        public void AppendFormatted(long number) => text.Append(number.ToString(CultureInfo.InvariantCulture));

        public void AppendFormatted(double number, string format) => text.Append(number.ToString(format, CultureInfo.InvariantCulture));

        public void AppendFormatted(string? value) => text.Append(Encoder.Encode(value ?? ""));

        private static StringBuilder Ready(StringBuilder text, int more)
        {
            text.EnsureCapacity(text.Length + more);
            return text;
        }
    }
}
