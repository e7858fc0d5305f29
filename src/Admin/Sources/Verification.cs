using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Sources;

/// <summary>The verifier, with progress.</summary>
internal static class Verification
{
    /// <summary>Verifies a log.</summary>
    /// <param name="source">Where its bytes are.</param>
    /// <param name="terminal">Where progress is shown.</param>
    /// <param name="size">How many entries it has, if that is known.</param>
    /// <param name="givesWay">See <see cref="Pace"/>.</param>
    public static Verdict Run(LogSource source, Terminal terminal, long? size = null, bool givesWay = false)
    {
        Progress progress = new(terminal, "Verifying", size);
        Pace pace = new(terminal.Clock, givesWay);
        try
        {
            return LogVerifier.Verify(
                source,
                done =>
                {
                    pace.Rest();
                    progress.Report(done);
                },
                processors: givesWay ? 1 : 0);
        }
        finally
        {
            progress.Finish();
        }
    }
}
