namespace SecureChat.Web.Start;

/// <summary>
/// Tells an operator who waits that the start is still verifying: nothing about a ledger that is done soon, and a line now and then
/// about a long one.
/// </summary>
/// <param name="log">Where to.</param>
/// <param name="clock">Tells how long it has been.</param>
internal sealed class OpeningProgress(ILogger log, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long said = clock.GetTimestamp();

    /// <summary>Is told how many entries are verified.</summary>
    public void Report(long entries)
    {
        if (clock.GetElapsedTime(said) >= Interval)
        {
            said = clock.GetTimestamp();
            LogLines.Verifying(log, entries);
        }
    }
}
