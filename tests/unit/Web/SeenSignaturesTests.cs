using Microsoft.Extensions.Time.Testing;
using SecureChat.Ledger.Keys;
using SecureChat.Web.Security;

namespace SecureChat.UnitTests.Web;

public class SeenSignaturesTests
{
    private const long Start = 1_790_000_000_000;
    private readonly JumpingClock clock = new();
    private readonly SeenSignatures seen;

    public SeenSignaturesTests() => seen = new SeenSignatures(clock);

    [Fact]
    public void A_pair_can_be_used_once()
    {
        seen.Contains("ada", Start).ShouldBeFalse();
        seen.TryUse("ada", Start).ShouldBeTrue();
        seen.Contains("ada", Start).ShouldBeTrue();
        seen.TryUse("ada", Start).ShouldBeFalse();
        seen.TryUse("ada", Start + 1).ShouldBeTrue();
        seen.TryUse("bob", Start).ShouldBeTrue();
    }

    [Fact]
    public void A_pair_is_remembered_as_long_as_its_timestamp_is_in_the_window()
    {
        seen.TryUse("ada", Start + Timestamp.Window);
        clock.Advance(TimeSpan.FromMilliseconds(2 * Timestamp.Window));
        seen.TryUse("bob", Start);
        seen.Contains("ada", Start + Timestamp.Window).ShouldBeTrue();
    }

    [Fact]
    public void A_pair_that_nobody_can_use_any_more_is_forgotten()
    {
        seen.TryUse("ada", Start);
        clock.Advance(TimeSpan.FromMilliseconds((2 * Timestamp.Window) + 1));
        seen.TryUse("bob", Start);
        seen.Contains("ada", Start).ShouldBeFalse();
    }

    [Fact]
    public void A_clock_that_jumps_ahead_and_back_reopens_nothing()
    {
        seen.TryUse("ada", Start);
        clock.Jump(TimeSpan.FromDays(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        seen.TryUse("bob", Start);
        clock.Jump(TimeSpan.FromDays(-1));
        seen.TryUse("ada", Start).ShouldBeFalse();
    }

    [Fact]
    public void A_clock_that_jumps_back_keeps_what_is_in_its_window()
    {
        seen.TryUse("ada", Start);
        clock.Advance(TimeSpan.FromMinutes(10));
        clock.Jump(TimeSpan.FromMinutes(-10));
        seen.TryUse("ada", Start).ShouldBeFalse();
    }

    /// <summary>A wall clock that can be put forward and back while the monotonic one goes on.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private readonly FakeTimeProvider steady = new(DateTimeOffset.FromUnixTimeMilliseconds(Start));
        private TimeSpan off;

        public override long TimestampFrequency => steady.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + off;

        public override long GetTimestamp() => steady.GetTimestamp();

        public void Advance(TimeSpan time) => steady.Advance(time);

        public void Jump(TimeSpan time) => off += time;
    }
}
