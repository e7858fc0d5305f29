namespace SecureChat.SystemTests;

/// <summary>What a member can read about the circle.</summary>
public class MembersAndChannelsTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private readonly Circle circle = three.Circle;

    [Fact]
    public async Task Members_are_listed_with_their_keys()
    {
        var members = (await circle[1].Get("/api/members")).ShouldSucceed("members").GetProperty("members");
        members.GetArrayLength().ShouldBe(3);
        foreach (var person in circle.Members)
        {
            var member = members.One("id", person.Id);
            member.ShouldHaveExactly("id", "display_name", "public_key", "curve25519_public_key", "joined_at", "online");
            member.Text("display_name").ShouldBe(person.Name);
            member.Text("public_key").ShouldBe(person.PublicKey);
            member.Text("curve25519_public_key").ShouldBe(person.Curve25519);
            member.Number("joined_at").ShouldBeInRange(Person.Now - 600_000, Person.Now);
        }
    }

    [Fact]
    public async Task A_member_is_online_while_one_of_its_sockets_lives()
    {
        (await circle[0].SeesOnline(circle[2])).ShouldBeFalse();
        await using var phone = await circle[2].Connects();
        (await circle[0].SeesOnline(circle[2])).ShouldBeTrue();
        (await circle[0].SeesOnline(circle[1])).ShouldBeFalse();
        await using var desk = await circle[2].Connects();
        await phone.Close();
        await desk.Settle();
        (await circle[0].SeesOnline(circle[2])).ShouldBeTrue();
        await desk.Close();
        await Waiting.Until(async () => !await circle[0].SeesOnline(circle[2]), "the member is offline");
    }

    [Fact]
    public async Task A_socket_that_has_not_authenticated_makes_nobody_online()
    {
        await using var socket = await ClientSocket.Open(circle.Relay);
        foreach (var member in circle.Members)
        {
            (await circle[0].SeesOnline(member)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Members_see_the_channels_that_they_are_in()
    {
        var channels = (await circle[1].Get("/api/channels")).ShouldSucceed("channels").GetProperty("channels");
        foreach (var channel in channels.EnumerateArray())
        {
            channel.ShouldHaveExactly("id", "type", "member_ids");
        }

        channels.EnumerateArray().Select(channel => channel.Text("id")).ShouldBe(
            ["general", Envelope.DirectChannel(circle[1], circle[0]), Envelope.DirectChannel(circle[1], circle[2])], ignoreOrder: true);
        channels.One("id", "general").Text("type").ShouldBe("general");
        channels.One("id", "general").Texts("member_ids").ShouldBe(circle.Members.Select(member => member.Id), ignoreOrder: true);
        channels.One("id", Envelope.DirectChannel(circle[1], circle[2])).Text("type").ShouldBe("dm");
        channels.One("id", Envelope.DirectChannel(circle[1], circle[2])).Texts("member_ids")
            .ShouldBe([circle[1].Id, circle[2].Id], ignoreOrder: true);
    }

    [Fact]
    public async Task The_two_ids_of_a_direct_channel_are_sorted_by_their_bytes()
    {
        await using var own = await Circle.Found(1);
        // Upper case comes before "_", which comes before lower case; a culture would sort otherwise.
        foreach (var id in new[] { "b-lower", "Z-upper", "_under", "A.dot" })
        {
            await own.Admit(own.Stranger(id: id));
        }

        (await own[1].Get("/api/channels")).Json.GetProperty("channels").EnumerateArray().Select(channel => channel.Text("id"))
            .Where(id => !id.Contains(own.Founder.Id, StringComparison.Ordinal))
            .ShouldBe(["general", "Z-upper:b-lower", "_under:b-lower", "A.dot:b-lower"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("/api/members")]
    [InlineData("/api/channels")]
    [InlineData("/api/join-requests")]
    public async Task Only_members_can_read(string path)
    {
        (await circle.Relay.Get(path)).ShouldBeRefused(401, "missing_auth_headers", "Missing auth headers");
        (await circle.Stranger().Get(path)).ShouldBeRefused(401, "member_not_found", "Member not found");
    }
}
