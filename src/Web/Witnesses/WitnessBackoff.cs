namespace SecureChat.Web.Witnesses;

/// <summary>
/// How long a witness is left alone after a failure. One that is away may be back soon; one that refuses waits for a person to do
/// something, and hears from us rarely.
/// </summary>
public static class WitnessBackoff
{
    private static readonly TimeSpan FirstWhileAway = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWhileAway = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstWhileRefused = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestWhileRefused = TimeSpan.FromHours(2);

    // Beyond it every delay is the longest, and doubling could overflow.
    private const int MostDoublings = 10;

    /// <summary>The delay: doubled with each failure up to a limit, then shortened by up to half, so that relays that lost a witness together do not come back together.</summary>
    /// <param name="outcome">What failed.</param>
    /// <param name="failures">How often it failed like this in a row before, from 0.</param>
    /// <param name="random">From 0 (inclusive) to 1 (exclusive).</param>
    public static TimeSpan Delay(WitnessOutcome outcome, int failures, double random)
    {
        bool soon = outcome is WitnessOutcome.Away or WitnessOutcome.Postponed;
        TimeSpan first = soon ? FirstWhileAway : FirstWhileRefused;
        TimeSpan longest = soon ? LongestWhileAway : LongestWhileRefused;
        TimeSpan doubled = first * (1 << Math.Min(failures, MostDoublings));
        return (doubled < longest ? doubled : longest) * (1 - (random / 2));
    }
}
