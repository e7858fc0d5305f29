using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

public class WhoToEraseTests
{
    [Theory]
    [InlineData("bea-id")]
    [InlineData("3")]
    [InlineData("Name of bea-id")]
    public async Task A_member_who_left_is_named_by_id_handle_or_name(string who)
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea-id");
        await circle.Leave("bea-id");
        await circle.Close();
        (await Ran.WithInput("bea-id\n", "erase", who, circle.Folder)).ShouldBeFine().Output.ShouldMatch("1 +profile +Name of bea-id\n");
        FilesOf.With("Name of bea-id", circle.Folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("r1")]
    [InlineData("mallory")]
    [InlineData("Name of mallory")]
    public async Task A_request_is_named_by_its_id_or_whoever_asked(string who)
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await circle.Ask("r1", "mallory");
        await circle.Vote("r1", "ann", approve: false);
        await circle.Close();
        (await Ran.WithInput("r1\n", "erase", who, circle.Folder)).ShouldBeFine();
        FilesOf.With("Name of mallory", circle.Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_could_mean_two_or_nobody_is_refused()
    {
        await using SomeCircle circle = await SomeCircle.With("ann", "bea");
        await circle.Leave("bea");
        await circle.Live.ExecuteAsync(new SecureChat.Ledger.Circle.SubmitRequest("r1", SomeCircle.Person("other", "Name of bea")));
        await circle.Vote("r1", "ann", approve: false);
        await circle.Close();
        (await Ran.Admin("erase", "Name of bea", circle.Folder, "--yes")).ShouldBeRefused(2, "can mean several. Name one of them: --member bea, --request r1.");
        (await Ran.Admin("erase", "other", circle.Folder)).ShouldBeRefused(2, "It was not confirmed");
        (await Ran.Admin("erase", "nobody", circle.Folder, "--yes")).ShouldBeRefused(2, "Nobody in this ledger has");
        (await Ran.Admin("erase", "ann", circle.Folder, "--yes")).ShouldBeRefused(2, "ann is a member");
        (await Ran.Admin("erase")).ShouldBeRefused(2, "Name one: WHO");
        (await Ran.Admin("erase", "bea", circle.Folder, "--member", "bea")).ShouldBeRefused(2, "Name one: WHO");
    }
}
