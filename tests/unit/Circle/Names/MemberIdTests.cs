using SecureChat.Ledger.Circle.Names;

namespace SecureChat.UnitTests.Circle.Names;

public sealed class MemberIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("3f2c7a1e-0b1d-4c57-9c39-0d6a1c2b3e4f")]
    [InlineData("Alice_01.home-PC")]
    [InlineData("...")]
    public void Letters_digits_dots_underscores_and_hyphens_make_an_id(string id) => MemberId.IsValid(id).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a\n")]
    [InlineData("a:b")]
    [InlineData("a/b")]
    [InlineData("\u0430")]
    [InlineData("\uFF41")]
    [InlineData("\u0661")]
    public void Anything_else_is_no_id(string? id) => MemberId.IsValid(id).ShouldBeFalse();

    [Fact]
    public void The_ids_of_those_who_were_erased_can_be_chosen_by_nobody()
    {
        MemberId.IsValid(MemberId.OfErased(7)).ShouldBeFalse();
        MemberId.IsValid("erased-").ShouldBeFalse();
        MemberId.IsValid("erased").ShouldBeTrue();
    }

    [Fact]
    public void An_id_has_at_most_64_characters()
    {
        MemberId.IsValid(new string('x', 64)).ShouldBeTrue();
        MemberId.IsValid(new string('x', 65)).ShouldBeFalse();
    }
}
