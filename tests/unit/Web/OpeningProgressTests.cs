using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Web.Start;

namespace SecureChat.UnitTests.Web;

public class OpeningProgressTests
{
    [Fact]
    public void A_short_ledger_says_nothing_and_a_long_one_says_every_five_seconds_how_far_it_is()
    {
        FakeTimeProvider clock = new();
        SecureChat.UnitTests.Witnesses.RecordedLines lines = new();
        OpeningProgress progress = new(lines, clock);
        progress.Report(1);
        clock.Advance(TimeSpan.FromSeconds(4.9));
        progress.Report(4096);
        lines.IsEmpty.ShouldBeTrue();
        clock.Advance(TimeSpan.FromSeconds(0.1));
        progress.Report(8192);
        progress.Report(12288);
        clock.Advance(TimeSpan.FromSeconds(7));
        progress.Report(16384);
        lines.Rest().ShouldBe(
        [
            (LogLevel.Information, "Verifying the ledger before anything listens: 8192 entries so far."),
            (LogLevel.Information, "Verifying the ledger before anything listens: 16384 entries so far."),
        ]);
    }
}
