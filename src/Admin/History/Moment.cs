using System.Globalization;

namespace SecureChat.Admin.History;

/// <summary>A place in a ledger as somebody named it: an entry, or a time.</summary>
/// <param name="Entry">The leaf index, or null.</param>
/// <param name="Time">Milliseconds since the Unix epoch; meaningless for an entry.</param>
internal readonly record struct Moment(long? Entry, long Time)
{
    private const long Day = 24 * 60 * 60 * 1000L;
    private const string Form = "yyyy-MM-dd HH:mm:ss";
    private static readonly long LastTime = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
    private static readonly string[] Times = ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mmK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mmK"];

    /// <summary>What is understood, for help texts.</summary>
    public const string Forms = "An entry number, a day (2026-01-31), a time in UTC (2026-01-31T18:30) or with its zone, or how long ago (90m, 12h, 7d).";

    /// <summary>Reads what somebody typed.</summary>
    /// <param name="text">See <see cref="Forms"/>.</param>
    /// <param name="now">Milliseconds since the Unix epoch.</param>
    /// <param name="isEnd">Whether a day means its end and not its beginning.</param>
    /// <exception cref="CommandRefusedException">It is none of these.</exception>
    public static Moment Parse(string text, long now, bool isEnd)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long entry))
        {
            return new Moment(entry, 0);
        }

        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset day))
        {
            return new Moment(null, day.ToUnixTimeMilliseconds() + (isEnd ? Day - 1 : 0));
        }

        if (DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return new Moment(null, time.ToUnixTimeMilliseconds());
        }

        return text.Length > 1 && Unit(text[^1]) is { } unit && int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? new Moment(null, now - (count * unit))
            : throw CommandRefusedException.Usage($"{text} is no moment. {Forms}");
    }

    /// <summary>How many entries there were: those up to the entry and with it, or those until the time.</summary>
    /// <exception cref="CommandRefusedException">There is no such entry.</exception>
    public long SizeIn(Chronicle chronicle)
    {
        if (Entry is { } entry)
        {
            return entry < chronicle.Size
                ? entry + 1
                : throw CommandRefusedException.Usage(string.Create(CultureInfo.InvariantCulture, $"There is no entry {entry}: the ledger has {chronicle.Size}, counted from 0."));
        }

        // From the end, because a clock may have been set back.
        long size = chronicle.Size;
        while (size > 0 && chronicle.Happenings[(int)size - 1].Time > Time)
        {
            size--;
        }

        return size;
    }

    /// <summary>A time for people, in UTC.</summary>
    /// <param name="milliseconds">Since the Unix epoch; one that no calendar reaches is given as it is.</param>
    public static string Text(long milliseconds) => milliseconds <= LastTime
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString(Form, CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{milliseconds} ms");

    private static long? Unit(char letter) => letter switch
    {
        'm' => Day / 24 / 60,
        'h' => Day / 24,
        'd' => Day,
        _ => null,
    };
}
