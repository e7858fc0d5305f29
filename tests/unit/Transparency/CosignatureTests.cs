using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

public class CosignatureTests
{
    private static readonly Checkpoint s_checkpoint = new(Some.Origin, 7, Some.Hash("entry"));

    [Fact]
    public void The_published_cosigner_key_is_read_and_written_back()
    {
        var vkey = Vectors.Section("cosignature").Text("vkey_type_04");
        var key = VerifierKey.Parse(vkey).Value;
        key.Type.ShouldBe(SignatureType.Cosignature);
        key.Format().ShouldBe(vkey);
    }

    [Fact]
    public void The_time_stands_before_the_published_signature()
    {
        var vector = Vectors.Section("cosignature").GetProperty("timestamp_of_signature");
        var line = $"\u2014 witness {vector.Text("note_signature_b64")}";
        Cosignature.TryTake(NoteSignature.Parse(line).Value, out var time, out var ed25519).ShouldBeTrue();
        time.ShouldBe(vector.Number("unix_seconds"));
        ed25519.Length.ShouldBe(64);
    }

    [Fact]
    public void The_published_message_is_what_a_witness_signs()
    {
        // The signature under this example cannot be checked: its source gives no key.
        var message = Vectors.Section("cosignature").Text("signed_message_example");
        var text = message[(message.IndexOf("example.com", StringComparison.Ordinal))..];
        Some.Text(Cosignature.Message(1679315147, text)).ShouldBe(message);
    }

    [Fact]
    public void A_cosignature_is_verified_with_its_time_and_only_as_type_04()
    {
        var witness = Some.Key("witness.example/w", 2);
        var key = Cosignature.VerifierKeyOf(witness);
        var text = s_checkpoint.Format();
        var signature = Cosignature.Sign(witness, 1700000000, text);
        key.Verify(text, signature).ShouldBeTrue();
        key.Verify(text + "more\n", signature).ShouldBeFalse();
        witness.VerifierKey.Verify(text, signature).ShouldBeFalse();

        var later = signature.Bytes.ToArray();
        later[7]++;
        key.Verify(text, Line(key, later)).ShouldBeFalse();
        key.Verify(text, Line(key, [0x80, .. later.AsSpan(1)])).ShouldBeFalse();
        key.Verify(text, Line(key, signature.Bytes.ToArray()[..71])).ShouldBeFalse();
        key.Verify(text, Line(key, witness.Sign(text).Bytes.ToArray())).ShouldBeFalse();
    }

    [Fact]
    public void A_cosigned_checkpoint_opens_for_those_who_know_the_witness_and_for_those_who_do_not()
    {
        var witness = Some.Key("witness.example/w", 2);
        var note = s_checkpoint.Sign(Some.LogKey).With([Cosignature.Sign(witness, 1700000000, s_checkpoint.Format())]);
        var parsed = SignedNote.Parse(note.Format()).Value;
        parsed.Verify(Some.LogKey.VerifierKey).Unknown.Count.ShouldBe(1);
        parsed.Verify(Some.LogKey.VerifierKey, Cosignature.VerifierKeyOf(witness)).Verified.Count.ShouldBe(2);
        Checkpoint.Open(note.Format(), Some.LogKey.VerifierKey).Value.Checkpoint.ShouldBe(s_checkpoint);
    }

    [Fact]
    public void A_witness_names_its_size_on_one_line()
    {
        WitnessAnswer.FormatSize(0).ShouldBe("0\n");
        WitnessAnswer.ParseSize("20852163\n").Value.ShouldBe(20852163);
        foreach (var body in (string[])["", "\n", "5", "5\n\n", "05\n", "-5\n", " 5\n", "5\r\n", "9223372036854775808\n"])
        {
            WitnessAnswer.ParseSize(body).TryGet(out _, out _).ShouldBeFalse(body);
        }
    }

    private static NoteSignature Line(VerifierKey key, byte[] signature)
    {
        byte[] keyId = [(byte)(key.KeyId >> 24), (byte)(key.KeyId >> 16), (byte)(key.KeyId >> 8), (byte)key.KeyId];
        return NoteSignature.Parse($"\u2014 {key.Name} {Convert.ToBase64String([.. keyId, .. signature])}").Value;
    }
}
