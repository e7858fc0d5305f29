using System.Text;
using System.Text.RegularExpressions;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>
/// Makes something odd of well-formed JSON: token by token, so that most of it goes past the parser, and now and then byte by byte, so
/// that it does not.
/// </summary>
internal static partial class SpoiledJson
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "0.1", "1e400", "-1e400", "1E+2", "1e-400", "9007199254740993", "18446744073709551616",
        "{}", "[]", "[[]]", "[null]", "{\"a\":1}", "{\"a\":1,\"a\":2}", "{\"member_id\":{}}",
        "\"\"", "\" \"", "\"a\"", "\"true\"", "\"0\"", "\"general\"", "\"__proto__\"", "\"constructor\"", "\"../../etc/passwd\"", "\"' OR 1=1 --\"", "\"%s%n%x\"",
        "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\u202e\"", "\"\\uFEFF\"", "\"\\b\\f\\n\\r\\t\\/\\\\\\\"\"", "\"<script>\"", "\"a:b\"",
        "\"AUTH\"", "\"PING\"", "\"MESSAGE\"", "\"ACK\"", "\"erased-1\"", "\"-----BEGIN PRIVATE KEY-----\\nAA==\\n-----END PRIVATE KEY-----\\n\"",
    ];

    private static readonly string[] NoValues = ["00", "01", "+1", ".5", "1.", "NaN", "Infinity", "undefined", "'a'", "\"a", "{", "\"\\x\"", "\"\\u12\"", "\"\n\""];

    private static readonly string[] Pieces =
    [
        "\\u0000", "\\ud800", "\\udfff", "\\ud83d\\ude00", "\\u202e", "\\u0061", "\u007F", "é", "\u200D", "\U0001F600", "\uFFFF", "/", "A", "=", " ", "\u00A0", "\\n", "\\r\\n",
        "xxxxxxxxxxxxxxxx", ":", "\\\"",
    ];

    private static readonly string[] Marks = ["{", "}", "[", "]", ",", ":", "\"", "/*", "*/", "//", " ", "\t", "\n", "\u000B", "\u00A0", "\uFEFF", "{\"a\":", "null"];

    /// <summary>The text with so many changes that it is different most of the time, in UTF-8 or not quite.</summary>
    public static byte[] Of(string json, Dice dice)
    {
        List<string> tokens = [.. Token().Matches(json).Select(match => match.Value)];
        for (var changes = dice.Below(4); changes > 0 && tokens.Count > 0; changes--)
        {
            Change(tokens, dice);
        }

        var bytes = Encoding.UTF8.GetBytes(string.Concat(tokens));
        return dice.OneIn(12) ? SpoiledBytes(bytes, dice) : bytes;
    }

    /// <summary>Some bytes of these changed, put in, taken out, or the end cut off.</summary>
    public static byte[] SpoiledBytes(byte[] bytes, Dice dice)
    {
        List<byte> spoiled = [.. bytes];
        for (var changes = 1 + dice.Below(4); changes > 0; changes--)
        {
            var at = dice.Below(spoiled.Count + 1);
            switch (dice.Below(5))
            {
                case 0 when at < spoiled.Count:
                    spoiled[at] = (byte)dice.Below(256);
                    break;
                case 1 when at < spoiled.Count:
                    spoiled[at] ^= (byte)(1 << dice.Below(8));
                    break;
                case 2 when at < spoiled.Count:
                    spoiled.RemoveRange(at, Math.Min(1 + dice.Below(8), spoiled.Count - at));
                    break;
                case 3 when dice.OneIn(3):
                    spoiled.RemoveRange(at, spoiled.Count - at);
                    break;
                default:
                    spoiled.InsertRange(at, Enumerable.Range(0, 1 + dice.Below(4)).Select(_ => (byte)dice.Below(256)));
                    break;
            }
        }

        return [.. spoiled];
    }

    private static void Change(List<string> tokens, Dice dice)
    {
        var at = dice.Below(tokens.Count);
        var value = ValueNear(tokens, at);
        switch (dice.Below(20))
        {
            case < 8:
                Replace(tokens, value, _ => dice.OneIn(20) ? Large(dice) : dice.OneOf(dice.OneIn(20) ? NoValues : Values));
                break;
            case 8 or 9:
                LeaveOut(tokens, at);
                break;
            case 10 or 11:
                Double(tokens, at, dice);
                break;
            case 12 or 13 or 14 when tokens[value] is ['"', _, ..] text:
                tokens[value] = text.Insert(1 + dice.Below(text.Length - 1), dice.OneOf(Pieces));
                break;
            case 15 or 16 when tokens[at] is ['"', _, ..]:
                // The same text, its letters as escapes.
                tokens[at] = Letter().Replace(tokens[at], letter => $"\\u{(int)letter.Value[0]:x4}");
                break;
            case 17:
                var other = dice.Below(tokens.Count);
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            case 18:
                tokens.Insert(at, dice.OneOf(Marks));
                break;
            default:
                var depth = dice.OneOf([1, 2, 13, 14, 15, 16, 17, 100]);
                Replace(tokens, value, whole => new string('[', depth) + whole + new string(']', depth));
                break;
        }
    }

    // A member of an object less.
    private static void LeaveOut(List<string> tokens, int at)
    {
        var value = ValueNear(tokens, at);
        var name = value - 2;
        if (name < 0 || tokens[value - 1] != ":")
        {
            tokens.RemoveAt(at);
            return;
        }

        tokens.RemoveRange(name, Extent(tokens, value) + 2);
        if (name < tokens.Count && tokens[name] == ",")
        {
            tokens.RemoveAt(name);
        }
        else if (name > 0 && tokens[name - 1] == ",")
        {
            tokens.RemoveAt(name - 1);
        }
    }

    private static void Replace(List<string> tokens, int value, Func<string, string> by)
    {
        var extent = Extent(tokens, value);
        var whole = string.Concat(tokens.GetRange(value, extent));
        tokens.RemoveRange(value, extent);
        tokens.Insert(value, by(whole));
    }

    // How many tokens a value has: those of an object or an array up to the end that belongs to it.
    private static int Extent(List<string> tokens, int value)
    {
        var depth = 0;
        for (var at = value; at < tokens.Count; at++)
        {
            depth += tokens[at] is "{" or "[" ? 1 : tokens[at] is "}" or "]" ? -1 : 0;
            if (depth <= 0)
            {
                return at - value + 1;
            }
        }

        return tokens.Count - value;
    }

    // A member of an object once more, under the same name or an escaped spelling of it, with the same value or another.
    private static void Double(List<string> tokens, int at, Dice dice)
    {
        var colon = tokens.IndexOf(":", at);
        if (colon is > 0 && colon + 1 < tokens.Count)
        {
            var name = tokens[colon - 1];
            var spelled = dice.OneIn(2) && name.Length > 3 ? $"\"\\u{(int)name[1]:x4}{name[2..]}" : name;
            tokens.InsertRange(colon - 1, [spelled, ":", dice.OneIn(2) ? dice.OneOf(Values) : "1", ","]);
        }
    }

    private static int ValueNear(List<string> tokens, int at)
    {
        var colon = tokens.IndexOf(":", at);
        colon = colon >= 0 ? colon : tokens.LastIndexOf(":");
        return colon >= 0 && colon + 1 < tokens.Count ? colon + 1 : at;
    }

    private static string Large(Dice dice) => dice.Below(4) switch
    {
        0 => $"\"{new string('x', 1 + dice.Below(5000))}\"",
        1 => new string('9', 400),
        2 => $"[{string.Join(',', Enumerable.Repeat(dice.OneOf(Values), 300))}]",
        _ => $"{{{string.Join(',', Enumerable.Range(0, 300).Select(number => $"\"{number}\":{dice.OneOf(Values)}"))}}}",
    };

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+|\s+
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Token();

    [GeneratedRegex("(?<!\\\\[^\\\\]*)[A-Za-z_]")]
    private static partial Regex Letter();
}
