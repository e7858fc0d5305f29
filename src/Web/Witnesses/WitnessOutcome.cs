using System.Net;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Web.Witnesses;

/// <summary>What came of showing a witness the newest checkpoint.</summary>
public abstract record WitnessOutcome
{
    private WitnessOutcome()
    {
    }

    /// <summary>The witness cosigned; the signature was verified with its key.</summary>
    /// <param name="Size">The number of entries that it saw.</param>
    /// <param name="Signature">Its line, of type 04.</param>
    public sealed record Cosigned(long Size, NoteSignature Signature) : WitnessOutcome;

    /// <summary>The witness cosigned a longer log than ours before: this ledger is an old copy, or there are two.</summary>
    /// <param name="Size">The number of entries that the witness knows of.</param>
    public sealed record KnowsNewer(long Size) : WitnessOutcome;

    /// <summary>The witness saw another history: ours does not begin with the tree that it cosigned.</summary>
    /// <param name="Size">The size of the tree that it cosigned, at most our own.</param>
    public sealed record Diverged(long Size) : WitnessOutcome;

    /// <summary>The witness does not want our checkpoints: 404 unknown log, 403 unknown key, 400 malformed, or a status that the protocol does not have.</summary>
    /// <param name="Status">The status of its answer.</param>
    public sealed record Refused(HttpStatusCode Status) : WitnessOutcome;

    /// <summary>The answer is none of the protocol's, contradicts itself, or carries no right cosignature.</summary>
    public sealed record Unusable : WitnessOutcome;

    /// <summary>No answer in time, no connection, or a server that says it has trouble.</summary>
    public sealed record Away : WitnessOutcome;

    /// <summary>The trouble is ours: the tree could not be read, or the cosignature not be kept.</summary>
    /// <param name="Exception">The kind of exception.</param>
    public sealed record Postponed(string Exception) : WitnessOutcome;
}

/// <summary>What one witness of the policy said at the start.</summary>
/// <param name="Witness">Its name in the policy.</param>
/// <param name="Outcome">What came of asking it.</param>
public sealed record WitnessReport(string Witness, WitnessOutcome Outcome);
