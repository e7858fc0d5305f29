using System.Text;

namespace SecureChat.Ledger.Circle.Names;

/// <summary>
/// Where the characters that show nothing by themselves are part of how a name is written. Everywhere else they would
/// only make two names differ that look the same.
/// </summary>
internal static class ZeroWidth
{
    private const int NonJoiner = 0x200C;
    private const int Joiner = 0x200D;
    private const int MongolianVowelSeparator = 0x180E;
    private const int BlackFlag = 0x1F3F4;
    private const int CancelTag = 0xE007F;

    /// <summary>Whether the default-ignorable character at this place belongs there.</summary>
    public static bool IsInPlace(ReadOnlySpan<Rune> name, int index)
    {
        if (index == 0)
        {
            return false;
        }

        Rune previous = name[index - 1];
        return name[index].Value switch
        {
            Joiner => ShapesConjunct(name, index) || GluesEmoji(name, index),
            NonJoiner => UnicodeTables.Viramas.Contains(previous) || PartsCursiveLetters(name, index),
            0xFE0E or 0xFE0F => UnicodeTables.Pictographic.Contains(previous) || IsKeycapBase(previous),
            >= 0xFE00 and <= 0xFE02 => UnicodeTables.Ideographs.Contains(previous),
            >= 0xE0100 and <= 0xE01EF => UnicodeTables.Ideographs.Contains(previous),
            MongolianVowelSeparator => IsMongolianLetter(previous) && name[index..] is [_, { Value: 0x1820 or 0x1821 }, ..],
            >= 0x180B and <= 0x180F => IsMongolianLetter(previous),
            >= 0xE0020 and <= CancelTag => IsInFlag(name, index),
            _ => false,
        };
    }

    /// <summary>
    /// After a virama: RFC 5892, A.2. Before one, after a letter: the Unicode Standard, 12.2 (Bengali ra with ya-phalaa),
    /// 12.8 (Kannada ra) and 13.2 (Sinhala touching letters).
    /// </summary>
    private static bool ShapesConjunct(ReadOnlySpan<Rune> name, int index) =>
        UnicodeTables.Viramas.Contains(name[index - 1])
        || (index + 1 < name.Length && Rune.IsLetter(name[index - 1]) && UnicodeTables.Viramas.Contains(name[index + 1]));

    /// <summary>RFC 5892, A.1: between two letters that would join, marks on either side not counted.</summary>
    private static bool PartsCursiveLetters(ReadOnlySpan<Rune> name, int index)
    {
        int before = index - 1;
        while (before >= 0 && IsTransparent(name[before]))
        {
            before--;
        }

        int after = index + 1;
        while (after < name.Length && IsTransparent(name[after]))
        {
            after++;
        }

        return before >= 0 && UnicodeTables.JoinsNext.Contains(name[before])
            && after < name.Length && UnicodeTables.JoinsPrevious.Contains(name[after]);
    }

    /// <summary>UAX #29, GB11: picture, then skin tones and selectors, then the joiner, then a picture.</summary>
    private static bool GluesEmoji(ReadOnlySpan<Rune> name, int index)
    {
        int before = index - 1;
        while (before > 0 && name[before].Value is 0xFE0F or (>= 0x1F3FB and <= 0x1F3FF))
        {
            before--;
        }

        return UnicodeTables.Pictographic.Contains(name[before])
            && index + 1 < name.Length && UnicodeTables.Pictographic.Contains(name[index + 1]);
    }

    /// <summary>
    /// UTS #51, ED-14a: the flags of England, Scotland and other subdivisions are a black flag, the region's letters and
    /// digits as tags, and an end. Tags occur in nothing else.
    /// </summary>
    private static bool IsInFlag(ReadOnlySpan<Rune> name, int index)
    {
        int flag = index - 1;
        while (flag > 0 && IsRegionTag(name[flag]))
        {
            flag--;
        }

        int end = flag + 1;
        while (end < name.Length && IsRegionTag(name[end]))
        {
            end++;
        }

        return name[flag].Value == BlackFlag && end - flag is > 3 and <= 7
            && end < name.Length && name[end].Value == CancelTag && index <= end;
    }

    private static bool IsRegionTag(Rune character) => character.Value is (>= 0xE0030 and <= 0xE0039) or (>= 0xE0061 and <= 0xE007A);

    private static bool IsTransparent(Rune character) => Marks.IsNonspacing(character);

    private static bool IsKeycapBase(Rune character) => character.Value is '#' or '*' or (>= '0' and <= '9');

    private static bool IsMongolianLetter(Rune character) => character.Value is >= 0x1820 and <= 0x18AA;
}
