using System.Globalization;
using System.Text;

namespace SecureChat.Ledger.Circle.Names;

/// <summary>What a display name can do wrong by itself, whoever else is in the circle.</summary>
public enum DisplayNameRule
{
    /// <summary>Empty, or nothing but blanks: it counts as a missing field.</summary>
    Missing,

    /// <summary>More than 64 characters as a person sees them, or more than 256 bytes of UTF-8.</summary>
    TooLong,

    /// <summary>Half of a surrogate pair, U+FFFD or U+FFFC: the text was damaged on its way.</summary>
    Damaged,

    /// <summary>A control character, or a line or paragraph separator.</summary>
    Control,

    /// <summary>A character that only changes the direction of the text around it.</summary>
    Direction,

    /// <summary>A character that shows nothing, or a joiner or selector where the script does not use one.</summary>
    Invisible,

    /// <summary>A character without a meaning in the version of Unicode that the server knows.</summary>
    Unassigned,

    /// <summary>A character whose meaning is private to a font.</summary>
    PrivateUse,

    /// <summary>An accent or vowel sign without a letter under it.</summary>
    LooseMark,

    /// <summary>More than four marks in a row, or the same mark twice.</summary>
    PiledMarks,
}

/// <summary>Why a text is no display name.</summary>
/// <param name="Rule">The rule that is broken.</param>
/// <param name="Character">The first character that breaks it, where it is about one.</param>
public sealed record DisplayNameProblem(DisplayNameRule Rule, Rune? Character = null)
{
    /// <summary>
    /// One sentence for the person who chose the name, and what to do. It names the character by its number, because most
    /// of these cannot be seen.
    /// </summary>
    public string Sentence => Rule switch
    {
        DisplayNameRule.Missing => "A display name is needed; choose one that is not blank.",
        DisplayNameRule.TooLong =>
            $"The display name is too long; choose one of at most {DisplayName.MaxCharacters} characters ({DisplayName.MaxBytes} bytes).",
        DisplayNameRule.Damaged => "The display name arrived damaged; type it again.",
        DisplayNameRule.Control => $"The display name contains a line break or control character{Number}; write it on one line.",
        DisplayNameRule.Direction => $"The display name contains a character that turns the direction of text{Number}; write it without.",
        DisplayNameRule.Invisible => $"The display name contains an invisible character where none belongs{Number}; write it without.",
        DisplayNameRule.Unassigned => $"The display name contains a character that is not known here{Number}; choose another one.",
        DisplayNameRule.PrivateUse => $"The display name contains a character of a private font{Number}; choose another one.",
        DisplayNameRule.LooseMark => $"The display name contains an accent without a letter{Number}; put a letter before it.",
        DisplayNameRule.PiledMarks => $"The display name piles accents on one letter{Number}; use fewer.",
        _ => throw new InvalidOperationException($"The rule {Rule} has no sentence."),
    };

    private string Number => Character is { } character
        ? string.Create(CultureInfo.InvariantCulture, $" (U+{character.Value:X4})")
        : "";
}
