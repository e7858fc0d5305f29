using System.Buffers;
using CsCheck;
using SecureChat.Ledger.Transparency;
using Hash = SecureChat.Ledger.Transparency.Hash;

namespace SecureChat.UnitTests.Transparency;

/// <summary>Whatever bytes come, a parser answers; and what it accepts is what its writer writes.</summary>
public class ParserPropertyTests
{
    private const int Cases = 3000;

    private static readonly Checkpoint s_checkpoint = new(Some.Origin, 20_852_163, Some.Hash("root"));
    private static readonly SignedNote s_note = s_checkpoint.Sign(Some.LogKey)
        .With([Cosignature.Sign(Some.Key("witness.example/w", 2), 1700000000, s_checkpoint.Format())]);

    // Alterations are drawn mostly from the bytes that mean something in these formats.
    private static readonly Gen<byte> s_byte = Gen.Frequency((3, Gen.OneOf("\n =+/0123xp. AZaz"u8.ToArray())), (1, Gen.Byte));

    private static readonly Gen<(int At, int Removed, byte[] Inserted)[]> s_edits =
        Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 3], s_byte.Array[0, 3]).Array[0, 3];

    [Fact]
    public void Notes() => Check(s_note.Format(), bytes => SignedNote.Parse(bytes).TryGet(out var note, out _) ? note.Format() : null);

    [Fact]
    public void Checkpoints() => Check(
        Some.Utf8(s_checkpoint.Format()),
        bytes => Checkpoint.Parse(Some.Text(bytes)).TryGet(out var checkpoint, out _) ? Some.Utf8(checkpoint.Format()) : null,
        reread: true);

    [Fact]
    public void Signature_lines() => Check(
        Some.Utf8(string.Concat(s_note.Signatures.Select(signature => signature.Format()))),
        bytes => SignedNote.ParseLines(Some.Text(bytes)).TryGet(out var signatures, out _)
            ? Some.Utf8(string.Concat(signatures.Select(signature => signature.Format())))
            : null,
        reread: true);

    [Fact]
    public void Verifier_keys() => Check(
        Some.Utf8(Some.LogKey.VerifierKey.Format()),
        bytes => VerifierKey.Parse(Some.Text(bytes)).TryGet(out var key, out _) ? Some.Utf8(key.Format()) : null,
        reread: true);

    [Fact]
    public void Signing_keys() => Check(
        Some.Utf8(Some.LogKey.FormatSecret()),
        bytes => SigningKey.Parse(Some.Text(bytes)).TryGet(out var key, out _) ? Some.Utf8(key.FormatSecret()) : null,
        reread: true);

    [Fact]
    public void Proof_files() => Check(
        [.. "c2sp.org/tlog-proof@v1\nextra YWI=\nindex 10\n"u8, .. Some.Utf8(Some.Hash("a").ToBase64()), .. "\n\n"u8, .. s_note.Format()],
        bytes => ProofFile.Parse(bytes).TryGet(out var proof, out _) ? proof.Format() : null);

    [Fact]
    public void Consistency_files() => Check(
        ConsistencyFile.Create(10, [Some.Hash("a"), Some.Hash("b")], s_note).Format(),
        bytes => ConsistencyFile.Parse(bytes).TryGet(out var proof, out _) ? proof.Format() : null);

    [Fact]
    public void Tile_paths() => Check(
        "tile/0/x001/x234/067.p/12"u8.ToArray(),
        bytes => TilePath.Parse(Some.Text(bytes)).TryGet(out var path, out _) ? Some.Utf8(path.Format()) : null,
        reread: true);

    [Fact]
    public void Hashes() => Check(
        Some.Utf8(Some.Hash("a").ToBase64()),
        bytes => Hash.Parse(Some.Text(bytes)).TryGet(out var hash, out _) ? Some.Utf8(hash.ToBase64()) : null,
        reread: true);

    [Fact]
    public void Hexadecimal_hashes() => Check(
        Some.Utf8(Some.Hash("a").ToHex()),
        bytes => Hash.ParseHex(Some.Text(bytes)).TryGet(out var hash, out _) ? Some.Utf8(hash.ToHex()) : null,
        reread: true);

    [Fact]
    public void Sizes_that_witnesses_name() => Check(
        "20852163\n"u8.ToArray(),
        bytes => WitnessAnswer.ParseSize(Some.Text(bytes)).TryGet(out var size, out _) ? Some.Utf8(WitnessAnswer.FormatSize(size)) : null,
        reread: true);

    [Fact]
    public void Policies_mean_the_same_after_writing()
    {
        var witness = Cosignature.VerifierKeyOf(Some.Key("witness.example/w", 2)).Format();
        var policy = $"log {Some.LogKey.VerifierKey.Format()}\nwitness w {witness} https://w.example\ngroup g all w\nquorum g\n";
        Altered(Some.Utf8(policy)).Sample(
            bytes =>
            {
                if (!WitnessPolicy.Parse(bytes).TryGet(out var parsed, out _))
                {
                    return;
                }

                var written = parsed.Format();
                WitnessPolicy.Parse(written).Value.Format().ShouldBe(written);
            },
            iter: Cases);
    }

    [Fact]
    public void Entry_bundles() => Altered([0, 2, 1, 2, 0, 0, 0, 1, 3]).Sample(
        bytes =>
        {
            foreach (var width in (int[])[1, 3, 256])
            {
                if (!EntryBundle.Parse(bytes, width).TryGet(out var entries, out _))
                {
                    continue;
                }

                var written = new ArrayBufferWriter<byte>();
                foreach (var entry in entries)
                {
                    EntryBundle.Append(written, entry.Span);
                }

                written.WrittenSpan.ToArray().ShouldBe(bytes);
            }
        },
        iter: Cases);

    [Fact]
    public void Addenda_indexes() => Altered([.. "{}"u8, .. Some.Hash("a").Bytes, 0, 0, 0, 2, 1]).Sample(
        bytes =>
        {
            if (!AddendaIndex.Parse(bytes).TryGet(out var index, out _) || index.JsonLength is not { } length)
            {
                return;
            }

            var written = new ArrayBufferWriter<byte>();
            written.Write(bytes.AsSpan(0, length));
            AddendaIndex.Append(written, length, [.. index.Digests]);
            written.WrittenSpan.ToArray().ShouldBe(bytes);
        },
        iter: Cases);

    // Parsers of text get what a lenient decoder makes of the bytes, so that they see odd characters too; what they write is then
    // compared with that text.
    private static void Check(byte[] valid, Func<byte[], byte[]?> rewrite, bool reread = false)
    {
        rewrite(valid).ShouldBe(valid);
        Altered(valid).Sample(
            bytes =>
            {
                if (rewrite(bytes) is { } written)
                {
                    written.ShouldBe(reread ? Some.Utf8(Some.Text(bytes)) : bytes);
                }
            },
            iter: Cases);
    }

    private static Gen<byte[]> Altered(byte[] valid) =>
        Gen.Frequency((9, s_edits.Select(edits => edits.Aggregate(valid, Apply))), (1, s_byte.Array[0, 200]));

    private static byte[] Apply(byte[] bytes, (int At, int Removed, byte[] Inserted) edit)
    {
        var at = edit.At % (bytes.Length + 1);
        var end = Math.Min(bytes.Length, at + edit.Removed);
        return [.. bytes[..at], .. edit.Inserted, .. bytes[end..]];
    }
}
