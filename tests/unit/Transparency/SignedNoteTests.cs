using System.Text.Json;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

/// <summary>Notes and keys of golang.org/x/mod sumdb/note, and the rules of signed-note that it is lenient about.</summary>
public class SignedNoteTests
{
    private static readonly JsonElement s_vectors = Vectors.Section("signed_note");

    [Fact]
    public void Published_verifier_keys_are_read_and_written_back()
    {
        foreach (var vkey in s_vectors.List("vkeys_valid").Select(vkey => vkey.GetString()!))
        {
            var key = VerifierKey.Parse(vkey).Value;
            key.Type.ShouldBe(SignatureType.Ed25519);
            key.Format().ShouldBe(vkey);
            key.ShouldBe(VerifierKey.Create(key.Name, key.Type, key.PublicKey.Span).Value);
        }
    }

    [Fact]
    public void Published_bad_verifier_keys_are_refused()
    {
        var bad = s_vectors.List("vkeys_invalid").ToList();
        bad.Count.ShouldBe(3);
        foreach (var vector in bad)
        {
            VerifierKey.Parse(vector.Text("vkey")).TryGet(out _, out _).ShouldBeFalse(vector.Text("why"));
        }
    }

    [Theory]
    [InlineData("PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "upper case")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", "base64 cut short")]
    [InlineData("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW ", "blank at the end")]
    [InlineData("PeterNeumann+c74f20a3", "no key")]
    [InlineData("Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "blank in the name")]
    [InlineData("", "nothing")]
    public void Verifier_keys_have_one_spelling(string vkey, string why) =>
        VerifierKey.Parse(vkey).TryGet(out _, out _).ShouldBeFalse(why);

    [Fact]
    public void A_key_name_has_no_spaces_of_any_script_no_plus_and_no_control_characters()
    {
        var key = Some.LogKey.VerifierKey.PublicKey.Span;
        foreach (var name in (string[])["", "a b", "a\u00A0b", "a\u2003b", "a\u3000b", "a+b", "a\tb", "a\nb", "a\u0001b", "a\uD800b"])
        {
            VerifierKey.Create(name, SignatureType.Ed25519, key).TryGet(out _, out _).ShouldBeFalse(name);
        }

        VerifierKey.Create("é/日本-1", SignatureType.Ed25519, key).Value.Name.ShouldBe("é/日本-1");
    }

    [Fact]
    public void A_public_key_that_would_accept_forgeries_is_refused()
    {
        byte[] identity = [1, .. new byte[31]];
        VerifierKey.Create("low.order", SignatureType.Ed25519, identity).TryGet(out _, out _).ShouldBeFalse();
        VerifierKey.Create("low.order", SignatureType.Ed25519, new byte[32]).TryGet(out _, out _).ShouldBeFalse();

        // On the curve and of full order, but with a part of small order added: verifiers disagree about signatures under such keys.
        // From "Taming the many EdDSAs", the key of its cases 4 and 5.
        var mixed = Convert.FromHexString("cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d");
        VerifierKey.Create("mixed.order", SignatureType.Ed25519, mixed).TryGet(out _, out _).ShouldBeFalse();
        VerifierKey.Create("short", SignatureType.Ed25519, new byte[31]).TryGet(out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_published_signing_key_is_read_written_back_and_signs_the_same_bytes()
    {
        var skey = s_vectors.Text("skey");
        var key = SigningKey.Parse(skey).Value;
        key.FormatSecret().ShouldBe(skey);
        key.ToString().ShouldBe("PeterNeumann");
        key.VerifierKey.Format().ShouldBe(s_vectors.List("vkeys_valid").First().GetString());
        var sign = s_vectors.GetProperty("sign");
        Some.Text(SignedNote.Sign(sign.Text("text"), key).Format()).ShouldBe(sign.Text("note"));
    }

    [Theory]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a3+AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKA==")]
    [InlineData("PRIVATE+KEY+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")]
    [InlineData("private+key+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")]
    [InlineData("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n")]
    public void Damaged_signing_keys_are_refused(string skey) => SigningKey.Parse(skey).TryGet(out _, out _).ShouldBeFalse();

    [Fact]
    public void Published_notes_are_judged_as_published()
    {
        var cases = s_vectors.List("open").ToList();
        cases.Count.ShouldBe(15);
        foreach (var vector in cases)
        {
            var name = vector.Text("name");
            var note = vector.TryGetProperty("note_b64", out _) ? vector.Base64("note_b64") : Some.Utf8(vector.Text("note"));
            VerifierKey[] known = [.. vector.List("known").Select(vkey => VerifierKey.Parse(vkey.GetString()!).Value)];
            var isNote = SignedNote.Parse(note).TryGet(out var parsed, out _);
            isNote.ShouldBe(vector.Text("result") != "malformed", name);
            if (!isNote)
            {
                continue;
            }

            parsed!.Format().ShouldBe(note);
            var verification = parsed.Verify(known);
            verification.Verdict.ShouldBe(
                vector.Text("result") switch
                {
                    "ok" => NoteVerdict.Verified,
                    "unverified" => NoteVerdict.NoKnownKey,
                    _ => NoteVerdict.WrongSignature,
                },
                name);
            if (verification.Verdict == NoteVerdict.Verified)
            {
                (verification.Verified.Count, verification.Unknown.Count).ShouldBe(((int)vector.Number("verified"), (int)vector.Number("ignored")), name);
            }
        }
    }

    [Fact]
    public void The_head_of_the_Go_checksum_database_is_a_checkpoint_under_a_key_of_another_name()
    {
        var vector = s_vectors.List("open").Single(vector => vector.TryGetProperty("checkpoint", out _));
        var expected = vector.GetProperty("checkpoint");
        var checkpoint = Checkpoint.Parse(SignedNote.Parse(Some.Utf8(vector.Text("note"))).Value.Text).Value;
        checkpoint.ShouldBe(new Checkpoint(expected.Text("origin"), expected.Number("size"), Hash.Parse(expected.Text("root_b64")).Value));

        // That log predates the rule that the key's name is the origin; ours keep to it, so it is opened as a note and not as a checkpoint.
        var key = VerifierKey.Parse(vector.List("known").Single().GetString()!).Value;
        Some.Refusal(Checkpoint.Open(Some.Utf8(vector.Text("note")), key)).ShouldBe("the checkpoint is of another log");
    }

    [Fact]
    public void A_second_signature_of_a_known_key_that_is_wrong_condemns_the_note()
    {
        var right = SignedNote.Sign("text\n", Some.LogKey);
        var forged = right.With([Some.LogKey.Sign("another text\n")]);
        SignedNote.Parse(forged.Format()).Value.Verify(Some.LogKey.VerifierKey).Verdict.ShouldBe(NoteVerdict.WrongSignature);
        right.With(right.Signatures).Verify(Some.LogKey.VerifierKey).Verified.Count.ShouldBe(1);
    }

    [Fact]
    public void The_last_blank_line_separates_and_blank_lines_in_the_text_are_signed()
    {
        var note = SignedNote.Sign("one\n\ntwo\n\n", Some.LogKey);
        var parsed = SignedNote.Parse(note.Format()).Value;
        parsed.Text.ShouldBe("one\n\ntwo\n\n");
        parsed.Verify(Some.LogKey.VerifierKey).Verdict.ShouldBe(NoteVerdict.Verified);
    }

    [Fact]
    public void A_hundred_signatures_are_a_note_and_one_more_is_none()
    {
        var one = SignedNote.Sign("text\n", Some.LogKey);
        var hundred = one.With(Enumerable.Repeat(one.Signatures[0], 99));
        SignedNote.Parse(hundred.Format()).Value.Signatures.Count.ShouldBe(100);
        Should.Throw<ArgumentException>(() => hundred.With(one.Signatures));
        Some.Refusal(SignedNote.Parse([.. hundred.Format(), .. Some.Utf8(one.Signatures[0].Format())])).ShouldBe("a note has at most 100 signatures");
    }

    [Fact]
    public void A_text_that_cannot_stand_in_a_note_is_not_signed()
    {
        foreach (var text in (string[])["no line feed", "carriage return\r\n", "lone surrogate \uD800\n", ""])
        {
            Should.Throw<ArgumentException>(() => SignedNote.Sign(text, Some.LogKey), text);
        }
    }

    [Fact]
    public void Signature_lines_have_one_spelling()
    {
        var line = Some.LogKey.Sign("text\n").Format();
        SignedNote.ParseLines(line).Value.Single().Format().ShouldBe(line);
        var bad = (string[])["", "\n", line + "\n", line.Replace("\u2014", "-", StringComparison.Ordinal), " " + line, line.TrimEnd('\n'),
            line.Replace("=", "", StringComparison.Ordinal), line.Replace("\n", " \n", StringComparison.Ordinal), "\u2014 name AAAAAA==\n", "\u2014 name \n"];
        foreach (var lines in bad)
        {
            SignedNote.ParseLines(lines).TryGet(out _, out _).ShouldBeFalse(lines);
        }
    }
}
