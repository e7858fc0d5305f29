using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Ledger.Circle;
using SecureChat.Projections;
using SecureChat.UnitTests.Projections;
using SecureChat.Web;

namespace SecureChat.UnitTests.Web;

/// <summary>Requests expire on time by themselves: nobody here asks for anything.</summary>
public class ExpiryTimerTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly LedgerTrouble Trouble = new(NullLogger.Instance);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMilliseconds(Decisions.RequestLifetime);

    [Fact]
    public async Task A_request_is_pending_in_its_last_millisecond_and_expired_in_the_next()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        WallClock wall = new(circle.Clock);
        using ExpiryTimer timer = new(circle.Live, wall, Trouble);
        await timer.StartAsync(default);
        await circle.Ask("r", "bob");
        long last = circle.Now + Decisions.RequestLifetime;
        await Waiting.Until(() => wall.Sleep == TimeSpan.FromSeconds(1));

        circle.Clock.Advance(Lifetime);
        circle.Now.ShouldBe(last);
        await Waiting.Until(() => wall.Sleep == Millisecond);
        circle.Live.FindJoinRequest("r")!.Status.ShouldBe("pending");

        circle.Clock.Advance(Millisecond);
        await Waiting.Until(() => circle.Live.FindJoinRequest("r")!.Status == "expired");
        new TablesOnDisk(circle.LedgerFile).Cell("SELECT CAST(bytes AS TEXT) LIKE '%\"t\":" + (last + 1) + ",%' FROM entries ORDER BY position DESC LIMIT 1")
            .ShouldBe("1");
        await timer.StopAsync(default);
    }

    [Fact]
    public async Task What_became_overdue_while_the_relay_was_down_expires_right_after_the_start()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.Ask("r", "bob");
        await circle.Close();
        circle.Clock.Advance(Lifetime + Millisecond);
        circle.OpenAgain();
        using ExpiryTimer timer = new(circle.Live, circle.Clock, Trouble);
        await timer.StartAsync(default);
        await Expired(circle, "r");
        await timer.StopAsync(default);
    }

    [Fact]
    public async Task Each_of_two_requests_expires_in_its_own_time()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        using ExpiryTimer timer = new(circle.Live, circle.Clock, Trouble);
        await timer.StartAsync(default);
        await circle.Ask("first", "bob");
        circle.Clock.Advance(TimeSpan.FromMinutes(3));
        await circle.Ask("second", "cy");

        circle.Clock.Advance(Lifetime - TimeSpan.FromMinutes(3) + Millisecond);
        await Expired(circle, "first");
        circle.Live.FindJoinRequest("second")!.Status.ShouldBe("pending");

        circle.Clock.Advance(TimeSpan.FromMinutes(2));
        await Expired(circle, "second");
        await timer.StopAsync(default);
    }

    [Fact]
    public async Task After_the_wall_clock_jumped_ahead_a_request_expires_within_a_second()
    {
        using TemporaryFolder folder = new();
        FakeTimeProvider steady = new(DateTimeOffset.FromUnixTimeMilliseconds(SomeCircle.Start));
        WallClock wall = new(steady);
        await using LiveCircle circle = LiveCircle.Open(folder.Path, wall);
        await circle.ExecuteAsync(new RegisterFounder(SomeCircle.Person("ada")));
        await circle.ExecuteAsync(new SubmitRequest("r", SomeCircle.Person("bob")));
        using ExpiryTimer timer = new(circle, wall, Trouble);
        await timer.StartAsync(default);
        await Waiting.Until(() => wall.Sleep is not null);

        wall.Ahead = Lifetime + TimeSpan.FromHours(1);
        circle.FindJoinRequest("r")!.Status.ShouldBe("pending");
        steady.Advance(TimeSpan.FromSeconds(1));
        await Waiting.Until(() => circle.FindJoinRequest("r")!.Status == "expired");
        await timer.StopAsync(default);
    }

    [Fact]
    public async Task While_the_ledger_cannot_be_written_it_tries_again()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.Ask("r", "bob");
        circle.Clock.Advance(Lifetime + Millisecond);

        // Tables that stay behind are one way of being unavailable.
        circle.Tables().Execute(
            "CREATE TRIGGER planted BEFORE UPDATE OF status ON join_requests BEGIN SELECT RAISE(ABORT, 'planted'); END");
        using ExpiryTimer timer = new(circle.Live, circle.Clock, Trouble);
        await timer.StartAsync(default);
        await Waiting.Until(() => circle.Live.State.Pending.Count == 0);
        circle.Clock.Advance(TimeSpan.FromSeconds(10));
        timer.ExecuteTask!.IsCompleted.ShouldBeFalse();
        circle.Tables().Execute("DROP TRIGGER planted");
        await Expired(circle, "r");

        // It is alive and sees to the next one.
        await circle.Ask("s", "bob");
        circle.Clock.Advance(Lifetime + Millisecond);
        await Expired(circle, "s");
        await timer.StopAsync(default);
    }

    // A timer that has not been set yet when the clock moves is due a little later: the clock goes on until it rings.
    private static Task Expired(SomeCircle circle, string request) => Waiting.Until(() =>
    {
        circle.Clock.Advance(TimeSpan.FromSeconds(1));
        return circle.Live.FindJoinRequest(request)!.Status == "expired";
    });
}
