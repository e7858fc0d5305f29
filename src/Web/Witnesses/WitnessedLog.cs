using SecureChat.Ledger.Transparency;

namespace SecureChat.Web.Witnesses;

/// <summary>
/// The log that witnesses are shown, and where their cosignatures go. Each may be called from several threads at once; an exception
/// postpones one witness and concerns nothing else.
/// </summary>
/// <param name="Newest">The newest checkpoint that was committed, signed by the log; of size 0 while there is no entry.</param>
/// <param name="ConsistencyProof">The proof from an older to a newer size, 0 &lt; older &lt; newer; see <see cref="MerkleTree.ConsistencyProof"/>.</param>
/// <param name="Store">Keeps a verified cosignature of the checkpoint of that size. A witness may cosign one size several times; the last counts.</param>
public sealed record WitnessedLog(
    Func<SignedCheckpoint> Newest,
    Func<long, long, Hash[]> ConsistencyProof,
    Func<long, NoteSignature, Task> Store);
