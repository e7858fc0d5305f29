namespace SecureChat.Admin;

/// <summary>
/// Lets a relay on the same machine have most of the time: what runs on one processor of a small machine slows down the other,
/// whatever its priority. Reading on behalf of an operator can wait, and members cannot.
/// </summary>
/// <param name="clock">Tells how long the work took.</param>
/// <param name="givesWay">Whether a relay may be running; otherwise there is no rest.</param>
internal sealed class Pace(TimeProvider clock, bool givesWay)
{
    // Measured on two processors: with equal parts the relay still lost a fifth of its votes. A verification that takes three times as long
    // is one of seconds.
    private const int RestPerWork = 2;

    private long began = clock.GetTimestamp();

    /// <summary>Called from within long work, every few milliseconds: rests twice as long as it has worked since the last time.</summary>
    public void Rest()
    {
        if (givesWay)
        {
            Task.Delay(RestPerWork * clock.GetElapsedTime(began), clock).Wait();
            began = clock.GetTimestamp();
        }
    }
}
