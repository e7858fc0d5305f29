using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace SecureChat.Ledger.Circle.Names;

/// <summary>
/// The parts of the Unicode Character Database that .NET does not bring: read once, from files embedded in this assembly.
/// </summary>
internal static class UnicodeTables
{
    /// <summary>Character to its full case folding (statuses C and F of CaseFolding.txt).</summary>
    public static readonly FrozenDictionary<int, string> CaseFolding = ReadCaseFolding();

    /// <summary>Character to the prototype that it looks like (UTS #39, confusables.txt).</summary>
    public static readonly FrozenDictionary<int, string> Prototypes = ReadPrototypes();

    /// <summary>
    /// Decomposed sequences and what they look like. The skeleton of UTS #39 decomposes before it maps and so never uses the
    /// rows of confusables.txt about composed characters; these are the ones that would be lost.
    /// </summary>
    public static readonly (string Sequence, string LookAlike)[] Composed =
        [.. Lines("ComposedLookAlikes.txt").Select(line => (Text(line[0]), Text(line[1])))];

    private static readonly Dictionary<string, CodePointSet> Properties = ReadProperties();

    /// <summary>Characters that show nothing by themselves (Default_Ignorable_Code_Point), unassigned ones included.</summary>
    public static readonly CodePointSet DefaultIgnorable = Properties["Default_Ignorable_Code_Point"];

    /// <summary>Pictures that take part in emoji sequences (Extended_Pictographic).</summary>
    public static readonly CodePointSet Pictographic = Properties["Extended_Pictographic"];

    /// <summary>Letters that join the one after them (Joining_Type L or D).</summary>
    public static readonly CodePointSet JoinsNext = Properties["Joins_Next"];

    /// <summary>Letters that join the one before them (Joining_Type R or D).</summary>
    public static readonly CodePointSet JoinsPrevious = Properties["Joins_Previous"];

    /// <summary>Han characters, those of the supplementary planes included (Unified_Ideograph).</summary>
    public static readonly CodePointSet Ideographs = Properties["Unified_Ideograph"];

    /// <summary>The signs that take the vowel from a consonant of a Brahmic script (combining class 9).</summary>
    public static readonly CodePointSet Viramas = Properties["Virama"];

    private static FrozenDictionary<int, string> ReadCaseFolding() =>
        Lines("CaseFolding.txt").ToFrozenDictionary(line => CodePoint(line[0]), line => Text(line[1]));

    private static FrozenDictionary<int, string> ReadPrototypes()
    {
        Dictionary<int, string> prototypes = [];
        foreach (string[] line in Lines("Confusables.txt"))
        {
            string prototype = Text(line[0]);
            foreach (string lookAlike in line[1].Split(' '))
            {
                prototypes.Add(CodePoint(lookAlike), prototype);
            }
        }

        return prototypes.ToFrozenDictionary();
    }

    private static Dictionary<string, CodePointSet> ReadProperties() => Lines("Properties.txt")
        .GroupBy(line => line[1], line => line[0].Split(".."))
        .ToDictionary(
            property => property.Key,
            property => new CodePointSet([.. property.Select(range => (CodePoint(range[0]), CodePoint(range[^1])))]));

    private static IEnumerable<string[]> Lines(string file)
    {
        Stream stream = typeof(UnicodeTables).Assembly.GetManifestResourceStream($"Names/{file}")
            ?? throw new InvalidOperationException($"The assembly was built without {file}.");
        using StreamReader reader = new(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                yield return line.Split(';');
            }
        }
    }

    private static int CodePoint(string hexadecimal) =>
        int.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string Text(string codePoints) =>
        string.Concat(codePoints.Split(' ').Select(codePoint => char.ConvertFromUtf32(CodePoint(codePoint))));
}

/// <summary>A set of code points, kept as ascending ranges that do not touch.</summary>
internal sealed class CodePointSet((int First, int Last)[] ranges)
{
    private readonly int[] firsts = [.. ranges.Select(range => range.First)];
    private readonly int[] lasts = [.. ranges.Select(range => range.Last)];

    public bool Contains(Rune character)
    {
        int found = Array.BinarySearch(firsts, character.Value);
        int range = found >= 0 ? found : ~found - 1;
        return range >= 0 && character.Value <= lasts[range];
    }
}
