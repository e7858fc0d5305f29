using System.Globalization;
using System.Text;
using SecureChat.Ledger.Circle.Names;

namespace SecureChat.UnitTests.Circle.Names;

/// <summary>
/// Forges names with the table of UTS #39 alone: each character may become any other one, or several, with the same prototype.
/// </summary>
internal sealed class LookAlikes(ulong seed)
{
    private static readonly ILookup<string, string> ByPrototype = ReadTable().ToLookup(row => row.Prototype, row => row.Character);
    private static readonly Dictionary<string, string> PrototypeOf = ReadTable().ToDictionary(row => row.Character, row => row.Prototype);

    private ulong state = seed;

    /// <summary>A text that differs from the name and looks like it, or null when no character of it has a look-alike.</summary>
    public string? Of(string name)
    {
        StringBuilder forged = new();
        foreach (Rune rune in name.EnumerateRunes())
        {
            string character = rune.ToString();
            string prototype = PrototypeOf.GetValueOrDefault(character, character);
            string[] choices = [.. ByPrototype[prototype], prototype];
            forged.Append(Next(4) == 0 ? character : choices[Next(choices.Length)]);
        }

        string result = forged.ToString();
        return string.Equals(result, name, StringComparison.Ordinal) ? null : result;
    }

    /// <summary>The linear congruential generator of Knuth's MMIX: repeatable, and good enough to choose with.</summary>
    private int Next(int below)
    {
        state = unchecked((state * 6364136223846793005UL) + 1442695040888963407UL);
        return (int)((state >> 33) % (ulong)below);
    }

    private static IEnumerable<(string Prototype, string Character)> ReadTable()
    {
        using StreamReader reader = new(typeof(DisplayName).Assembly.GetManifestResourceStream("Names/Confusables.txt")!);
        foreach (string line in reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            string[] fields = line.Split(';');
            foreach (string character in fields[1].Split(' '))
            {
                yield return (Text(fields[0]), Text(character));
            }
        }
    }

    private static string Text(string codePoints) => string.Concat(codePoints.Split(' ')
        .Select(codePoint => char.ConvertFromUtf32(int.Parse(codePoint, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))));
}
