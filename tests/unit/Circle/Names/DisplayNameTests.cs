using CsCheck;
using SecureChat.Ledger.Circle.Names;

namespace SecureChat.UnitTests.Circle.Names;

public sealed class DisplayNameTests
{
    private static readonly Gen<string> AnyText = Gen.OneOf(Gen.String, Gen.Char.Array[0, 300].Select(units => new string(units)));

    public static TheoryData<string, string> Honest()
    {
        TheoryData<string, string> names = [];
        foreach ((string script, string name) in HonestNames.All)
        {
            names.Add(script, name);
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Honest))]
    public void A_name_that_people_have_is_accepted(string script, string name) =>
        DisplayName.Judge(name)?.Sentence.ShouldBeNull($"{script}: {name}");

    [Fact]
    public void The_honest_names_are_two_hundred_from_more_than_twenty_scripts()
    {
        HonestNames.All.Count.ShouldBeGreaterThanOrEqualTo(200);
        HonestNames.All.Select(honest => honest.Script).Distinct().Count().ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u00A0\u3000\u2003")]
    [InlineData("\t\n")]
    public void A_blank_name_is_a_missing_one(string name) => RuleFor(name).ShouldBe(DisplayNameRule.Missing);

    [Theory]
    [InlineData(" Ann ")]
    [InlineData("<b>\"'&amp;</b>")]
    [InlineData("'; DROP TABLE members; --")]
    [InlineData("\\u0000 %00 ${x} {{y}}")]
    [InlineData("...")]
    [InlineData("\u3000Ann")]
    public void Blanks_at_the_ends_quotes_and_markup_are_kept(string name) => RuleFor(name).ShouldBeNull();

    [Theory]
    [InlineData("a", 64)]
    [InlineData("e\u0301", 64)]
    [InlineData("\u0E01\u0E49", 42)]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466", 10)]
    [InlineData("\U00020BB7", 64)]
    public void The_length_is_what_a_person_counts(string character, int most)
    {
        RuleFor(string.Concat(Enumerable.Repeat(character, most))).ShouldBeNull();
        RuleFor(string.Concat(Enumerable.Repeat(character, most + 1))).ShouldBe(DisplayNameRule.TooLong);
    }

    [Fact]
    public void A_gigantic_name_is_too_long() => RuleFor(new string('x', 10_000_000)).ShouldBe(DisplayNameRule.TooLong);

    [Theory]
    [InlineData("a\0b", DisplayNameRule.Control)]
    [InlineData("a\tb", DisplayNameRule.Control)]
    [InlineData("a\r\nb", DisplayNameRule.Control)]
    [InlineData("a\u007Fb", DisplayNameRule.Control)]
    [InlineData("a\u0085b", DisplayNameRule.Control)]
    [InlineData("a\u2028b", DisplayNameRule.Control)]
    [InlineData("a\u2029b", DisplayNameRule.Control)]
    [InlineData("a\u202Eb", DisplayNameRule.Direction)]
    [InlineData("a\u2066b\u2069", DisplayNameRule.Direction)]
    [InlineData("a\u200Eb", DisplayNameRule.Direction)]
    [InlineData("a\u200Fb", DisplayNameRule.Direction)]
    [InlineData("a\u061Cb", DisplayNameRule.Direction)]
    [InlineData("a\u0378b", DisplayNameRule.Unassigned)]
    [InlineData("a\uFFFFb", DisplayNameRule.Unassigned)]
    [InlineData("a\U000EFFFFb", DisplayNameRule.Unassigned)]
    [InlineData("a\uE000b", DisplayNameRule.PrivateUse)]
    [InlineData("a\U00100000b", DisplayNameRule.PrivateUse)]
    [InlineData("a\uFFFDb", DisplayNameRule.Damaged)]
    [InlineData("a\uFFFCb", DisplayNameRule.Damaged)]
    public void A_character_that_no_name_has_is_refused(string name, DisplayNameRule rule) => RuleFor(name).ShouldBe(rule);

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused()
    {
        RuleFor("a\uD83D").ShouldBe(DisplayNameRule.Damaged);
        RuleFor("\uDC00a").ShouldBe(DisplayNameRule.Damaged);
        RuleFor("\uDC00\uD83D").ShouldBe(DisplayNameRule.Damaged);
    }

    [Theory]
    [InlineData("\u200B")]
    [InlineData("\u2060")]
    [InlineData("\uFEFF")]
    [InlineData("\u00AD")]
    [InlineData("\u034F")]
    [InlineData("\u3164")]
    [InlineData("\u115F")]
    [InlineData("\u1160")]
    [InlineData("\uFFA0")]
    [InlineData("\u17B4")]
    [InlineData("\u2800")]
    [InlineData("\U0001D159")]
    [InlineData("\u206A")]
    [InlineData("\uFFF9")]
    [InlineData("\U000E0041")]
    [InlineData("\U0001D173")]
    [InlineData("\u200D")]
    [InlineData("\u200C")]
    [InlineData("\uFE0F")]
    [InlineData("\uFE00")]
    [InlineData("\u180E")]
    [InlineData("\u180B")]
    [InlineData("\U000E0100")]
    public void What_shows_nothing_is_refused_between_letters_and_alone(string invisible)
    {
        RuleFor($"pay{invisible}pal").ShouldBe(DisplayNameRule.Invisible);
        RuleFor($"paypal{invisible}").ShouldBe(DisplayNameRule.Invisible);
        RuleFor(invisible).ShouldBe(DisplayNameRule.Invisible);
    }

    [Theory]
    [InlineData("\u0301")]
    [InlineData("\u0301\u0302")]
    [InlineData("a \u0301")]
    [InlineData(" \u0301a")]
    [InlineData("\u093E\u0928")]
    [InlineData("\u20DD")]
    public void A_mark_needs_a_letter_under_it(string name) => RuleFor(name).ShouldBe(DisplayNameRule.LooseMark);

    [Fact]
    public void Marks_do_not_pile_up_over_other_lines()
    {
        RuleFor("a\u0301\u0302\u0303\u0304").ShouldBeNull();
        RuleFor("a\u0301\u0302\u0303\u0304\u0306").ShouldBe(DisplayNameRule.PiledMarks);
        RuleFor("a\u0301\u0301").ShouldBe(DisplayNameRule.PiledMarks);
    }

    [Fact]
    public void A_problem_names_what_cannot_be_seen() =>
        DisplayName.Judge("pay\u200Bpal").ShouldNotBeNull().Sentence
            .ShouldBe("The display name contains an invisible character where none belongs (U+200B); write it without.");

    [Fact]
    public void Every_problem_has_a_sentence_that_says_what_to_do()
    {
        foreach (DisplayNameRule rule in Enum.GetValues<DisplayNameRule>())
        {
            new DisplayNameProblem(rule).Sentence.ShouldMatch("^(A|The) display name .*; .*\\.$");
        }
    }

    [Fact]
    public void Accepting_gives_keys_or_a_problem()
    {
        DisplayName.TryAccept("Zoë", out NameKeys? keys, out DisplayNameProblem? problem).ShouldBeTrue();
        keys.ShouldBe(NameKeys.Of("Zoë"));
        problem.ShouldBeNull();

        DisplayName.TryAccept("\u202EZoë", out keys, out problem).ShouldBeFalse();
        keys.ShouldBeNull();
        problem.ShouldNotBeNull();
    }

    [Fact]
    public void No_text_makes_judging_or_comparing_throw() => AnyText.Sample(text =>
    {
        DisplayName.Judge(text);
        NameKeys.Of(text).ShouldBe(NameKeys.Of(text));
    });

    [Fact]
    public void Every_single_character_is_judged_and_every_accepted_one_can_be_told_from_nothing()
    {
        for (int unit = 0; unit <= 0xE0FFF; unit++)
        {
            string text = unit is >= 0xD800 and <= 0xDFFF ? ((char)unit).ToString() : char.ConvertFromUtf32(unit);
            if (DisplayName.TryAccept(text, out NameKeys? keys, out _))
            {
                (keys.Folded.Length > 0 && keys.Skeleton.Length > 0 && keys.FoldedSkeleton.Length > 0).ShouldBeTrue($"U+{unit:X4}");
            }
        }
    }

    private static DisplayNameRule? RuleFor(string name) => DisplayName.Judge(name)?.Rule;
}
