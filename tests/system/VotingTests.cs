namespace SecureChat.SystemTests;

/// <summary>Unanimity of whoever is a member at that moment. These tests change circles of their own.</summary>
public class VotingTests
{
    [Fact]
    public async Task The_last_missing_approval_admits()
    {
        await using var circle = await Circle.Found(2);
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();

        var first = (await circle[0].Votes(request, true)).ShouldSucceed("success", "status", "approvals_count", "total_members");
        first.Flag("success").ShouldBeTrue();
        first.Text("status").ShouldBe("pending");
        first.Number("approvals_count").ShouldBe(1);
        first.Number("total_members").ShouldBe(2);
        (await stranger.Get("/api/members")).ShouldBeRefused(401, "member_not_found", "Member not found");

        var before = Person.Now;
        var last = (await circle[1].Votes(request, true)).ShouldSucceed("success", "status");
        last.Flag("success").ShouldBeTrue();
        last.Text("status").ShouldBe("approved");
        (await circle.Status(request)).ShouldBe("approved");

        var members = (await stranger.Get("/api/members")).ShouldSucceed("members").GetProperty("members");
        members.GetArrayLength().ShouldBe(3);
        members.One("id", stranger.Id).Number("joined_at").ShouldBeInRange(before, Person.Now);
        var channels = (await stranger.Get("/api/channels")).Json.GetProperty("channels");
        channels.One("id", "general").Texts("member_ids").ShouldBe(circle.Members.Append(stranger).Select(member => member.Id), ignoreOrder: true);
        foreach (var member in circle.Members)
        {
            channels.One("id", Envelope.DirectChannel(member, stranger)).Texts("member_ids")
                .ShouldBe([member.Id, stranger.Id], ignoreOrder: true);
        }

        channels.GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task Everybody_online_is_told_of_an_admission()
    {
        await using var circle = await Circle.Found(2);
        await using var first = await circle[0].Connects();
        await using var second = await circle[1].Connects();
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        foreach (var member in circle.Members)
        {
            await member.Approves(request);
        }

        foreach (var socket in new[] { first, second })
        {
            var resolved = await socket.Expect("JOIN_REQUEST_RESOLVED", "request_id", "status");
            resolved.Text("request_id").ShouldBe(request);
            resolved.Text("status").ShouldBe("approved");
            var joined = await socket.Expect("MEMBER_JOINED", "member_id", "display_name", "public_key", "curve25519_public_key");
            joined.Text("member_id").ShouldBe(stranger.Id);
            joined.Text("display_name").ShouldBe(stranger.Name);
            joined.Text("public_key").ShouldBe(stranger.PublicKey);
            joined.Text("curve25519_public_key").ShouldBe(stranger.Curve25519);
            await socket.Expect("JOIN_REQUEST");
            await socket.ExpectSilence();
        }
    }

    [Fact]
    public async Task Who_was_told_of_an_admission_can_read_it()
    {
        await using var circle = await Circle.Found(1);
        await using var socket = await circle.Founder.Connects();
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        var vote = circle.Founder.Votes(request, true);
        await socket.Expect("MEMBER_JOINED");
        (await stranger.Get("/api/members")).ShouldSucceed("members");
        (await vote).Status.ShouldBe(200);
    }

    [Fact]
    public async Task One_rejection_denies_at_once()
    {
        await using var circle = await Circle.Found(3);
        await using var socket = await circle[2].Connects();
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        await circle[0].Approves(request);
        (await circle[1].Votes(request, false)).ShouldSucceed("success", "status").Text("status").ShouldBe("rejected");
        (await circle.Status(request)).ShouldBe("rejected");
        var resolved = await socket.Expect("JOIN_REQUEST_RESOLVED", "request_id", "status");
        resolved.Text("request_id").ShouldBe(request);
        resolved.Text("status").ShouldBe("rejected");
        await socket.ExpectNo("MEMBER_JOINED");

        (await circle[2].Votes(request, true)).ShouldBeRefused(400, "request_not_pending", "Join request not found or not pending");
        (await stranger.Get("/api/members")).ShouldBeRefused(401, "member_not_found");
        (await stranger.Asks()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Requests_that_overlap_are_voted_on_by_whom_they_admit()
    {
        await using var circle = await Circle.Found(1);
        var (first, second) = (circle.Stranger(), circle.Stranger());
        var requestOfFirst = await first.HasAsked();
        var requestOfSecond = await second.HasAsked();
        await circle.Founder.Approves(requestOfFirst);
        (await circle.Founder.Votes(requestOfSecond, true)).ShouldSucceed("success", "status", "approvals_count", "total_members")
            .Number("total_members").ShouldBe(2);
        (await circle.Status(requestOfSecond)).ShouldBe("pending");
        (await first.Votes(requestOfSecond, true)).ShouldSucceed("success", "status").Text("status").ShouldBe("approved");
        (await second.Get("/api/members")).Json.GetProperty("members").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task A_departure_that_leaves_only_approvals_admits()
    {
        await using var circle = await Circle.Found(3);
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        await circle[0].Approves(request);
        await circle[1].Approves(request);
        await using var socket = await circle[0].Connects();
        await circle.Leave(circle[2]);
        (await circle.Status(request)).ShouldBe("approved");
        (await stranger.Get("/api/members")).Json.GetProperty("members").GetArrayLength().ShouldBe(3);
        (await socket.Expect("MEMBER_JOINED")).Text("member_id").ShouldBe(stranger.Id);
        (await socket.Expect("JOIN_REQUEST_RESOLVED")).Text("request_id").ShouldBe(request);
        (await socket.Expect("MEMBER_LEFT")).Text("member_id").ShouldNotBe(stranger.Id);
    }

    [Fact]
    public async Task A_departure_that_could_admit_two_admits_the_first_who_then_votes_on_the_second()
    {
        await using var circle = await Circle.Found(2);
        var (first, second) = (circle.Stranger(), circle.Stranger());
        var requestOfFirst = await first.HasAsked();
        var requestOfSecond = await second.HasAsked();
        await circle.Founder.Approves(requestOfSecond);
        await circle.Founder.Approves(requestOfFirst);
        await circle.Leave(circle[1]);
        (await circle.Status(requestOfFirst)).ShouldBe("approved");
        (await circle.Status(requestOfSecond)).ShouldBe("pending");
        await first.Approves(requestOfSecond);
        (await circle.Status(requestOfSecond)).ShouldBe("approved");
    }

    [Fact]
    public async Task An_empty_circle_admits_nobody()
    {
        await using var circle = await Circle.Found(1);
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        await circle.Founder.Leaves();
        (await circle.Status(request)).ShouldBe("pending");
        (await stranger.Get("/api/members")).ShouldBeRefused(401, "member_not_found");
    }

    [Fact]
    public async Task The_vote_of_a_member_who_left_does_not_count_after_coming_back()
    {
        await using var circle = await Circle.Found(2);
        var stranger = circle.Stranger();
        var returning = circle[1];
        var request = await stranger.HasAsked();
        await returning.Approves(request);
        await circle.Leave(returning);
        await circle.Admit(returning);
        await circle.Founder.Approves(request);
        (await circle.Status(request)).ShouldBe("pending");
        await returning.Approves(request);
        (await circle.Status(request)).ShouldBe("approved");
    }

    [Fact]
    public async Task Votes_that_come_at_once_admit_once()
    {
        await using var circle = await Circle.Found(5);
        await using var socket = await circle.Founder.Connects();
        var stranger = circle.Stranger();
        var request = await stranger.HasAsked();
        var answers = await Task.WhenAll(circle.Members.Select(member => member.Votes(request, true)));
        answers.Select(answer => answer.Status).ShouldAllBe(status => status == 200);
        answers.Count(answer => answer.Json.Text("status") == "approved").ShouldBe(1);
        answers.Where(answer => answer.Json.Text("status") == "pending").Select(answer => answer.Json.Number("approvals_count"))
            .Order().ShouldBe([1, 2, 3, 4]);
        await socket.Expect("MEMBER_JOINED");
        await socket.Expect("JOIN_REQUEST_RESOLVED");
        await socket.Expect("JOIN_REQUEST");
        await socket.ExpectSilence();
    }

    [Fact]
    public async Task A_rejection_among_votes_that_come_at_once_wins_before_the_last_approval()
    {
        await using var circle = await Circle.Found(4);
        var request = await circle.Stranger().HasAsked();
        await Task.WhenAll(circle.Members.Select((member, index) => member.Votes(request, approved: index != 2)));
        (await circle.Status(request)).ShouldBe("rejected");
        (await circle.Relay.Get("/api/status")).Json.Number("member_count").ShouldBe(4);
    }

    [Fact]
    public async Task A_departure_and_a_vote_that_come_at_once_have_some_order()
    {
        await using var circle = await Circle.Found(2);
        var request = await circle.Stranger().HasAsked();
        await Task.WhenAll(circle[0].Votes(request, true), circle[1].Delete($"/api/members/{circle[1].Id}"));
        (await circle.Status(request)).ShouldBe("approved");
        (await circle.Relay.Get("/api/status")).Json.Number("member_count").ShouldBe(2);
    }
}
