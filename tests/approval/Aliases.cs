using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SecureChat.ApprovalTests;

/// <summary>Names for what is different in every run: keys, ids that the relay chooses, ports, times.</summary>
internal sealed partial class Aliases
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, string> names = [];

    public Aliases(params IEnumerable<Person> people)
    {
        foreach (Person person in people)
        {
            string name = person.Name.ToUpperInvariant();
            Add(person.PublicKey, $"KEY-OF-{name}");
            Add(person.Curve25519, $"CURVE25519-OF-{name}");
        }
    }

    /// <summary>Gives something a name, as it stands and as it stands in a JSON string.</summary>
    public void Add(string value, string name)
    {
        names[value] = name;
        names[JsonSerializer.Serialize(value, Relaxed)[1..^1]] = name;
    }

    /// <summary>The text with names in it. Longer values come first: one may be the beginning of another, as 203.0.113.4 is of 203.0.113.43.</summary>
    public string Apply(string text) =>
        names.OrderByDescending(known => known.Key.Length).Aggregate(text, (result, known) => result.Replace(known.Key, known.Value, StringComparison.Ordinal));

    /// <summary>The text with names in it, for times of a real clock, too.</summary>
    public string ApplyWithTimes(string text) =>
        Base64OfTheLedger().Replace(Minutes().Replace(Milliseconds().Replace(Apply(text), "TIME"), "MINUTES minute(s)"), "BASE64");

    [GeneratedRegex(@"(?<!\d)1\d{12}(?!\d)")]
    private static partial Regex Milliseconds();

    // Leaf hashes, entries and addenda hold nonces.
    [GeneratedRegex("""(?<="(leaf_hash|entry|profile|keys)": ?")[A-Za-z0-9+/]+=*(?=")""")]
    private static partial Regex Base64OfTheLedger();

    [GeneratedRegex(@"\d+ minute\(s\)")]
    private static partial Regex Minutes();
}
