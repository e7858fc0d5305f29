using System.Globalization;
using CsCheck;
using SecureChat.Ledger.Circle.Names;

namespace SecureChat.UnitTests.Circle.Names;

public sealed class NameKeysTests
{
    private static readonly Gen<string> HonestName = Gen.Int[0, HonestNames.All.Count - 1].Select(index => HonestNames.All[index].Name);

    [Theory]
    [InlineData("Alice", "alice")]
    [InlineData("Alice", "  Alice\u00A0")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("ΣΩΚΡΑΤΗΣ", "σωκρατης")]
    [InlineData("Zoe\u0308", "Zo\u00EB")]
    [InlineData("Alice", "\uFF21\uFF4C\uFF49\uFF43\uFF45")]
    [InlineData("Fia", "\uFB01a")]
    [InlineData("\uD55C\uAE00", "\u1112\u1161\u11AB\u1100\u1173\u11AF")]
    [InlineData("\u0639\u0644\u06CC\u200C\u0631\u0636\u0627", "\u0639\u0644\u06CC\u0631\u0636\u0627")]
    [InlineData("\u2764\uFE0F", "\u2764")]
    [InlineData("\uAB70\uAB71", "\u13A0\u13A1")]
    public void Case_width_composition_and_joiners_make_no_other_name(string one, string other) =>
        NameKeys.Of(other).Folded.ShouldBe(NameKeys.Of(one).Folded);

    [Theory]
    [InlineData("paypal", "p\u0430ypal")]
    [InlineData("PayPal", "p\u0430yp\u0430l")]
    [InlineData("Alice", "AIice")]
    [InlineData("alice", "aIice")]
    [InlineData("Alice", "A1ice")]
    [InlineData("Alice", "\U0001D400\U0001D425\U0001D422\U0001D41C\U0001D41E")]
    [InlineData("Alice", "\u0410\u04C0\u0456\u0441\u0435")]
    [InlineData("Alice", "\u0410L\u0406\u0421\u0415")]
    [InlineData("mark", "rnark")]
    [InlineData("Mark", "rnark")]
    [InlineData("MARK", "rnark")]
    [InlineData("Bob", "B0b")]
    [InlineData("O'Brien", "O\u2019Brien")]
    [InlineData("Mary Ann", "Mary  Ann")]
    [InlineData("Mary Ann", "Mary\u1680Ann")]
    [InlineData("Anne-Marie", "Anne\u2010Marie")]
    [InlineData("frank", "\u017Frank")]
    [InlineData("ismail", "\u0130smail")]
    [InlineData("\u0421\u0430\u0448\u0430", "Ca\u0448a")]
    public void A_look_alike_clashes(string name, string lookAlike)
    {
        NameKeys.Of(name).ClashesWith(NameKeys.Of(lookAlike)).ShouldBeTrue();
        NameKeys.Of(lookAlike).ClashesWith(NameKeys.Of(name)).ShouldBeTrue();
    }

    [Fact]
    public void No_two_honest_names_clash()
    {
        (string Name, NameKeys Keys)[] circle = [.. HonestNames.All.Select(honest => (honest.Name, NameKeys.Of(honest.Name)))];

        (from one in circle
         from other in circle
         where one != other && one.Keys.ClashesWith(other.Keys)
         select $"{one.Name} and {other.Name}").ShouldBeEmpty();
    }

    [Fact]
    public void Every_one_of_many_generated_look_alikes_is_refused_or_clashes()
    {
        LookAlikes generator = new(seed: 39);
        int generated = 0;
        while (generated < 6_000)
        {
            foreach ((_, string name) in HonestNames.All)
            {
                if (generator.Of(name) is not { } lookAlike)
                {
                    continue;
                }

                generated++;
                bool gotIn = DisplayName.TryAccept(lookAlike, out NameKeys? keys, out _) && !keys.ClashesWith(NameKeys.Of(name));
                gotIn.ShouldBeFalse($"{lookAlike} beside {name}");
            }
        }
    }

    [Fact]
    public void Folding_a_folded_name_changes_nothing()
    {
        Gen.OneOf(Gen.String, HonestName).Sample(name => IsFolded(NameKeys.Of(name).Folded));

        // Beyond these two planes there are ideographs, tags and private use only.
        for (int character = 0; character <= 0x1FFFF; character++)
        {
            if (character is < 0xD800 or > 0xDFFF)
            {
                IsFolded(NameKeys.Of("x" + char.ConvertFromUtf32(character)).Folded).ShouldBeTrue($"U+{character:X4}");
            }
        }

        static bool IsFolded(string folded) => NameKeys.Of(folded).Folded == folded;
    }

    [Fact]
    public void A_name_in_another_case_is_the_same_name() => Gen.Select(HonestName, HonestName).Sample((first, second) =>
    {
        // Upper-casing is no inverse for a few letters: a dotless i turns into a dotted one.
        string name = $"{first} {second}".Replace("ı", "", StringComparison.Ordinal);
        string folded = NameKeys.Of(name).Folded;
        return NameKeys.Of(name.ToUpper(CultureInfo.InvariantCulture)).Folded == folded
            && NameKeys.Of(name.ToLower(CultureInfo.InvariantCulture)).Folded == folded;
    });

    [Fact]
    public void Two_halves_of_damaged_text_are_compared_without_an_exception() =>
        NameKeys.Of("a\uD83D").ShouldBe(NameKeys.Of("a\uFFFD"));
}
