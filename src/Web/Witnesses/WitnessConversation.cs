using SecureChat.Ledger.Transparency;

namespace SecureChat.Web.Witnesses;

/// <summary>
/// From a first request to an outcome: a witness that stands elsewhere than we thought says where, and is asked again from there.
/// <para>
/// The protocol has no question "what do you know?". Showing our newest checkpoint with our own size as the old one answers it: who stands
/// there too cosigns, everybody else answers 409 with the size it cosigned last, and a size above ours can only mean that this ledger
/// is not the newest. Nothing has to be remembered over a restart for that.
/// </para>
/// </summary>
/// <param name="witness">Whose key the cosignature has to be of.</param>
/// <param name="call">How it is reached.</param>
/// <param name="consistencyProof">See <see cref="WitnessedLog.ConsistencyProof"/>.</param>
internal sealed class WitnessConversation(PolicyWitness witness, AddCheckpoint call, Func<long, long, Hash[]> consistencyProof)
{
    // Our guess; what the witness names; once more if a late request of ours came in between; once more if it named none at first.
    private const int MaximumRequests = 4;

    /// <summary>Shows the witness a checkpoint.</summary>
    /// <param name="head">Our newest checkpoint.</param>
    /// <param name="guess">The size that the witness is thought to stand at, at most that of the checkpoint.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<WitnessOutcome> ShowAsync(SignedCheckpoint head, long guess, CancellationToken cancel)
    {
        long size = head.Checkpoint.Size;
        long from = guess;
        long? named = null;
        for (int request = 0; request < MaximumRequests; request++)
        {
            AddCheckpointAnswer answer = await call.SendAsync(Request(head, from), cancel);
            if (answer is not AddCheckpointAnswer.Conflict conflict)
            {
                return Judge(answer, head, from);
            }

            if (conflict.Size > size)
            {
                return new WitnessOutcome.KnowsNewer(conflict.Size.Value);
            }

            // It stands where we stand and still objects: then it is the root. Some name their size in that answer, some do not;
            // without a size it counts only if the witness had named it before.
            if (from == size && (conflict.Size ?? named) == size)
            {
                return new WitnessOutcome.Diverged(size);
            }

            // Without a size, from nothing: whoever knows the log cannot agree to that, and has to say what it knows.
            long next = conflict.Size ?? 0;
            if (next == from)
            {
                return new WitnessOutcome.Unusable();
            }

            (from, named) = (next, conflict.Size);
        }

        return new WitnessOutcome.Unusable();
    }

    private ConsistencyFile Request(SignedCheckpoint head, long from)
    {
        long size = head.Checkpoint.Size;
        Hash[] proof = from > 0 && from < size ? consistencyProof(from, size) : [];
        return ConsistencyFile.Create(from, proof, head.Note);
    }

    private WitnessOutcome Judge(AddCheckpointAnswer answer, SignedCheckpoint head, long from) => answer switch
    {
        AddCheckpointAnswer.Accepted accepted => Cosignature(accepted.Lines, head),
        AddCheckpointAnswer.NotConsistent => new WitnessOutcome.Diverged(from),
        AddCheckpointAnswer.Refused refused => new WitnessOutcome.Refused(refused.Status),
        AddCheckpointAnswer.Unavailable => new WitnessOutcome.Away(),
        _ => new WitnessOutcome.Unusable(),
    };

    // Lines of keys that we do not know are ignored; a wrong one of the key that we know condemns them all, as in a note.
    private WitnessOutcome Cosignature(string lines, SignedCheckpoint head)
    {
        if (!SignedNote.ParseLines(lines).TryGet(out NoteSignature[]? signatures, out _))
        {
            return new WitnessOutcome.Unusable();
        }

        List<NoteSignature> claimed = [.. signatures.Where(witness.Key.Claims)];
        return claimed.Count > 0 && claimed.TrueForAll(signature => witness.Key.Verify(head.Note.Text, signature))
            ? new WitnessOutcome.Cosigned(head.Checkpoint.Size, claimed[0])
            : new WitnessOutcome.Unusable();
    }
}
