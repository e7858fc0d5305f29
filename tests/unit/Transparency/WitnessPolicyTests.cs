using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

public class WitnessPolicyTests
{
    private static readonly string s_log = Some.LogKey.VerifierKey.Format();
    private static readonly SigningKey[] s_witnesses = [.. Enumerable.Range(0, 6).Select(i => Some.Key($"witness.example/{i}", (byte)(10 + i)))];
    private static readonly VerifierKey[] s_keys = [.. s_witnesses.Select(Cosignature.VerifierKeyOf)];

    // The example of tlog-policy, with keys filled in: two of the first three, and any of the others.
    private static readonly string s_example = $"""
        # who has to have seen a checkpoint
        log {s_log} https://log.example/

        witness X1 {s_keys[0]} https://witness.example/x1
        witness X2	{s_keys[1]}
          witness X3 {s_keys[2]}
        group X-witnesses 2 X1 X2 X3
        witness Y1 {s_keys[3]}
        witness Y2 {s_keys[4]}
        witness Y3 {s_keys[5]}
        group Y-witnesses any Y1 Y2 Y3
        group X-and-Y all X-witnesses Y-witnesses
        quorum X-and-Y

        """;

    [Fact]
    public void The_example_of_the_specification_is_read()
    {
        var policy = Parse(s_example).Value;
        policy.Logs.ShouldBe([new PolicyLog(Some.LogKey.VerifierKey, "https://log.example/")]);
        policy.Witnesses.Select(witness => witness.Name).ShouldBe(["X1", "X2", "X3", "Y1", "Y2", "Y3"]);
        policy.Witnesses[0].Url.ShouldBe("https://witness.example/x1");
        policy.Witnesses[1].Url.ShouldBeNull();
        policy.Groups.Select(group => group.Threshold).ShouldBe([2, 1, 2]);
        policy.Quorum.ShouldBe("X-and-Y");
    }

    [Fact]
    public void The_quorum_of_the_example_is_two_of_the_first_three_and_any_of_the_others()
    {
        var policy = Parse(s_example).Value;
        for (var subset = 0; subset < 64; subset++)
        {
            bool[] cosigned = [.. Enumerable.Range(0, 6).Select(i => ((subset >> i) & 1) == 1)];
            var expected = cosigned[..3].Count(yes => yes) >= 2 && cosigned[3..].Any(yes => yes);
            policy.IsQuorum([.. s_keys.Where((_, i) => cosigned[i])]).ShouldBe(expected, $"{subset}");
        }
    }

    [Fact]
    public void A_policy_is_written_without_comments_and_means_the_same()
    {
        var policy = Parse(s_example).Value;
        var written = policy.Format();
        var again = WitnessPolicy.Parse(written).Value;
        again.Format().ShouldBe(written);
        again.Witnesses.ShouldBe(policy.Witnesses);
        again.Logs.ShouldBe(policy.Logs);
        Some.Text(WitnessPolicy.OfLog(Some.LogKey.VerifierKey).Format()).ShouldBe($"log {s_log}\nquorum none\n");
    }

    [Fact]
    public void A_quorum_can_be_one_witness_or_none()
    {
        Parse("quorum none\n").Value.IsQuorum([]).ShouldBeTrue();
        var policy = Parse($"witness w {s_keys[0]}\nquorum w\n").Value;
        policy.IsQuorum([s_keys[0]]).ShouldBeTrue();
        policy.IsQuorum([s_keys[1]]).ShouldBeFalse();
        policy.IsQuorum([]).ShouldBeFalse();
    }

