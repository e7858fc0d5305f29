using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

public class ProofFileTests
{
    private const string Start = "c2sp.org/tlog-proof@v1\n";
    private const string HashLine = "rzFuy5Go7nrpkhBwKy1HWPMM3eO/YePY54fXRoH5Cm4=\n";

    [Fact]
    public void Published_proofs_are_read_and_written_back()
    {
        var cases = Vectors.Section("tlog_proof_syntax").List("valid").ToList();
        cases.Count.ShouldBe(3);
        foreach (var vector in cases)
        {
            var proof = ProofFile.Parse(Some.Utf8(vector.Text("proof"))).Value;
            proof.Index.ShouldBe(vector.Number("index"));
            proof.Path.Select(hash => hash.ToBase64()).ShouldBe(vector.List("hashes").Select(hash => hash.GetString()!));
            Convert.ToBase64String(proof.Extra.Span).ShouldBe(vector.GetProperty("extra_b64").GetString() ?? "");
            proof.Checkpoint.ShouldBe(vector.Text("checkpoint"));
            Some.Text(proof.Format()).ShouldBe(vector.Text("proof"));
        }
    }

    [Fact]
    public void Published_bad_proofs_are_refused()
    {
        var cases = Vectors.Section("tlog_proof_syntax").List("invalid").ToList();
        cases.Count.ShouldBe(11);
        foreach (var vector in cases)
        {
            ProofFile.Parse(Some.Utf8(vector.Text("proof"))).TryGet(out _, out _).ShouldBeFalse(vector.Text("why"));
        }
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData(Start, "header alone")]
    [InlineData(Start + "index 0\n", "no blank line")]
    [InlineData(Start + "index 0\n\n", "no checkpoint")]
    [InlineData(Start + "index 0\n" + HashLine, "no blank line after the path")]
    [InlineData(Start + "extra \nindex 0\n\ncp\n", "extra without data")]
    [InlineData(Start + "extra YWI=\nextra YWI=\nindex 0\n\ncp\n", "extra twice")]
    [InlineData(Start + "index 0\nindex 0\n\ncp\n", "index twice")]
    [InlineData(Start + "index  0\n\ncp\n", "two blanks")]
    [InlineData(Start + "index 9223372036854775808\n\ncp\n", "index of 2^63")]
    [InlineData("c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\ncp\r\n", "CRLF")]
    public void Other_spellings_are_refused(string proof, string why) =>
        ProofFile.Parse(Some.Utf8(proof)).TryGet(out _, out _).ShouldBeFalse(why);

    [Fact]
    public void A_path_has_at_most_63_hashes()
    {
        ProofFile.Parse(Some.Utf8($"{Start}index 0\n{Repeat(63)}\ncp\n")).Value.Path.Count.ShouldBe(63);
        Some.Refusal(ProofFile.Parse(Some.Utf8($"{Start}index 0\n{Repeat(64)}\ncp\n"))).ShouldBe("a proof has at most 63 hashes");
        Some.Refusal(ConsistencyFile.Parse(Some.Utf8($"old 1\n{Repeat(64)}\ncp\n"))).ShouldBe("a proof has at most 63 hashes");
    }

    [Fact]
    public void A_proof_convinces_whoever_has_the_entry_and_the_key_of_the_log()
    {
        var naive = Tree(11);
        var note = new Checkpoint(Some.Origin, 11, naive.Root(11)).Sign(Some.LogKey);
        var file = ProofFile.Create(4, [.. naive.Path(4, 11)], note).Format();

        var proof = ProofFile.Parse(file).Value;
        var checkpoint = Checkpoint.Open(Some.Utf8(proof.Checkpoint), Some.LogKey.VerifierKey).Value.Checkpoint;
        proof.Proves(naive.Leaf(4), checkpoint).ShouldBeTrue();
        proof.Proves(naive.Leaf(5), checkpoint).ShouldBeFalse();
        proof.Proves(naive.Leaf(4), checkpoint with { Root = naive.Root(10) }).ShouldBeFalse();
    }

    [Fact]
    public void A_consistency_file_convinces_whoever_has_the_old_root()
    {
        var naive = Tree(11);
        var checkpoint = new Checkpoint(Some.Origin, 11, naive.Root(11));
        var file = ConsistencyFile.Create(6, [.. naive.Proof(6, 11)], checkpoint.Sign(Some.LogKey)).Format();
        var proof = ConsistencyFile.Parse(file).Value;
        proof.OldSize.ShouldBe(6);
        Checkpoint.Open(Some.Utf8(proof.Checkpoint), Some.LogKey.VerifierKey).Value.Checkpoint.ShouldBe(checkpoint);
        proof.Proves(naive.Root(6), checkpoint).ShouldBeTrue();
        proof.Proves(naive.Root(5), checkpoint).ShouldBeFalse();
        proof.Proves(naive.Root(6), checkpoint with { Root = naive.Root(10) }).ShouldBeFalse();
    }

    [Fact]
    public void From_size_zero_the_proof_is_empty()
    {
        var checkpoint = new Checkpoint(Some.Origin, 3, Some.Hash("root"));
        var note = checkpoint.Sign(Some.LogKey);
        ConsistencyFile.Create(0, [], note).Proves(MerkleHashing.EmptyRoot, checkpoint).ShouldBeTrue();
        ConsistencyFile.Create(0, [Some.Hash("x")], note).Proves(MerkleHashing.EmptyRoot, checkpoint).ShouldBeFalse();
        ConsistencyFile.Create(0, [], note).Proves(Some.Hash("x"), checkpoint).ShouldBeFalse();
        ConsistencyFile.Create(0, [], note).Proves(MerkleHashing.EmptyRoot, checkpoint with { Size = 0 }).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("old 1\n")]
    [InlineData("old 1\n\n")]
    [InlineData("old 01\n\ncp\n")]
    [InlineData("old -1\n\ncp\n")]
    [InlineData("old\n\ncp\n")]
    [InlineData("old 1 \n\ncp\n")]
    [InlineData("new 1\n\ncp\n")]
    [InlineData("old 1\n" + HashLine + "cp\n")]
    public void Bodies_that_are_no_add_checkpoint_are_refused(string body) =>
        ConsistencyFile.Parse(Some.Utf8(body)).TryGet(out _, out _).ShouldBeFalse();

    private static string Repeat(int lines) => string.Concat(Enumerable.Repeat(HashLine, lines));

    private static NaiveTree Tree(int size) => new([.. Enumerable.Range(0, size).Select(i => Some.Utf8($"entry {i}"))]);
}
