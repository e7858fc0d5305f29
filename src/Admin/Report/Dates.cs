using System.Globalization;

namespace SecureChat.Admin.Report;

/// <summary>Moments as people read them, in UTC, and the page's own script writes them the same way.</summary>
internal static class Dates
{
    private const long Latest = 253_402_300_799_999;

    /// <summary>A time that the calendar knows; a ledger may hold any number.</summary>
    public static long Clamp(long time) => Math.Clamp(time, 0, Latest);

    /// <summary>For example <c>3 May 2026, 09:05</c>.</summary>
    /// <param name="time">Milliseconds since the Unix epoch.</param>
    public static string Minute(long time) => Of(time).ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    /// <summary>For example <c>3 May 2026</c>.</summary>
    /// <param name="time">Milliseconds since the Unix epoch.</param>
    public static string Day(long time) => Of(time).ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    private static DateTimeOffset Of(long time) => DateTimeOffset.FromUnixTimeMilliseconds(Clamp(time));
}
