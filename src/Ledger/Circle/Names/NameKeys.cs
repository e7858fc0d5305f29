using System.Collections.Frozen;
using System.Text;

namespace SecureChat.Ledger.Circle.Names;

/// <summary>
/// What of a display name counts when it is compared with others. Two names clash as soon as one of the three keys is the
/// same in both; the keys are compared by ordinal and never shown.
/// </summary>
/// <remarks>
/// <para>
/// To look alike is no equivalence once case is ignored too: <c>I</c> is <c>i</c> in another case and looks like <c>l</c>,
/// but Neil and Nell are two people. One key for everything would have to make <c>i</c> and <c>l</c> the same letter (and
/// <c>N</c> and <c>V</c>, over the Greek nu). Hence two skeletons: what looks like the name as it is written, and what
/// looks like it in lower case. What gets by is a forgery that changes the case of some letters
/// and replaces these by look-alikes: <c>Allce</c>, by way of <c>AlIce</c>.
/// </para>
/// <para>
/// Characters newer than the ICU library of the machine are not normalised by .NET. They are still folded and mapped to
/// their prototypes, for these tables travel with the program.
/// </para>
/// </remarks>
/// <param name="Folded">Trimmed, NFKC, full case folding, without joiners and other characters that show nothing.</param>
/// <param name="Skeleton">The skeleton (UTS #39, section 4) of the name as it is written, made indifferent to case.</param>
/// <param name="FoldedSkeleton">The same of <paramref name="Folded"/>.</param>
public sealed record NameKeys(string Folded, string Skeleton, string FoldedSkeleton)
{
    /// <summary>Whether the two names cannot stand beside each other in one circle.</summary>
    public bool ClashesWith(NameKeys other) =>
        string.Equals(Folded, other.Folded, StringComparison.Ordinal)
        || string.Equals(Skeleton, other.Skeleton, StringComparison.Ordinal)
        || string.Equals(FoldedSkeleton, other.FoldedSkeleton, StringComparison.Ordinal);

    /// <summary>
    /// The keys of any text, of one that is no acceptable name too: names that an older server let in count in comparisons.
    /// </summary>
    public static NameKeys Of(string text)
    {
        string visible = WithoutIgnorables(text);
        string folded = FoldCompatibly(visible);
        return new NameKeys(folded, CaselessSkeleton(visible), CaselessSkeleton(folded));
    }

    /// <summary>Also puts U+FFFD for what <c>Normalize</c> throws at: lone surrogates and U+FFFE.</summary>
    private static string WithoutIgnorables(string text)
    {
        StringBuilder visible = new(text.Length);
        foreach (Rune character in text.EnumerateRunes())
        {
            if (!UnicodeTables.DefaultIgnorable.Contains(character))
            {
                Append(visible, character.Value == 0xFFFE ? Rune.ReplacementChar : character);
            }
        }

        return visible.ToString();
    }

    /// <summary>
    /// Twice, because normalising can bring out what has a case: the Unicode Standard, D146 (compatibility caseless match).
    /// </summary>
    private static string FoldCompatibly(string text)
    {
        string once = FoldCase(text.Normalize(NormalizationForm.FormD)).Normalize(NormalizationForm.FormKC);
        return FoldCase(once).Normalize(NormalizationForm.FormKC).Trim();
    }

    internal static string FoldCase(string text) => Map(text, UnicodeTables.CaseFolding);

    /// <summary>
    /// A function of the skeleton, so texts that share theirs share this. The second pass is for letters that are look-alikes
    /// in one case only: <c>m</c> is mapped to <c>rn</c>, <c>M</c> stays.
    /// </summary>
    private static string CaselessSkeleton(string text) => Settle(SkeletonOf(FoldCase(SkeletonOf(text))));

    private static string SkeletonOf(string text)
    {
        string skeleton = Map(text.Normalize(NormalizationForm.FormD), UnicodeTables.Prototypes).Normalize(NormalizationForm.FormD);
        foreach ((string sequence, string lookAlike) in UnicodeTables.Composed)
        {
            skeleton = skeleton.Replace(sequence, lookAlike, StringComparison.Ordinal);
        }

        return skeleton;
    }

    private static string Map(string text, FrozenDictionary<int, string> table)
    {
        StringBuilder mapped = new(text.Length);
        foreach (Rune character in text.EnumerateRunes())
        {
            if (table.TryGetValue(character.Value, out string? replacement))
            {
                mapped.Append(replacement);
            }
            else
            {
                Append(mapped, character);
            }
        }

        return mapped.ToString();
    }

    /// <summary>
    /// What UTS #39 leaves to the display: runs of blanks are shown as one by a browser, and a dot over <c>i</c> or
    /// <c>j</c> falls on the dot that is there.
    /// </summary>
    private static string Settle(string skeleton)
    {
        const char dotAbove = '\u0307';
        StringBuilder settled = new(skeleton.Length);
        foreach (char character in skeleton.Trim())
        {
            char previous = settled.Length > 0 ? settled[^1] : '\0';
            bool adds = char.IsWhiteSpace(character)
                ? !char.IsWhiteSpace(previous)
                : character != dotAbove || previous is not ('i' or 'j');
            if (adds)
            {
                settled.Append(character);
            }
        }

        return settled.ToString();
    }

    private static void Append(StringBuilder text, Rune character)
    {
        Span<char> units = stackalloc char[2];
        text.Append(units[..character.EncodeToUtf16(units)]);
    }
}
