using SecureChat.Ledger.Circle.Names;

namespace SecureChat.UnitTests.Circle.Names;

public sealed class ZeroWidthTests
{
    private const string Zwj = "\u200D";
    private const string Zwnj = "\u200C";
    private const string Flag = "\U0001F3F4";
    private const string End = "\U000E007F";

    [Theory]
    [InlineData("\u0639\u0644\u06CC" + Zwnj + "\u0631\u0636\u0627", "Persian: two letters that would join")]
    [InlineData("\u0639\u0644\u06CC\u0650" + Zwnj + "\u0631", "a vowel sign between them")]
    [InlineData("\u0915\u094D" + Zwnj + "\u0937", "Hindi: after a virama")]
    [InlineData("\u0915\u094D" + Zwj + "\u0937", "Hindi: half form")]
    [InlineData("\u0DC1\u0DCA" + Zwj + "\u0DBB\u0DD3", "Sinhala: conjunct")]
    [InlineData("\u0D28\u0D4D" + Zwj, "Malayalam: chillu, as it was written before it had a character")]
    [InlineData("\u09B0" + Zwj + "\u09CD\u09AF", "Bengali: ra with ya-phalaa")]
    [InlineData("\u1828\u180E\u1820", "Mongolian: separated vowel")]
    [InlineData("\u182D\u180B\u1820", "Mongolian: variant of a letter")]
    public void Joiners_are_part_of_these_scripts(string name, string why) => DisplayName.Judge(name).ShouldBeNull(why);

    [Theory]
    [InlineData("\u0627" + Zwnj + "\u0628", "alef does not join what follows")]
    [InlineData("\u0639\u0644\u06CC" + Zwnj, "nothing follows")]
    [InlineData("\u0639\u0644\u06CC" + Zwnj + " \u0631", "a blank follows")]
    [InlineData("\u0639" + Zwj + "\u0644", "they join anyway")]
    [InlineData("\u0915" + Zwj + "\u0937", "no virama")]
    [InlineData("\u0915" + Zwnj + "\u0937", "no virama")]
    [InlineData("\u0915\u094D" + Zwj + Zwj + "\u0937", "a second one")]
    [InlineData("\u1828\u180E\u1828", "separates a vowel only")]
    [InlineData("a\u180B", "no Mongolian letter")]
    public void Elsewhere_they_would_only_hide(string name, string why) =>
        DisplayName.Judge(name).ShouldNotBeNull(why).Rule.ShouldBe(DisplayNameRule.Invisible);

    [Theory]
    [InlineData("\U0001F469" + Zwj + "\U0001F680")]
    [InlineData("\U0001F469\U0001F3FD" + Zwj + "\U0001F680")]
    [InlineData("\U0001F3F3\uFE0F" + Zwj + "\U0001F308")]
    [InlineData("\u2764\uFE0F")]
    [InlineData("7\uFE0F\u20E3")]
    [InlineData("\U0001F1E8\U0001F1ED")]
    [InlineData("\u8FBB\U000E0100")]
    [InlineData("\u8FBB\uFE00")]
    [InlineData("\U00020BB7\U000E0101")]
    [InlineData(Flag + "\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074" + End)]
    [InlineData(Flag + "\U000E0075\U000E0073\U000E0074\U000E0078" + End + " Tex")]
    public void Emoji_and_ideographs_have_their_selectors(string name) => DisplayName.Judge(name).ShouldBeNull();

    [Theory]
    [InlineData("\U0001F469" + Zwj)]
    [InlineData("\U0001F469" + Zwj + "a")]
    [InlineData("a" + Zwj + "\U0001F680")]
    [InlineData("\U0001F3FD" + Zwj + "\U0001F680")]
    [InlineData("\U0001F469" + Zwj + Zwj + "\U0001F680")]
    [InlineData("\u2764\uFE0F\uFE0F")]
    [InlineData("a\uFE0F")]
    [InlineData("a\U000E0100")]
    [InlineData(Flag + End)]
    [InlineData(Flag + "\U000E0067\U000E0062" + End)]
    [InlineData(Flag + "\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074")]
    [InlineData(Flag + "\U000E0067\U000E0062\U000E0041\U000E0063\U000E0074" + End)]
    [InlineData("\U0001F469\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074" + End)]
    [InlineData(Flag + "\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074" + End + End)]
    public void Out_of_a_sequence_they_are_refused(string name) =>
        DisplayName.Judge(name).ShouldNotBeNull().Rule.ShouldBe(DisplayNameRule.Invisible);
}
