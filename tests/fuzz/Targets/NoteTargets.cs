using System.Buffers;
using SecureChat.Ledger.Transparency;

namespace SecureChat.FuzzTests;

/// <summary>The formats of transparency logs: what auditors, witnesses and export folders hand in.</summary>
internal static class NoteTargets
{
    private static readonly SigningKey Log = SigningKey.FromSeed("log.example/circle", Enumerable.Repeat((byte)1, SigningKey.SeedLength).ToArray());
    private static readonly SigningKey Witness = SigningKey.FromSeed("witness.example/w", Enumerable.Repeat((byte)2, SigningKey.SeedLength).ToArray());
    private static readonly Hash Leaf = MerkleHashing.Leaf("leaf"u8);
    private static readonly Checkpoint Head = new("log.example/circle", 20_852_163, Leaf);
    private static readonly SignedNote Note = Head.Sign(Log).With([Cosignature.Sign(Witness, 1_700_000_000, Head.Format())]);

    public static Target Notes => new("signed-note", ReadNote, () => [Note.Format()]);

    public static Target Checkpoints => Exact("checkpoint", text => Checkpoint.Parse(text).TryGet(out Checkpoint? head, out _) ? head.Format() : null, Head.Format());

    public static Target Proofs => Exact(
        "proof-file",
        input => ProofFile.Parse(input).TryGet(out ProofFile? proof, out _) ? proof.Format() : null,
        [.. "c2sp.org/tlog-proof@v1\nextra YWI=\nindex 10\n"u8, .. Target.Bytes(Leaf.ToBase64()), .. "\n\n"u8, .. Note.Format()]);

    public static Target Consistency => Exact(
        "consistency-file",
        input => ConsistencyFile.Parse(input).TryGet(out ConsistencyFile? proof, out _) ? proof.Format() : null,
        ConsistencyFile.Create(10, [Leaf, Leaf], Note).Format());

    public static Target Policies => new("witness-policy", ReadPolicy, SeedsOfPolicies);

    public static Target TilePaths => Exact(
        "tile-path",
        text => TilePath.Parse(text).TryGet(out TilePath path, out _) ? path.Format() : null,
        "tile/0/x001/x234/067.p/12", "tile/entries/000", "tile/entries/x001/000.p/1", "tile/5/255");

    /// <summary>A bundle of entries and a tile of hashes, the two files of an export folder whose content is no text.</summary>
    public static Target Bundles => new("export-files", ReadBundle, () => [[1, 0, 1, 7], [3, 0, 2, 1, 2, 0, 0, 0, 1, 3], [1, .. Leaf.Bytes]]);

    public static Target Keys => Exact(
        "log-key",
        text => VerifierKey.Parse(text).TryGet(out VerifierKey? vkey, out _) ? vkey.Format() : SigningKey.Parse(text).TryGet(out SigningKey? skey, out _) ? skey.FormatSecret() : null,
        Log.VerifierKey.Format(), Cosignature.VerifierKeyOf(Witness).Format(), Log.FormatSecret());

    // What is accepted is to the byte what the writer writes; there is no second spelling of anything.
    private static Target Exact(string name, Func<string, string?> rewrite, params string[] seeds) => new(
        name,
        input =>
        {
            string text = Target.Text(input);
            Target.Must(rewrite(text) is not { } written || written == text, "what is accepted is what would be written");
        },
        () => seeds.Select(Target.Bytes));

    private static Target Exact(string name, Func<byte[], byte[]?> rewrite, byte[] seed) => new(
        name,
        input => Target.Must(rewrite(input) is not { } written || written.AsSpan().SequenceEqual(input), "what is accepted is what would be written"),
        () => [seed]);

    private static void ReadNote(byte[] input)
    {
        if (SignedNote.Parse(input).TryGet(out SignedNote? note, out _))
        {
            Target.Must(note.Format().AsSpan().SequenceEqual(input), "what is accepted is what would be written");
        }

        // The signature of another text can't be had: whatever opens is the head that was signed.
        if (Checkpoint.Open(input, Log.VerifierKey).TryGet(out SignedCheckpoint? opened, out _))
        {
            Target.Must(opened.Checkpoint == Head, "only what was signed opens");
        }
    }

    private static void ReadPolicy(byte[] input)
    {
        if (WitnessPolicy.Parse(input).TryGet(out WitnessPolicy? policy, out _))
        {
            byte[] written = policy.Format();
            Target.Must(WitnessPolicy.Parse(written).Value.Format().AsSpan().SequenceEqual(written), "it means the same after writing");
        }
    }

    // The first byte says how wide the files are.
    private static void ReadBundle(byte[] input)
    {
        int width = 1 + (input.Length > 0 ? input[0] : 0);
        byte[] rest = input[Math.Min(1, input.Length)..];
        if (EntryBundle.Parse(rest, width).TryGet(out ReadOnlyMemory<byte>[]? entries, out _))
        {
            ArrayBufferWriter<byte> written = new();
            foreach (ReadOnlyMemory<byte> entry in entries)
            {
                EntryBundle.Append(written, entry.Span);
            }

            Target.Must(entries.Length == width && written.WrittenSpan.SequenceEqual(rest), "what is accepted is what would be written");
        }

        if (Tiles.Parse(rest, width).TryGet(out Hash[]? hashes, out _))
        {
            Target.Must(hashes.Length == width, "a tile has as many hashes as it is wide");
        }
    }

    private static IEnumerable<byte[]> SeedsOfPolicies()
    {
        string log = Log.VerifierKey.Format();
        string witness = Cosignature.VerifierKeyOf(Witness).Format();
        yield return Target.Bytes($"log {log}\nwitness w {witness} https://w.example\ngroup g all w\nquorum g\n");
        yield return Target.Bytes($"# nobody\nlog {log}\nquorum none\n");
        yield return Target.Bytes($"log {log}\nwitness w {witness}\ngroup g any w\ngroup h 1 g\nquorum h\n");
    }
}
