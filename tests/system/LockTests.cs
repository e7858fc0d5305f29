namespace SecureChat.SystemTests;

/// <summary>Any member may close the door to newcomers, and open it again.</summary>
public class LockTests(CircleOfThree three) : IClassFixture<CircleOfThree>, IAsyncLifetime
{
    private readonly Circle circle = three.Circle;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await circle.Founder.Locks(false);

    [Fact]
    public async Task While_requests_are_locked_nobody_can_ask()
    {
        var waiting = await circle.Stranger().HasAsked();
        var answer = (await circle[2].Locks(true)).ShouldSucceed("success", "requests_locked");
        answer.Flag("success").ShouldBeTrue();
        answer.Flag("requests_locked").ShouldBeTrue();
        (await circle.Relay.Get("/api/status")).Json.Flag("requests_locked").ShouldBeTrue();
        (await circle.Stranger().Asks()).ShouldBeRefused(400, "requests_locked", "Join requests are currently closed by the server admin");

        // What was asked before can still be voted on.
        await circle[1].Rejects(waiting);
        (await circle[1].Locks(false)).ShouldSucceed("success", "requests_locked").Flag("requests_locked").ShouldBeFalse();
        (await circle.Relay.Get("/api/status")).Json.Flag("requests_locked").ShouldBeFalse();
        await circle[1].Rejects(await circle.Stranger().HasAsked());
    }

    [Fact]
    public async Task Everybody_online_is_told()
    {
        await using var first = await circle[0].Connects();
        await using var second = await circle[1].Connects();
        foreach (var locked in new[] { true, false })
        {
            (await circle[0].Locks(locked)).Status.ShouldBe(200);
            foreach (var socket in new[] { first, second })
            {
                (await socket.Expect("REQUESTS_LOCK_CHANGED", "locked")).Flag("locked").ShouldBe(locked);
            }
        }
    }

    [Fact]
    public async Task Locking_twice_is_no_mistake()
    {
        (await circle[0].Locks(true)).Status.ShouldBe(200);
        (await circle[1].Locks(true)).ShouldSucceed("success", "requests_locked").Flag("requests_locked").ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"locked":"true"}""")]
    [InlineData("""{"locked":1}""")]
    [InlineData("""{"locked":null}""")]
    [InlineData("""{"locked":[true]}""")]
    [InlineData("""{"locked":{}}""")]
    [InlineData("""{"LOCKED":true}""")]
    [InlineData("{}")]
    public async Task Locked_is_true_or_false(string body)
    {
        (await circle.Founder.Post("/api/lock-requests", body)).ShouldBeRefused(400, "locked_not_boolean", "locked must be a boolean");
        (await circle.Relay.Get("/api/status")).Json.Flag("requests_locked").ShouldBeFalse();
    }

    [Fact]
    public async Task A_stranger_cannot_lock() =>
        (await circle.Stranger().Locks(true)).ShouldBeRefused(401, "member_not_found");
}
