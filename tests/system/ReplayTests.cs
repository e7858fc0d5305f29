namespace SecureChat.SystemTests;

/// <summary>A pair of member and time is good for one change, on whatever endpoint.</summary>
public class ReplayTests(CircleOfThree three) : IClassFixture<CircleOfThree>
{
    private readonly Circle circle = three.Circle;
    private readonly Person member = three.Circle[1];

    [Fact]
    public async Task A_change_cannot_be_repeated()
    {
        var signed = member.Sign();
        (await member.Locks(false, signed)).Status.ShouldBe(200);
        (await member.Locks(false, signed)).ShouldBeRefused(401, "signature_already_used", "Signature already used");
        (await member.Locks(true, signed)).ShouldBeRefused(401, "signature_already_used");
        (await circle.Relay.Get("/api/status")).Json.Flag("requests_locked").ShouldBeFalse();
    }

    [Fact]
    public async Task The_signature_of_one_change_is_no_good_for_another()
    {
        var signed = member.Sign();
        (await member.Locks(false, signed)).Status.ShouldBe(200);
        (await member.Delete($"/api/members/{member.Id}", signed)).ShouldBeRefused(401, "signature_already_used");
        (await member.Get("/api/members")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Reading_may_repeat_a_signature()
    {
        var signed = member.Sign();
        foreach (var path in new[] { "/api/members", "/api/members", "/api/channels", "/api/join-requests" })
        {
            (await member.Get(path, signed)).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task A_signature_that_was_used_for_reading_changes_nothing_any_more()
    {
        var signed = member.Sign();
        (await member.Get("/api/members", signed)).Status.ShouldBe(200);
        (await member.Locks(true, signed)).ShouldBeRefused(401, "signature_already_used");
        (await circle.Relay.Get("/api/status")).Json.Flag("requests_locked").ShouldBeFalse();
    }

    [Fact]
    public async Task A_signature_that_was_used_for_a_change_still_reads()
    {
        var signed = member.Sign();
        (await member.Locks(false, signed)).Status.ShouldBe(200);
        (await member.Get("/api/members", signed)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_signature_that_was_seen_opens_no_socket()
    {
        var signed = member.Sign();
        (await member.Get("/api/members", signed)).Status.ShouldBe(200);
        await using var socket = await ClientSocket.Open(circle.Relay);
        await socket.Authenticate(signed);
        await socket.ExpectAuthFailed("Signature already used");
    }

    [Fact]
    public async Task A_signature_that_opened_a_socket_opens_no_second_and_changes_nothing()
    {
        var signed = member.Sign();
        await using var first = await ClientSocket.Open(circle.Relay);
        await first.Authenticate(signed);
        await first.Settle();
        await using var second = await ClientSocket.Open(circle.Relay);
        await second.Authenticate(signed);
        await second.ExpectAuthFailed("Signature already used");
        (await member.Locks(true, signed)).ShouldBeRefused(401, "signature_already_used");
        await first.ExpectSilence();
    }

    [Fact]
    public async Task A_wrong_signature_leaves_no_trace()
    {
        var signed = member.Sign();
        (await member.Locks(false, signed with { Signature = circle[0].Sign().Signature })).ShouldBeRefused(401, "signature_mismatch");
        (await member.Locks(false, signed)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Two_members_may_sign_the_same_time()
    {
        var time = Person.Now;
        (await circle[0].Locks(false, circle[0].SignAt(time))).Status.ShouldBe(200);
        (await circle[2].Locks(false, circle[2].SignAt(time))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Of_many_equal_changes_at_once_one_succeeds()
    {
        var signed = member.Sign();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => member.Locks(false, signed)));
        answers.Count(answer => answer.Status == 200).ShouldBe(1);
        foreach (var answer in answers.Where(answer => answer.Status != 200))
        {
            answer.ShouldBeRefused(401, "signature_already_used");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Neither_a_restart_nor_a_crash_reopens_what_was_used(bool crash)
    {
        await using var own = await Circle.Found(1);
        var used = own.Founder.Sign();
        (await own.Founder.Locks(false, used)).Status.ShouldBe(200);
        var unused = own.Founder.Sign();
        // A client whose clock is ahead: its signature is not older than the next process.
        var ahead = own.Founder.SignAt(Person.Now + 40_000);
        (await own.Founder.Locks(false, ahead)).Status.ShouldBe(200);

        if (crash)
        {
            await own.Relay.Kill();
        }
        else
        {
            await own.Relay.Stop();
        }

        await own.Relay.Start();
        (await own.Founder.Locks(true, ahead)).ShouldBeRefused(401, "signature_already_used");
        (await own.Founder.Locks(true, used)).Status.ShouldBe(401);
        (await own.Founder.Locks(true, unused)).ShouldBeRefused(401, "signature_too_old");
        (await own.Founder.Get("/api/members", unused)).Status.ShouldBe(200);
        (await own.Founder.Locks(true)).Status.ShouldBe(200);
    }
}
