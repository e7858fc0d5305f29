using System.Text;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// A text and who signed it, in the format of C2SP signed-note.
/// <code>
/// note = text LF 1*sigline        text ends in LF; the last LF LF separates
/// </code>
/// The signatures cover the text including its last LF, not the blank line. A parsed note says nothing yet: only what
/// <see cref="Verify"/> has found to be signed may be believed.
/// </summary>
public sealed class SignedNote
{
    /// <summary>The largest note that is read.</summary>
    public const int MaximumBytes = 1_000_000;

    /// <summary>The most signatures that a note may carry.</summary>
    public const int MaximumSignatures = 100;

    private SignedNote(string text, IReadOnlyList<NoteSignature> signatures)
    {
        Text = text;
        Signatures = signatures;
    }

    /// <summary>What is signed, ending in LF.</summary>
    public string Text { get; }

    /// <summary>The signature lines in their order, repeated ones included.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Signs a text.</summary>
    /// <exception cref="ArgumentException">The text cannot stand in a note: no LF at its end, control characters, lone surrogates.</exception>
    public static SignedNote Sign(string text, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(key);
        if (!text.EndsWith('\n') || Canonical.HasControlCharacters(text) || !Canonical.IsWellFormed(text))
        {
            throw new ArgumentException("a note's text is well-formed, ends in LF and has no other control characters", nameof(text));
        }

        return new SignedNote(text, [key.Sign(text)]);
    }

    /// <summary>The same text with further signatures after those that are there.</summary>
    /// <exception cref="ArgumentException">There would be more than 100.</exception>
    public SignedNote With(IEnumerable<NoteSignature> further)
    {
        NoteSignature[] signatures = [.. Signatures, .. further];
        return signatures.Length <= MaximumSignatures
            ? new SignedNote(Text, signatures)
            : throw new ArgumentException("a note has at most 100 signatures", nameof(further));
    }

    /// <summary>The note's bytes.</summary>
    public byte[] Format()
    {
        StringBuilder note = new StringBuilder(Text).Append('\n');
        foreach (NoteSignature signature in Signatures)
        {
            note.Append(signature.Format());
        }

        return Encoding.UTF8.GetBytes(note.ToString());
    }

    /// <summary>A note from its bytes. Nothing is verified.</summary>
    public static Parsed<SignedNote> Parse(ReadOnlySpan<byte> note)
    {
        if (note.Length > MaximumBytes)
        {
            return new Invalid("the note is too large");
        }

        if (Canonical.Text(note) is not { } whole || Canonical.HasControlCharacters(whole))
        {
            return new Invalid("a note is strict UTF-8 without control characters other than LF");
        }

        int separator = whole.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (separator < 0)
        {
            return new Invalid("a note has a blank line between text and signatures");
        }

        return ParseLines(whole.AsSpan(separator + 2)).TryGet(out NoteSignature[]? signatures, out string? reason)
            ? new SignedNote(whole[..(separator + 1)], signatures)
            : new Invalid(reason);
    }

    /// <summary>Signature lines, one after the other: the end of a note, or the answer of a witness. From 1 to 100.</summary>
    public static Parsed<NoteSignature[]> ParseLines(ReadOnlySpan<char> lines)
    {
        List<NoteSignature> signatures = new List<NoteSignature>();
        while (!lines.IsEmpty)
        {
            if (!Canonical.TryTakeLine(ref lines, out ReadOnlySpan<char> line))
            {
                return new Invalid("the last signature line does not end in LF");
            }

            if (signatures.Count == MaximumSignatures)
            {
                return new Invalid("a note has at most 100 signatures");
            }

            if (!NoteSignature.Parse(line).TryGet(out NoteSignature? signature, out string? reason))
            {
                return new Invalid(reason);
            }

            signatures.Add(signature);
        }

        return signatures.Count > 0 ? signatures.ToArray() : new Invalid("there is no signature line");
    }

    /// <summary>
    /// Looks for signatures of known keys. Those of unknown (name, key id) are ignored; one under a known (name, key id) that is wrong
    /// condemns the whole note, because nobody honest would have written it.
    /// </summary>
    public NoteVerification Verify(params IReadOnlyCollection<VerifierKey> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        List<VerifiedSignature> verified = new List<VerifiedSignature>();
        List<NoteSignature> unknown = new List<NoteSignature>();
        HashSet<string> seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (NoteSignature signature in Signatures)
        {
            if (!seen.Add(signature.Format()))
            {
                continue;
            }

            List<VerifierKey> claimed = known.Where(key => key.Claims(signature)).ToList();
            if (claimed.Count == 0)
            {
                unknown.Add(signature);
            }
            else if (claimed.Find(key => key.Verify(Text, signature)) is { } signer)
            {
                verified.Add(new VerifiedSignature(signer, signature));
            }
            else
            {
                return new NoteVerification(NoteVerdict.WrongSignature, [], []);
            }
        }

        return new NoteVerification(verified.Count > 0 ? NoteVerdict.Verified : NoteVerdict.NoKnownKey, verified, unknown);
    }
}

/// <summary>What was found out about a note.</summary>
public enum NoteVerdict
{
    /// <summary>At least one known key signed it, and no signature of a known key is wrong.</summary>
    Verified,

    /// <summary>No known key signed it.</summary>
    NoKnownKey,

    /// <summary>A signature under a known name and key id is wrong.</summary>
    WrongSignature,
}

/// <summary>A signature and the known key that made it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Signature">The line.</param>
public sealed record VerifiedSignature(VerifierKey Key, NoteSignature Signature);

/// <summary>The result of <see cref="SignedNote.Verify"/>, each line once.</summary>
/// <param name="Verdict">Whether the text may be believed.</param>
/// <param name="Verified">Right signatures of known keys.</param>
/// <param name="Unknown">Signatures that nothing is known about.</param>
public sealed record NoteVerification(
    NoteVerdict Verdict, IReadOnlyList<VerifiedSignature> Verified, IReadOnlyList<NoteSignature> Unknown);
