using System.Net;

namespace SecureChat.Web.Witnesses;

/// <summary>What is logged about witnesses: their names in the policy, sizes, and nothing that a witness wrote.</summary>
internal static partial class WitnessLines
{
    /// <summary>The line for an outcome.</summary>
    /// <param name="log">Where to.</param>
    /// <param name="witness">The witness's name in the policy.</param>
    /// <param name="outcome">What came of asking it.</param>
    /// <param name="size">The size of our newest checkpoint.</param>
    public static void Say(ILogger log, string witness, WitnessOutcome outcome, long size)
    {
        switch (outcome)
        {
            case WitnessOutcome.Cosigned:
                CosignsAgain(log, witness, size);
                break;
            case WitnessOutcome.KnowsNewer newer:
                KnowsNewer(log, witness, newer.Size, size);
                break;
            case WitnessOutcome.Diverged diverged:
                Diverged(log, witness, diverged.Size, size);
                break;
            case WitnessOutcome.Refused { Status: HttpStatusCode.NotFound }:
                UnknownLog(log, witness);
                break;
            case WitnessOutcome.Refused { Status: HttpStatusCode.Forbidden }:
                UnknownKey(log, witness);
                break;
            case WitnessOutcome.Refused:
                Refused(log, witness, size);
                break;
            case WitnessOutcome.Away:
                Away(log, witness);
                break;
            case WitnessOutcome.Postponed postponed:
                Postponed(log, witness, postponed.Exception);
                break;
            default:
                Unusable(log, witness, size);
                break;
        }
    }

    [LoggerMessage(40, LogLevel.Information, "Witness {Witness} cosigns again, at size {Size}.")]
    private static partial void CosignsAgain(ILogger log, string witness, long size);

    [LoggerMessage(41, LogLevel.Error, "Witness {Witness} knows this ledger at size {Known}, but it has size {Size} here: this is an old copy, or there are two. Nothing more is sent to it.")]
    private static partial void KnowsNewer(ILogger log, string witness, long known, long size);

    [LoggerMessage(42, LogLevel.Error, "Witness {Witness} saw another history: what it cosigned at size {Known} is not how this ledger of size {Size} begins.")]
    private static partial void Diverged(ILogger log, string witness, long known, long size);

    [LoggerMessage(43, LogLevel.Warning, "Witness {Witness} does not know this ledger. Its operator has to add the ledger's key.")]
    private static partial void UnknownLog(ILogger log, string witness);

    [LoggerMessage(44, LogLevel.Warning, "Witness {Witness} has another key for this ledger. Its operator has to correct it.")]
    private static partial void UnknownKey(ILogger log, string witness);

    [LoggerMessage(45, LogLevel.Warning, "Witness {Witness} refused the checkpoint of size {Size}. Its address in the policy may be wrong.")]
    private static partial void Refused(ILogger log, string witness, long size);

    [LoggerMessage(46, LogLevel.Warning, "Witness {Witness} answered the checkpoint of size {Size} without a right cosignature. Its key in the policy may be wrong.")]
    private static partial void Unusable(ILogger log, string witness, long size);

    [LoggerMessage(47, LogLevel.Warning, "Witness {Witness} does not answer. It is skipped for now and asked again later.")]
    private static partial void Away(ILogger log, string witness);

    [LoggerMessage(48, LogLevel.Warning, "Witness {Witness} could not be served ({Exception}). It is tried again later.")]
    private static partial void Postponed(ILogger log, string witness, string exception);
}
