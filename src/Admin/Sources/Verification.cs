using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Sources;

/// <summary>The verifier over whatever a PATH is, with progress.</summary>
internal static class Verification
{
    /// <summary>Verifies a log.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="policy">Whose log it must be; null for the key, or the policy, that lies beside it.</param>
    /// <param name="terminal">Where progress is shown.</param>
    public static Verdict Run(LogPlace place, WitnessPolicy? policy, Terminal terminal)
    {
        if (!place.IsDatabase)
        {
            return Run(ExportFolder.Source(place.Path, policy), terminal);
        }

        while (true)
        {
            using DatabaseLog log = DatabaseLog.Open(place.Path, policy);
            Verdict verdict = Run(log.Source, terminal);
            if (!log.WasDisturbed)
            {
                return verdict;
            }
        }
    }

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
