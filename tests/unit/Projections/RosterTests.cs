using SecureChat.Projections;

namespace SecureChat.UnitTests.Projections;

public class RosterTests
{
    [Fact]
    public async Task Everybody_is_in_general_as_long_as_they_are_members()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        RosterMember bob = circle.Live.Roster.MemberOf("bob")!;
        Ids(circle.Live.Roster.ChannelOf("general"u8, bob)).ShouldBe(["ada", "bob"]);

        await circle.Leave("bob");
        circle.Live.Roster.ChannelOf("general"u8, bob).Count.ShouldBe(0);
        circle.Live.Roster.ChannelOf("general"u8, circle.Live.Roster.MemberOf("ada")!).Contains(bob).ShouldBeFalse();
    }

    [Theory]
    [InlineData("ada:bob", 2)]
    [InlineData("bob:ada", 0)]
    [InlineData("ada:ada", 0)]
    [InlineData("bob:cy", 0)]
    [InlineData("ada:nobody", 0)]
    [InlineData("ada:", 0)]
    [InlineData(":ada", 0)]
    [InlineData(":", 0)]
    [InlineData("", 0)]
    [InlineData("ada:bob:cy", 0)]
    [InlineData("General", 0)]
    [InlineData("ada", 0)]
    public async Task A_DM_is_named_by_its_two_members_in_ordinal_order_and_is_theirs_alone(string channel, int members)
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob", "cy");
        Roster roster = circle.Live.Roster;
        roster.ChannelOf(System.Text.Encoding.UTF8.GetBytes(channel), roster.MemberOf("ada")!).Count.ShouldBe(members);
    }

    [Fact]
    public async Task A_DM_does_not_exist_while_one_of_its_two_is_gone()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        RosterMember ada = circle.Live.Roster.MemberOf("ada")!;
        RosterMember bobBefore = circle.Live.Roster.MemberOf("bob")!;
        await circle.Leave("bob");
        circle.Live.Roster.ChannelOf("ada:bob"u8, ada).Count.ShouldBe(0);

        await circle.Join("bob");
        Ids(circle.Live.Roster.ChannelOf("ada:bob"u8, ada)).ShouldBe(["ada", "bob"]);

        // The one who left is somebody else: whoever still holds that incarnation gets nothing.
        circle.Live.Roster.ChannelOf("ada:bob"u8, bobBefore).Count.ShouldBe(0);
        circle.Live.Roster.ChannelOf("general"u8, bobBefore).Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("a", "b", "a:b")]
    [InlineData("b", "a", "a:b")]
    [InlineData("a", "B", "B:a")]
    [InlineData("a-", "a.", "a-:a.")]
    [InlineData("a", "aa", "a:aa")]
    public void The_id_of_a_DM_sorts_by_ordinal(string one, string other, string id) =>
        Roster.DirectChannel(one, other).ShouldBe(id);

    [Fact]
    public async Task Looking_up_members_and_channels_by_UTF8_allocates_nothing()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        Roster roster = circle.Live.Roster;
        RosterMember ada = roster.MemberOf("ada"u8)!;
        Look();

        long before = GC.GetAllocatedBytesForCurrentThread();
        int found = 0;
        for (int round = 0; round < 1000; round++)
        {
            found += Look();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        found.ShouldBe(1000 * 5);

        int Look() => (roster.MemberOf("bob"u8) is null ? 0 : 1)
            + (roster.MemberOf("nobody"u8) is null ? 0 : 1)
            + roster.ChannelOf("ada:bob"u8, ada).Count
            + roster.ChannelOf("general"u8, ada).Count
            + roster.ChannelOf("bob:ada"u8, ada).Count;
    }

    [Fact]
    public async Task A_roster_that_was_handed_out_never_changes()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        await circle.Ask("r", "cy");
        Roster before = circle.Live.Roster;
        await circle.Vote("r", "ada");
        await circle.Vote("r", "bob");
        await circle.Leave("ada");

        before.Members.Select(member => member.Id).ShouldBe(["ada", "bob"]);
        before.Pending.ShouldHaveSingleItem().Approvals.ShouldBeEmpty();
        before.MemberOf("cy").ShouldBeNull();
        before.MemberOf("ada").ShouldNotBeNull();
        before.Members.ShouldNotBeOfType<List<RosterMember>>();
    }

    [Fact]
    public async Task A_roster_with_the_same_members_shares_them()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        Roster before = circle.Live.Roster;
        await circle.Ask("r", "bob");
        circle.Live.Roster.Members.ShouldBeSameAs(before.Members);
    }

    private static IEnumerable<string> Ids(ChannelMembers members) =>
        Enumerable.Range(0, members.Count).Select(index => members[index].Id);
}
