using SecureChat.EnduranceTests.Disk;
using SecureChat.EnduranceTests.Voting;

namespace SecureChat.EnduranceTests;

/// <summary>
/// The wall clock of the real process jumps, forward and back, while it runs and between two starts: nobody comes in by it, nobody is lost,
/// requests expire by the clock and do not come back, and what a signature may be used for stays used.
/// </summary>
public sealed class ClockJumpTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan PastExpiry = TimeSpan.FromHours(49);

    [InterposingFact]
    public async Task A_jump_admits_nobody_and_loses_nobody()
    {
        await using Scene scene = await Scene.Of(members: 3);
        (InterposedDisk machine, Circle circle, string request) = scene;
        RelayProcess relay = circle.Relay;
        await using ClientSocket sender = await circle[0].Connects();
        await using ClientSocket reader = await circle[1].Connects();

        foreach (TimeSpan ahead in new[] { Hour, -Hour, TimeSpan.FromDays(1), TimeSpan.FromDays(-400), TimeSpan.Zero })
        {
            machine.Ahead = ahead;
            await Waiting.Until(async () => (await SeenBy(circle[2], ahead)).Status == 200, "the clock of the relay has jumped");
            string id = await circle.Passes(sender, reader);
            await reader.Ack(id);
            (await sender.Expect("DELIVERED", "message_id")).Text("message_id").ShouldBe(id);

            await Change(circle[1], ahead);
            (await circle.Status(request)).ShouldBe("pending");
            Ids(await SeenBy(circle[2], ahead)).ShouldBe(circle.Members.Select(member => member.Id), ignoreOrder: true);
            await reader.ExpectNo("MEMBER_LEFT");
        }

        (await circle[1].Votes(request, approved: true)).Json.Number("approvals_count").ShouldBe(2);
        await relay.Stop();
    }

    [InterposingFact]
    public async Task A_request_that_expired_stays_so_when_the_clock_is_set_back()
    {
        await using Scene scene = await Scene.Of(members: 2);
        (InterposedDisk machine, Circle circle, string request) = scene;
        RelayProcess relay = circle.Relay;

        machine.Ahead = PastExpiry;
        await Waiting.Until(async () => await circle.Status(request) == "expired", "the request expires by the clock");
        machine.Ahead = TimeSpan.Zero;
        await Waiting.Until(async () => (await SeenBy(circle[1], TimeSpan.Zero)).Status == 200, "the clock of the relay has jumped back");
        (await circle[1].Votes(request, approved: true)).Status.ShouldBe(400);
        (await circle.Status(request)).ShouldBe("expired");
        Ids(await SeenBy(circle[0], TimeSpan.Zero)).ShouldBe(circle.Members.Select(member => member.Id), ignoreOrder: true);
        await relay.Stop();
        LedgerStory.In(relay.DataFolder).Members.Count.ShouldBe(2);
    }

    [InterposingFact]
    public async Task A_start_with_a_clock_that_was_set_back_finds_everything_and_goes_on()
    {
        await using Scene scene = await Scene.Of(members: 2);
        (InterposedDisk machine, Circle circle, string request) = scene;
        RelayProcess relay = circle.Relay;
        Credentials used = circle[0].Sign();
        (await circle[0].Locks(true, used)).Status.ShouldBe(200);
        await relay.Stop();

        machine.Ahead = -Hour;
        await relay.Start();
        (await circle.Status(request)).ShouldBe("pending");
        (await circle[0].Locks(false, used)).Status.ShouldBe(401);
        Credentials then = circle[0].SignAt(Person.Now - (long)Hour.TotalMilliseconds);
        (await circle[0].Locks(false, then)).Status.ShouldBe(200);
        (await circle[0].Locks(true, then)).ShouldBeRefused(401, "signature_already_used");
        await relay.Stop();

        // Back again: what was used an hour "earlier" is no good now either, and neither is what was used before that.
        machine.Ahead = TimeSpan.Zero;
        await relay.Start();
        (await circle[0].Locks(true, used)).Status.ShouldBe(401);
        (await circle[0].Locks(true, then)).Status.ShouldBe(401);
        await circle[1].Approves(request);
        (await circle.Status(request)).ShouldBe("approved");
        await relay.Stop();
        AdminProcess verified = await AdminProcess.Run("verify", relay.DataFolder);
        verified.ExitCode.ShouldBe(0, verified.Output + verified.Error);
    }

    // A change is decided at the time that the clock shows, and whatever is overdue by then expires first. One that is dated before
    // the process started is refused, for a replay could look like that.
    private static async Task Change(Person member, TimeSpan ahead)
    {
        long then = Person.Now + (long)ahead.TotalMilliseconds;
        Answer[] answers = [await member.Locks(true, member.SignAt(then)), await member.Locks(false, member.SignAt(then + 1))];
        foreach (Answer answer in answers)
        {
            if (ahead < TimeSpan.Zero)
            {
                answer.ShouldBeRefused(401, "signature_too_old");
            }
            else
            {
                answer.Status.ShouldBe(200, answer.Text);
            }
        }
    }

    private static Task<Answer> SeenBy(Person member, TimeSpan ahead) =>
        member.Get("/api/members", member.SignAt(Person.Now + (long)ahead.TotalMilliseconds));

    private static IEnumerable<string> Ids(Answer members) => members.Json.GetProperty("members").EnumerateArray().Select(member => member.Text("id"));

    /// <summary>A circle on a relay whose clock can be moved, with a request that the first member has approved.</summary>
    private sealed record Scene(InterposedDisk Machine, Circle Circle, string Request) : IAsyncDisposable
    {
        public static async Task<Scene> Of(int members)
        {
            RelayProcess relay = RelayProcess.Prepare();
            InterposedDisk machine = InterposedDisk.Before(relay);
            await relay.Start();
            Circle circle = await Circle.FoundOn(relay, members);
            string request = await circle.Stranger().HasAsked();
            await circle[0].Approves(request);
            return new Scene(machine, circle, request);
        }

        public async ValueTask DisposeAsync()
        {
            await Circle.DisposeAsync();
            Machine.Dispose();
        }
    }
}
