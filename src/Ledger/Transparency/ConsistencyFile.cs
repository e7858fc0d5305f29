using System.Text;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// A proof that a log only grew since an older size, and what a witness is sent with add-checkpoint (C2SP tlog-witness).
/// <code>
/// old &lt;decimal size&gt; LF
/// &lt;base64 hash&gt; LF            none to 63; none when the old size is 0 or the checkpoint's own
/// LF
/// &lt;the checkpoint verbatim&gt;
/// </code>
/// </summary>
public sealed class ConsistencyFile
{
    private const string OldKey = "old ";

    private ConsistencyFile(long oldSize, IReadOnlyList<Hash> proof, string checkpoint)
    {
        OldSize = oldSize;
        Proof = proof;
        Checkpoint = checkpoint;
    }

    /// <summary>The size that the proof starts from; 0 when the receiver knows nothing of the log.</summary>
    public long OldSize { get; }

    /// <summary>The consistency proof.</summary>
    public IReadOnlyList<Hash> Proof { get; }

    /// <summary>The signed note, verbatim and not looked at: see <see cref="Transparency.Checkpoint.Open"/>.</summary>
    public string Checkpoint { get; }

    /// <summary>A proof from an old size to a signed checkpoint.</summary>
    /// <param name="oldSize">From 0 to the checkpoint's size.</param>
    /// <param name="proof">See <see cref="MerkleTree.ConsistencyProof"/>; empty when the old size is 0.</param>
    /// <param name="checkpoint">The note for the new size.</param>
    public static ConsistencyFile Create(long oldSize, Hash[] proof, SignedNote checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return new ConsistencyFile(oldSize, proof, Encoding.UTF8.GetString(checkpoint.Format()));
    }

    /// <summary>The body's bytes.</summary>
    public byte[] Format()
    {
        StringBuilder text = new StringBuilder(OldKey).Append(Canonical.Decimal(OldSize)).Append('\n');
        HashLines.Append(text, Proof);
        return Encoding.UTF8.GetBytes(text.Append(Checkpoint).ToString());
    }

    /// <summary>A proof from the body's bytes: exactly what <see cref="Format"/> writes. Nothing is verified.</summary>
    public static Parsed<ConsistencyFile> Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length > SignedNote.MaximumBytes || Canonical.Text(body) is not { } whole)
        {
            return new Invalid("a consistency proof is strict UTF-8 of at most a megabyte");
        }

        ReadOnlySpan<char> text = whole.AsSpan();
        if (!Canonical.TryTakeLine(ref text, out ReadOnlySpan<char> line)
            || !line.StartsWith(OldKey, StringComparison.Ordinal)
            || !Canonical.TryDecimal(line[OldKey.Length..], out long oldSize))
        {
            return new Invalid("a consistency proof starts with the line old <size>");
        }

        if (!HashLines.TakeWithBlankLine(ref text).TryGet(out Hash[]? proof, out string? reason))
        {
            return new Invalid(reason);
        }

        return text.IsEmpty
            ? new Invalid("a consistency proof ends with a checkpoint")
            : new ConsistencyFile(oldSize, proof, text.ToString());
    }

    /// <summary>
    /// Whether the tree of a checkpoint that was opened from <see cref="Checkpoint"/> begins with the tree that had this root at <see cref="OldSize"/>.
    /// From size 0 there is nothing to prove, and the proof must be empty.
    /// </summary>
    public bool Proves(in Hash oldRoot, Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return OldSize == 0
            ? Proof.Count == 0 && oldRoot == MerkleHashing.EmptyRoot && checkpoint.HasPossibleRoot
            : MerkleProofs.VerifyConsistency(OldSize, oldRoot, checkpoint.Size, checkpoint.Root, [.. Proof]);
    }
}
