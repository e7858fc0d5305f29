using System.Buffers;
using System.Text.Json;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

/// <summary>A circle of 19 entries, made and checked by programs that share no code with this one.</summary>
public class CircleVectorTests
{
    private static readonly JsonElement s_circle = Vectors.Section("securechat_circle");
    private static readonly byte[] s_note = Some.Utf8(s_circle.Text("checkpoint"));
    private static readonly VerifierKey s_log = VerifierKey.Parse(s_circle.Text("log_vkey")).Value;
    private static readonly VerifierKey s_witness = VerifierKey.Parse(s_circle.Text("witness_vkey")).Value;

    [Fact]
    public void Every_leaf_hash_and_the_root_after_every_entry_come_out()
    {
        var leaves = s_circle.List("leaves").ToList();
        leaves.Count.ShouldBe(19);
        var range = new CompactRange();
        foreach (var leaf in leaves)
        {
            range.Size.ShouldBe(leaf.Number("index"));
            var hash = MerkleHashing.Leaf(leaf.Base64("entry_b64"));
            hash.ToBase64().ShouldBe(leaf.Text("leaf_hash"));
            range.Append(hash);
            range.Root().ToBase64().ShouldBe(leaf.Text("root_after"));
        }

        var checkpoint = Checkpoint.Open(s_note, s_log).Value.Checkpoint;
        (checkpoint.Origin, checkpoint.Size, checkpoint.Root).ShouldBe((s_circle.Text("origin"), range.Size, range.Root()));
    }

    [Fact]
    public void Every_entry_points_at_its_addenda_as_ours_do()
    {
        foreach (var leaf in s_circle.List("leaves"))
        {
            var entry = leaf.Base64("entry_b64");
            var index = AddendaIndex.Parse(entry).Value;
            var json = entry.AsMemory(0, index.JsonLength.ShouldNotBeNull());
            using var document = JsonDocument.Parse(json);
            var names = document.RootElement.TryGetProperty("addenda", out var addenda) ? addenda.GetArrayLength() : 0;
            index.Digests.Count.ShouldBe(names);

            var rebuilt = new ArrayBufferWriter<byte>();
            rebuilt.Write(json.Span);
            AddendaIndex.Append(rebuilt, json.Length, [.. index.Digests]);
            rebuilt.WrittenSpan.ToArray().ShouldBe(entry);
        }
    }

    [Fact]
    public void Signing_the_checkpoint_again_gives_the_same_bytes()
    {
        var log = SigningKey.Parse(s_circle.Text("log_skey")).Value;
        log.VerifierKey.ShouldBe(s_log);
        log.FormatSecret().ShouldBe(s_circle.Text("log_skey"));
        var witness = SigningKey.FromSeed(s_witness.Name, s_circle.Base64("witness_seed_b64"));
        Cosignature.VerifierKeyOf(witness).ShouldBe(s_witness);

        var checkpoint = Checkpoint.Open(s_note, s_log).Value.Checkpoint;
        var note = checkpoint.Sign(log).With([Cosignature.Sign(witness, s_circle.Number("witness_time"), checkpoint.Format())]);
        note.Format().ShouldBe(s_note);
    }

    [Fact]
    public void The_log_and_its_witness_have_both_signed()
    {
        var verification = SignedNote.Parse(s_note).Value.Verify(s_log, s_witness);
        verification.Verdict.ShouldBe(NoteVerdict.Verified);
        verification.Verified.Select(verified => verified.Key).ShouldBe([s_log, s_witness]);
        Cosignature.TryTake(verification.Verified[1].Signature, out var time, out _).ShouldBeTrue();
        time.ShouldBe(s_circle.Number("witness_time"));
    }
}
