using System.Text;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// A proof, to be kept and checked without asking anybody, that an entry stands in a log (C2SP tlog-proof, file ending .tlog-proof).
/// <code>
/// c2sp.org/tlog-proof@v1 LF
/// extra &lt;base64&gt; LF           optional
/// index &lt;decimal&gt; LF
/// &lt;base64 hash&gt; LF            none to 63, the leaf's sibling first
/// LF
/// &lt;the checkpoint verbatim&gt;
/// </code>
/// </summary>
public sealed class ProofFile
{
    private const string Header = "c2sp.org/tlog-proof@v1";
    private const string ExtraKey = "extra ";
    private const string IndexKey = "index ";

    private ProofFile(ReadOnlyMemory<byte> extra, long index, IReadOnlyList<Hash> path, string checkpoint)
    {
        Extra = extra;
        Index = index;
        Path = path;
        Checkpoint = checkpoint;
    }

    /// <summary>Bytes with a meaning of the application, proved by nothing; empty if there are none.</summary>
    public ReadOnlyMemory<byte> Extra { get; }

    /// <summary>The leaf index of the entry.</summary>
    public long Index { get; }

    /// <summary>The inclusion path, the leaf's sibling first.</summary>
    public IReadOnlyList<Hash> Path { get; }

    /// <summary>The signed note, verbatim and not looked at: see <see cref="Transparency.Checkpoint.Open"/>.</summary>
    public string Checkpoint { get; }

    /// <summary>A proof of a leaf under a signed checkpoint.</summary>
    /// <param name="index">The leaf index.</param>
    /// <param name="path">See <see cref="MerkleTree.InclusionProof"/>.</param>
    /// <param name="checkpoint">The note for the tree that the path leads to.</param>
    public static ProofFile Create(long index, Hash[] path, SignedNote checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return new ProofFile(default, index, path, Encoding.UTF8.GetString(checkpoint.Format()));
    }

    /// <summary>The file's bytes.</summary>
    public byte[] Format()
    {
        StringBuilder text = new StringBuilder(Header).Append('\n');
        if (!Extra.IsEmpty)
        {
            text.Append(ExtraKey).Append(Convert.ToBase64String(Extra.Span)).Append('\n');
        }

        text.Append(IndexKey).Append(Canonical.Decimal(Index)).Append('\n');
        HashLines.Append(text, Path);
        return Encoding.UTF8.GetBytes(text.Append(Checkpoint).ToString());
    }

    /// <summary>A proof from the file's bytes: exactly what <see cref="Format"/> writes. Nothing is verified.</summary>
    public static Parsed<ProofFile> Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length > SignedNote.MaximumBytes || Canonical.Text(file) is not { } whole)
        {
            return new Invalid("a proof is strict UTF-8 of at most a megabyte");
        }

        ReadOnlySpan<char> text = whole.AsSpan();
        if (!Canonical.TryTakeLine(ref text, out ReadOnlySpan<char> line) || line is not Header)
        {
            return new Invalid("a proof starts with the line c2sp.org/tlog-proof@v1");
        }

        if (!Canonical.TryTakeLine(ref text, out line))
        {
            return new Invalid("a proof has an index");
        }

        byte[] extra = [];
        if (line.StartsWith(ExtraKey, StringComparison.Ordinal))
        {
            if (Canonical.Base64(line[ExtraKey.Length..]) is not { Length: > 0 } bytes)
            {
                return new Invalid("the extra data of a proof is canonical base64, and the line is left out when there is none");
            }

            extra = bytes;
            if (!Canonical.TryTakeLine(ref text, out line))
            {
                return new Invalid("a proof has an index");
            }
        }

        if (!line.StartsWith(IndexKey, StringComparison.Ordinal) || !Canonical.TryDecimal(line[IndexKey.Length..], out long index))
        {
            return new Invalid("the index of a proof is a decimal number below 2^63 without leading zeroes");
        }

        if (!HashLines.TakeWithBlankLine(ref text).TryGet(out Hash[]? path, out string? reason))
        {
            return new Invalid(reason);
        }

        return text.IsEmpty ? new Invalid("a proof ends with a checkpoint") : new ProofFile(extra, index, path, text.ToString());
    }

    /// <summary>Whether the path leads from this leaf to the root of a checkpoint that was opened from <see cref="Checkpoint"/>.</summary>
    public bool Proves(in Hash leaf, Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return MerkleProofs.VerifyInclusion(leaf, Index, checkpoint.Size, [.. Path], checkpoint.Root);
    }
}
