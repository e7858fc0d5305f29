using System.Globalization;
using System.Text;

namespace SecureChat.Ledger.Circle.Names;

/// <summary>
/// Accents, vowel signs and other marks that are drawn on the character before them.
/// </summary>
internal static class Marks
{
    /// <summary>UTS #39, section 5.4. More would be drawn over the lines above and below the name.</summary>
    public const int MaxInARow = 4;

    public static bool IsMark(Rune character) =>
        Rune.GetUnicodeCategory(character) is UnicodeCategory.SpacingCombiningMark || IsNonspacing(character);

    public static bool IsNonspacing(Rune character) =>
        Rune.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    /// <summary>Whether the mark at this place has nothing to stand on: it begins the name or follows a blank.</summary>
    public static bool IsLoose(ReadOnlySpan<Rune> name, int index) => index == 0 || Rune.IsWhiteSpace(name[index - 1]);

    /// <summary>
    /// Whether the nonspacing mark at this place is one too many: the fifth in a row, or the same one a second time, which
    /// is drawn exactly over the first (UTS #39, section 5.4).
    /// </summary>
    public static bool IsPiledUp(ReadOnlySpan<Rune> name, int index)
    {
        if (index > 0 && name[index] == name[index - 1])
        {
            return true;
        }

        int first = index;
        while (first > 0 && IsNonspacing(name[first - 1]))
        {
            first--;
        }

        return index - first >= MaxInARow;
    }
}
