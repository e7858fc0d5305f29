using System.Net;
using SecureChat.Web.Witnesses;

namespace SecureChat.UnitTests.Witnesses;

public class WitnessBackoffTests
{
    private static readonly WitnessOutcome s_away = new WitnessOutcome.Away();
    private static readonly WitnessOutcome s_refused = new WitnessOutcome.Refused(HttpStatusCode.NotFound);

    [Fact]
    public void A_witness_that_is_away_is_asked_again_after_seconds_and_then_minutes() =>
        Enumerable.Range(0, 10).Select(failures => WitnessBackoff.Delay(s_away, failures, random: 0).TotalSeconds)
            .ShouldBe([1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);

    [Fact]
    public void A_witness_that_refuses_is_asked_again_after_minutes_and_then_hours() =>
        Enumerable.Range(0, 6).Select(failures => WitnessBackoff.Delay(s_refused, failures, random: 0).TotalMinutes)
            .ShouldBe([10, 20, 40, 80, 120, 120]);

    [Fact]
    public void Chance_shortens_a_delay_by_less_than_half()
    {
        WitnessBackoff.Delay(s_away, failures: 3, random: 0.5).ShouldBe(TimeSpan.FromSeconds(6));
        WitnessBackoff.Delay(s_away, failures: 3, random: 0.999_999).ShouldBeGreaterThan(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public void Years_of_failures_do_not_overflow() =>
        WitnessBackoff.Delay(s_away, int.MaxValue, random: 0).ShouldBe(TimeSpan.FromMinutes(5));
}
