using CsCheck;
using SecureChat.Admin.Report;

namespace SecureChat.UnitTests.Admin;

public class ReportScaleTests
{
    private const long Day = 24L * 60 * 60 * 1000;
    private const long Start = 1_609_459_200_000;

    [Fact]
    public void Later_is_further_right_whatever_the_clock_said()
    {
        Gen.Long[0, 1L << 53].Array[1, 40].Sample(times =>
        {
            Scale scale = new(times, times[^1]);
            double[] places = [.. times.Select((time, entry) => scale.Of(new Moment(entry, time))), scale.End];
            places.Zip(places.Skip(1)).ShouldAllBe(pair => pair.First <= pair.Second);
            places.ShouldAllBe(place => place >= 0 && place <= 100);
        });
    }

    [Fact]
    public void Labels_stand_in_order_apart_from_each_other_and_are_not_too_many()
    {
        Gen.Select(Gen.Long[0, 1L << 53].Array[1, 40], Gen.Long[1, 1L << 40]).Sample((times, unit) =>
        {
            IReadOnlyList<(double X, string Label)> ticks = new Scale(times.Select(time => time % unit), unit).Ticks();
            ticks.Count.ShouldBeLessThan(14);
            ticks.Zip(ticks.Skip(1)).ShouldAllBe(pair => pair.Second.X - pair.First.X > 3);
            ticks.ShouldAllBe(tick => tick.X >= 0 && tick.X <= 100);
        });
    }

    [Fact]
    public void Dates_are_as_fine_as_the_time_is_short()
    {
        Labels(5 * 365 * Day).ShouldContain("Jan 2022");
        Labels(30 * 365 * Day).ShouldContain("2025");
        Labels(40 * Day).ShouldContain("11 Jan");
        Labels(Day / 8).ShouldContain("1 Jan 02:00");
        Labels(5000).ShouldContain("00:00:02");
    }

    [Fact]
    public void An_afternoon_of_votes_takes_more_room_than_its_time()
    {
        long[] times = [.. Enumerable.Range(0, 100).Select(vote => Start + vote), Start + (365 * Day)];
        Scale scale = new(times, times[^1]);
        scale.Of(new Moment(99, times[99])).ShouldBeInRange(40, 60);
    }

    private static IEnumerable<string> Labels(long span) =>
        new Scale(Enumerable.Range(0, 101).Select(step => Start + (span / 100 * step)), Start + span).Ticks().Select(tick => tick.Label);
}
