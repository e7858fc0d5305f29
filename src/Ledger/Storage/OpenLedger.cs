using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>A ledger that was opened and found whole: what the writer goes on from.</summary>
/// <param name="File">Where it stands.</param>
/// <param name="State">The circle.</param>
/// <param name="Range">The tree over the entries.</param>
/// <param name="Key">Signs checkpoints; its name is the origin.</param>
/// <param name="Checkpoint">The newest signed head, of exactly these entries.</param>
/// <param name="Warnings">What the verifier found odd and yet allowed, each in a sentence.</param>
public sealed record OpenLedger(
    DatabaseFile File, CircleState State, CompactRange Range, SigningKey Key, SignedCheckpoint Checkpoint, IReadOnlyList<string> Warnings)
{
    /// <summary>The name of the log.</summary>
    public string Origin => Key.VerifierKey.Name;
}
