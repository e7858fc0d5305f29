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
        seen.Contains(new("ada", Start)).ShouldBeFalse();
        seen.TryUse(new("ada", Start)).ShouldBeTrue();
        seen.Contains(new("ada", Start)).ShouldBeTrue();
        seen.TryUse(new("ada", Start)).ShouldBeFalse();
        seen.TryUse(new("ada", Start + 1)).ShouldBeTrue();
        seen.TryUse(new("bob", Start)).ShouldBeTrue();
    }

    [Fact]
    public void A_nonce_can_be_used_once_whatever_the_time()
    {
        seen.TryUse(new("ada", Start, "n1")).ShouldBeTrue();
        seen.TryUse(new("ada", Start + 1, "n1")).ShouldBeFalse();
        seen.Contains(new("ada", Start + 2, "n1")).ShouldBeTrue();
        seen.TryUse(new("ada", Start, "n2")).ShouldBeTrue();
        seen.TryUse(new("bob", Start, "n1")).ShouldBeTrue();
        seen.TryUse(new("ada", Start)).ShouldBeTrue();
        clock.Advance(TimeSpan.FromMilliseconds((2 * Timestamp.Window) + 2));
        seen.TryUse(new("ada", Start, "n1")).ShouldBeTrue("nobody could use the old one any more");
    }

    [Fact]
    public void A_pair_is_remembered_as_long_as_its_timestamp_is_in_the_window()
    {
        seen.TryUse(new("ada", Start + Timestamp.Window));
        clock.Advance(TimeSpan.FromMilliseconds(2 * Timestamp.Window));
        seen.TryUse(new("bob", Start));
        seen.Contains(new("ada", Start + Timestamp.Window)).ShouldBeTrue();
    }

    [Fact]
    public void A_pair_that_nobody_can_use_any_more_is_forgotten()
    {
        seen.TryUse(new("ada", Start));
        clock.Advance(TimeSpan.FromMilliseconds((2 * Timestamp.Window) + 1));
        seen.TryUse(new("bob", Start));
        seen.Contains(new("ada", Start)).ShouldBeFalse();
    }

    [Fact]
    public void A_clock_that_jumps_ahead_and_back_reopens_nothing()
    {
        seen.TryUse(new("ada", Start));
        clock.Jump(TimeSpan.FromDays(1));
        clock.Advance(TimeSpan.FromSeconds(1));
        seen.TryUse(new("bob", Start));
        clock.Jump(TimeSpan.FromDays(-1));
        seen.TryUse(new("ada", Start)).ShouldBeFalse();
    }

    [Fact]
    public void A_clock_that_jumps_back_keeps_what_is_in_its_window()
    {
        seen.TryUse(new("ada", Start));
        clock.Advance(TimeSpan.FromMinutes(10));
        clock.Jump(TimeSpan.FromMinutes(-10));
        seen.TryUse(new("ada", Start)).ShouldBeFalse();
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
