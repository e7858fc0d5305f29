using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

public class CheckpointTests
{
    [Fact]
    public void Valid_bodies_are_read_and_written_back()
    {
        var cases = Vectors.Section("checkpoint_body").List("valid").ToList();
        cases.Count.ShouldBe(3);
        foreach (var vector in cases)
        {
            var checkpoint = Checkpoint.Parse(vector.Text("body")).Value;
            (checkpoint.Origin, checkpoint.Size).ShouldBe((vector.Text("origin"), vector.Number("size")));
            checkpoint.HasPossibleRoot.ShouldBeTrue();
            checkpoint.Format().ShouldBe(vector.Text("body"));
        }
    }

    [Fact]
    public void Invalid_bodies_are_refused()
    {
        var cases = Vectors.Section("checkpoint_body").List("invalid").ToList();
        cases.Count.ShouldBe(12);
        foreach (var vector in cases)
        {
            Checkpoint.Parse(vector.Text("body")).TryGet(out _, out _).ShouldBeFalse(vector.Text("why"));
        }
    }

    [Theory]
    [InlineData("Log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextension\n", "an extension line")]
    [InlineData("Log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n", "an empty extension line")]
    [InlineData("Log\r\n1\r\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\r\n", "CRLF")]
    [InlineData("Log\n9223372036854775808\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "2^63")]
    [InlineData("Log\n\u0661\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "digits of another script")]
    [InlineData("Log\n \nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", "a blank for the size")]
    [InlineData("", "nothing")]
    public void Other_spellings_are_refused(string body, string why) => Checkpoint.Parse(body).TryGet(out _, out _).ShouldBeFalse(why);

    [Fact]
    public void An_origin_that_has_no_bytes_is_refused() =>
        Checkpoint.Parse(new Checkpoint("Lo\uD800g", 1, Some.Hash("entry")).Format()).TryGet(out _, out _).ShouldBeFalse();

    [Fact]
    public void The_largest_size_is_one_below_2_to_the_63rd()
    {
        var checkpoint = new Checkpoint("Log", long.MaxValue, Some.Hash("entry"));
        Checkpoint.Parse(checkpoint.Format()).Value.ShouldBe(checkpoint);
    }

    [Fact]
    public void An_origin_is_measured_in_bytes()
    {
        var root = Some.Hash("entry");
        var longest = new Checkpoint(new string('é', 127) + "a", 1, root);
        Checkpoint.Parse(longest.Format()).Value.ShouldBe(longest);
        Checkpoint.Parse(new Checkpoint(new string('é', 128), 1, root).Format()).TryGet(out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void What_a_log_signs_can_be_opened_with_its_key_and_no_other()
    {
        var checkpoint = new Checkpoint(Some.Origin, 7, Some.Hash("entry"));
        var note = checkpoint.Sign(Some.LogKey).Format();
        Checkpoint.Open(note, Some.LogKey.VerifierKey).Value.Checkpoint.ShouldBe(checkpoint);
        Some.Refusal(Checkpoint.Open(note, Some.Key(Some.Origin, 2).VerifierKey)).ShouldBe("the checkpoint is not signed by its log");
        Some.Refusal(Checkpoint.Open(note, Some.Key("another.example", 1).VerifierKey)).ShouldBe("the checkpoint is of another log");
        Some.Refusal(Checkpoint.Open(note, Cosignature.VerifierKeyOf(Some.LogKey))).ShouldBe("a log signs with a key of type 01");
        note[Some.Origin.Length + 1] ^= 1;
        Some.Refusal(Checkpoint.Open(note, Some.LogKey.VerifierKey)).ShouldBe("the checkpoint is not signed by its log");
    }

    [Fact]
    public void A_contradiction_is_neither_signed_nor_opened()
    {
        var empty = new Checkpoint(Some.Origin, 0, Some.Hash("entry"));
        Should.Throw<ArgumentException>(() => empty.Sign(Some.LogKey));
        Should.Throw<ArgumentException>(() => new Checkpoint(Some.Origin, -1, Some.Hash("entry")).Sign(Some.LogKey));
        Should.Throw<ArgumentException>(() => new Checkpoint("another.example", 1, Some.Hash("entry")).Sign(Some.LogKey));
        var forced = SignedNote.Sign(empty.Format(), Some.LogKey).Format();
        Some.Refusal(Checkpoint.Open(forced, Some.LogKey.VerifierKey)).ShouldBe("a checkpoint of size 0 has the root of the empty tree");
        var honest = new Checkpoint(Some.Origin, 0, MerkleHashing.EmptyRoot).Sign(Some.LogKey).Format();
        Checkpoint.Open(honest, Some.LogKey.VerifierKey).Value.Checkpoint.Size.ShouldBe(0);
    }
}