    [Fact]
    public void A_refusal_names_the_line_and_what_is_wrong_with_it()
    {
        var (a, b) = ($"witness a {s_keys[0]}\n", $"witness b {s_keys[1]}\n");
        var cases = new Dictionary<string, string>
        {
            [""] = "a policy has a quorum line",
            ["quorum none"] = "line 1: does not end in LF",
            ["quorum none\r\n"] = "line 1: holds a control character",
            ["# \x7F\nquorum none\n"] = "line 1: holds a control character",
            ["quorum none\nquorum none\n"] = "line 2: a policy has one quorum line",
            ["quorum w\n"] = "line 1: the quorum is a witness or group that is defined above it, or none",
            ["quorum b\n" + b] = "line 1: the quorum is a witness or group that is defined above it, or none",
            ["quorum\n"] = "line 1: is neither log, witness, group nor quorum with the right number of words",
            ["Quorum none\n"] = "line 1: is neither log, witness, group nor quorum with the right number of words",
            ["group g any\nquorum none\n"] = "line 1: is neither log, witness, group nor quorum with the right number of words",
            [$"log {s_log} url more\nquorum none\n"] = "line 1: is neither log, witness, group nor quorum with the right number of words",
            [$"log {s_keys[0]}\nquorum none\n"] = "line 1: the key of a log is of type 01",
            [$"log {s_log}\nlog {s_log}\nquorum none\n"] = "line 2: two logs have the same key",
            [$"witness w {s_log}\nquorum w\n"] = "line 1: the key of a witness is of type 04",
            [a + $"witness c {s_keys[0]}\nquorum a\n"] = "line 2: two witnesses have the same key",
            [a + $"witness a {s_keys[1]}\nquorum a\n"] = "line 2: the name is taken",
            [$"witness none {s_keys[0]}\nquorum none\n"] = "line 1: the name is taken",
            [a + "group a any a\nquorum a\n"] = "line 2: the name is taken",
            [a + "group g any none\nquorum g\n"] = "line 2: a group has members that are defined above it",
            [a + "group g any g\nquorum g\n"] = "line 2: a group has members that are defined above it",
            [a + "group g any b\n" + b + "quorum g\n"] = "line 2: a group has members that are defined above it",
            [a + "group g any a a\nquorum g\n"] = "line 2: a name is a member of one group, once",
            [a + b + "group g any a\ngroup h all a b\nquorum h\n"] = "line 4: a name is a member of one group, once",
            [a + "group g 0 a\nquorum g\n"] = "line 2: the threshold of a group is all, any, or a number from 1 to that of its members",
            [a + "group g 2 a\nquorum g\n"] = "line 2: the threshold of a group is all, any, or a number from 1 to that of its members",
            [a + "group g 01 a\nquorum g\n"] = "line 2: the threshold of a group is all, any, or a number from 1 to that of its members",
            ["witness a junk\nquorum a\n"] = "line 1: a verifier key is <name>+<8 hexadecimal digits>+<base64>",
        };
        foreach (var (policy, reason) in cases)
        {
            Some.Refusal(Parse(policy)).ShouldBe(reason, policy);
        }

        Some.Refusal(WitnessPolicy.Parse([.. "# "u8, 0xFF, .. "\nquorum none\n"u8])).ShouldContain("UTF-8");
    }

    [Fact]
    public void A_checkpoint_is_opened_when_an_accepted_log_and_a_quorum_have_signed()
    {
        var policy = Parse(s_example).Value;
        var checkpoint = new Checkpoint(Some.Origin, 7, Some.Hash("entry"));
        var text = checkpoint.Format();
        var note = checkpoint.Sign(Some.LogKey);
        NoteSignature[] cosignatures = [.. s_witnesses.Select(witness => Cosignature.Sign(witness, 1700000000, text))];

        policy.Open(note.With([cosignatures[0], cosignatures[2], cosignatures[4]]).Format()).Value.Checkpoint.ShouldBe(checkpoint);
        Some.Refusal(policy.Open(note.With([cosignatures[0], cosignatures[4]]).Format())).ShouldBe("the witnesses of the checkpoint are no quorum");
        Some.Refusal(policy.Open(note.With([cosignatures[0], cosignatures[0], cosignatures[4]]).Format()))
            .ShouldBe("the witnesses of the checkpoint are no quorum");

        var ofAnother = Cosignature.Sign(s_witnesses[1], 1700000000, "another text\n");
        Some.Refusal(policy.Open(note.With([cosignatures[0], cosignatures[2], cosignatures[4], ofAnother]).Format()))
            .ShouldBe("the checkpoint carries a wrong signature of a key that the policy knows");

        var stranger = new Checkpoint("stranger.example", 7, Some.Hash("entry")).Sign(Some.Key("stranger.example", 9));
        Some.Refusal(policy.Open(stranger.With(cosignatures[..0]).Format())).ShouldBe("the checkpoint is not signed by a log that the policy accepts");
        var borrowed = SignedNote.Sign(new Checkpoint("stranger.example", 7, Some.Hash("entry")).Format(), Some.LogKey);
        Some.Refusal(policy.Open(borrowed.Format())).ShouldBe("the checkpoint is not signed by a log that the policy accepts");
        Some.Refusal(policy.Open("no note"u8)).ShouldBe("a note has a blank line between text and signatures");
    }

    private static Parsed<WitnessPolicy> Parse(string policy) => WitnessPolicy.Parse(Some.Utf8(policy));
}
