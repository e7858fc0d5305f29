using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace SecureChat.Ledger.Circle.Names;

/// <summary>
/// Which texts may be a display name. A name is kept and shown exactly as it was sent, blanks at its ends, quotes and
/// markup included; only comparisons look at its <see cref="NameKeys"/>.
/// </summary>
/// <remarks>
/// What a character is (a letter, a mark, unassigned) and where one ends for the eye is asked of .NET's own tables, never of
/// the machine's ICU library: the same name is judged alike on every machine. .NET counts a conjunct of a Brahmic script as
/// one character for each consonant, so names in these scripts are at the limit a little earlier than a reader's count.
/// </remarks>
public static class DisplayName
{
    /// <summary>The most characters as a person sees them (extended grapheme clusters, UAX #29).</summary>
    public const int MaxCharacters = 64;

    /// <summary>The most bytes in UTF-8.</summary>
    public const int MaxBytes = 256;

    /// <summary>The keys of the name if it is acceptable, and otherwise what is wrong with it.</summary>
    public static bool TryAccept(
        string text,
        [NotNullWhen(true)] out NameKeys? keys,
        [NotNullWhen(false)] out DisplayNameProblem? problem)
    {
        problem = Judge(text);
        keys = problem is null ? NameKeys.Of(text) : null;
        return problem is null;
    }

    /// <summary>The first rule that the text breaks, or null when it may be a display name.</summary>
    public static DisplayNameProblem? Judge(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return new DisplayNameProblem(DisplayNameRule.Missing);
        }

        // A UTF-16 unit is at least one byte of UTF-8, so what follows never looks at more than 256 of them.
        if (text.Length > MaxBytes || Encoding.UTF8.GetByteCount(text) > MaxBytes || HasTooManyCharacters(text))
        {
            return new DisplayNameProblem(DisplayNameRule.TooLong);
        }

        Span<Rune> buffer = stackalloc Rune[MaxBytes];
        if (!TryDecode(text, buffer, out int count))
        {
            return new DisplayNameProblem(DisplayNameRule.Damaged);
        }

        ReadOnlySpan<Rune> name = buffer[..count];
        for (int index = 0; index < name.Length; index++)
        {
            if (BrokenRule(name, index) is { } rule)
            {
                return new DisplayNameProblem(rule, name[index]);
            }
        }

        return null;
    }

    private static DisplayNameRule? BrokenRule(ReadOnlySpan<Rune> name, int index)
    {
        Rune character = name[index];

        // Before the categories, because a default-ignorable character can be a mark or a letter to them.
        if (UnicodeTables.DefaultIgnorable.Contains(character) && !IsDirection(character))
        {
            return ZeroWidth.IsInPlace(name, index) ? null : DisplayNameRule.Invisible;
        }

        switch (Rune.GetUnicodeCategory(character))
        {
            case UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                return DisplayNameRule.Control;
            case UnicodeCategory.Format:
                return IsDirection(character) ? DisplayNameRule.Direction : DisplayNameRule.Invisible;
            case UnicodeCategory.OtherNotAssigned:
                return DisplayNameRule.Unassigned;
            case UnicodeCategory.PrivateUse:
                return DisplayNameRule.PrivateUse;
        }

        return character.Value switch
        {
            0xFFFC or 0xFFFD => DisplayNameRule.Damaged,
            BraillePatternBlank or MusicalNullNotehead => DisplayNameRule.Invisible,
            _ when !Marks.IsMark(character) => null,
            _ when Marks.IsLoose(name, index) => DisplayNameRule.LooseMark,
            _ when Marks.IsNonspacing(character) && Marks.IsPiledUp(name, index) => DisplayNameRule.PiledMarks,
            _ => null,
        };
    }

    // Symbols for Unicode, blank for the eye, and no white space that could be trimmed.
    private const int BraillePatternBlank = 0x2800;
    private const int MusicalNullNotehead = 0x1D159;

    /// <summary>
    /// Bidi_Control. The two marks and the isolates are refused with the overrides: a client that shows names isolates them
    /// itself, and no script needs them inside a name.
    /// </summary>
    private static bool IsDirection(Rune character) =>
        character.Value is 0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);

    private static bool HasTooManyCharacters(ReadOnlySpan<char> text)
    {
        int characters = 0;
        while (!text.IsEmpty)
        {
            text = text[StringInfo.GetNextTextElementLength(text)..];
            characters++;
        }

        return characters > MaxCharacters;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, Span<Rune> runes, out int count)
    {
        count = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out runes[count], out int units) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            text = text[units..];
            count++;
        }

        return true;
    }
}
