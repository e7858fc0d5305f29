using System.Globalization;

namespace SecureChat.Admin.Report;

/// <summary>
/// Where a moment stands in the picture, in per cent from the left. Half of the way goes by the clock and half by the entries, so that
/// an afternoon of a hundred votes can be told apart beside a year in which nothing happened. Later is always further right.
/// </summary>
internal sealed class Scale
{
    private const double ByClock = 0.5;
    private const double Margin = 0.8;

    // Of a letter in a label, on the narrowest picture.
    private const double LabelWidth = 1.25;
    private const int MostTicks = 11;

    private readonly long[] times;
    private readonly long first;
    private readonly long span;

    /// <summary>A scale.</summary>
    /// <param name="entryTimes">The time of each entry, in milliseconds since the Unix epoch.</param>
    /// <param name="now">The right end.</param>
    public Scale(IEnumerable<long> entryTimes, long now)
    {
        // A clock that was set back does not turn the picture around.
        long latest = long.MinValue;
        times = [.. entryTimes.Append(now).Select(time => latest = Math.Max(latest, Dates.Clamp(time)))];
        first = times[0];
        span = Math.Max(1, times[^1] - first);
    }

    /// <summary>Where an entry stands.</summary>
    public double Of(Moment moment) => At(times[Math.Min(moment.Entry, times.Length - 1)], moment.Entry);

    /// <summary>The right end.</summary>
    public double End => At(times[^1], times.Length - 1);

    /// <summary>The dates along the picture, with a label each.</summary>
    public IReadOnlyList<(double X, string Label)> Ticks()
    {
        foreach ((TimeSpan least, Func<DateTimeOffset, int, DateTimeOffset> step, string format) in Units)
        {
            if (span / least.TotalMilliseconds > MostTicks)
            {
                continue;
            }

            List<(double X, string Label)> ticks = [];
            DateTimeOffset start = DateTimeOffset.FromUnixTimeMilliseconds(first);
            for (int count = 0; count <= MostTicks + 1 && step(start, count) is var tick && tick.ToUnixTimeMilliseconds() <= times[^1]; count++)
            {
                string label = tick.ToString(format, CultureInfo.InvariantCulture);
                double x = AtTime(tick.ToUnixTimeMilliseconds());
                double width = LabelWidth * label.Length;
                if (tick >= start && (ticks.Count == 0 || x - ticks[^1].X >= width) && x <= 100 - (width / 2))
                {
                    ticks.Add((x, label));
                }
            }

            return ticks;
        }

        return [];
    }

    private static readonly IReadOnlyList<(TimeSpan Least, Func<DateTimeOffset, int, DateTimeOffset> Step, string Format)> Units =
    [
        Every(TimeSpan.FromMilliseconds(1), "HH:mm:ss.fff"), Every(TimeSpan.FromMilliseconds(10), "HH:mm:ss.fff"),
        Every(TimeSpan.FromMilliseconds(100), "HH:mm:ss.f"), Every(TimeSpan.FromSeconds(1), "HH:mm:ss"),
        Every(TimeSpan.FromSeconds(10), "HH:mm:ss"), Every(TimeSpan.FromMinutes(1), "HH:mm"), Every(TimeSpan.FromMinutes(10), "HH:mm"),
        Every(TimeSpan.FromHours(1), "d MMM HH:mm"), Every(TimeSpan.FromHours(6), "d MMM HH:mm"), Every(TimeSpan.FromDays(1), "d MMM"),
        Every(TimeSpan.FromDays(7), "d MMM"), Months(1, "MMM yyyy"), Months(3, "MMM yyyy"), Months(6, "MMM yyyy"), Months(12, "yyyy"),
        Months(60, "yyyy"), Months(600, "yyyy"),
    ];

    private static (TimeSpan Least, Func<DateTimeOffset, int, DateTimeOffset> Step, string Format) Every(TimeSpan unit, string format) =>
        (unit, (start, count) => new DateTimeOffset((start.Ticks / unit.Ticks * unit.Ticks) + (count * unit.Ticks), TimeSpan.Zero), format);

    private static (TimeSpan Least, Func<DateTimeOffset, int, DateTimeOffset> Step, string Format) Months(int months, string format) =>
        (TimeSpan.FromDays(28 * months), (start, count) => MonthsFrom(start, months, count), format);

    private static DateTimeOffset MonthsFrom(DateTimeOffset start, int months, int count)
    {
        int month = ((((start.Year * 12) + start.Month - 1) / months) + count) * months;
        return new DateTimeOffset(Math.Min(month / 12, 9999), (month % 12) + 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    // Between two entries the way goes evenly.
    private double AtTime(long time)
    {
        int found = Array.BinarySearch(times, time);
        int before = found >= 0 ? found : Math.Max(0, ~found - 1);
        int after = Math.Min(before + 1, times.Length - 1);
        double part = times[after] > times[before] ? (double)(time - times[before]) / (times[after] - times[before]) : 0;
        return At(time, before + part);
    }

    private double At(long time, double entry)
    {
        double clock = (double)(time - first) / span;
        double order = times.Length > 1 ? entry / (times.Length - 1) : 0;
        return Margin + ((100 - (2 * Margin)) * ((ByClock * clock) + ((1 - ByClock) * order)));
    }
}
