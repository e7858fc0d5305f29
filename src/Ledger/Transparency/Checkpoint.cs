using System.Text;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// The head of a log: how many entries it has, and the hash that commits to all of them (C2SP tlog-checkpoint).
/// <code>
/// example.com/behind-the-sofa LF
/// 20852163 LF
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I= LF
/// </code>
/// Extension lines, which the C2SP format allows, are refused.
/// </summary>
/// <param name="Origin">The name of the log, 1 to 255 bytes.</param>
/// <param name="Size">The number of entries, below 2^63.</param>
/// <param name="Root">The root of the tree of that size.</param>
public sealed record Checkpoint(string Origin, long Size, Hash Root)
{
    /// <summary>The most bytes that an origin may have.</summary>
    public const int MaximumOriginBytes = 255;

    /// <summary>The three lines, each with its LF: the text of the note.</summary>
    public string Format() => $"{Origin}\n{Canonical.Decimal(Size)}\n{Root.ToBase64()}\n";

    /// <summary>A checkpoint from the text of a note: exactly what <see cref="Format"/> writes. Nothing is verified.</summary>
    public static Parsed<Checkpoint> Parse(ReadOnlySpan<char> text)
    {
        if (!Canonical.TryTakeLine(ref text, out ReadOnlySpan<char> origin)
            || !Canonical.TryTakeLine(ref text, out ReadOnlySpan<char> decimalSize)
            || !Canonical.TryTakeLine(ref text, out ReadOnlySpan<char> base64Root)
            || !text.IsEmpty)
        {
            return new Invalid("a checkpoint is three lines: origin, size, root");
        }

        if (!IsOrigin(origin))
        {
            return new Invalid("the origin of a checkpoint has 1 to 255 bytes and no control characters");
        }

        if (!Canonical.TryDecimal(decimalSize, out long size))
        {
            return new Invalid("the size of a checkpoint is a decimal number below 2^63 without leading zeroes");
        }

        return Hash.Parse(base64Root).TryGet(out Hash root, out _)
            ? new Checkpoint(origin.ToString(), size, root)
            : new Invalid("the root of a checkpoint is 32 bytes in canonical base64");
    }

    /// <summary>Signs the checkpoint with the key of its log.</summary>
    /// <exception cref="ArgumentException">The key's name is not the origin, or the size and root contradict each other: never sign that.</exception>
    public SignedNote Sign(SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.VerifierKey.Name != Origin)
        {
            throw new ArgumentException("the key of a log has the origin for its name", nameof(key));
        }

        if (!Parse(Format()).TryGet(out _, out string? reason) || !HasPossibleRoot)
        {
            throw new ArgumentException(reason ?? "a checkpoint of size 0 has the root of the empty tree", nameof(key));
        }

        return SignedNote.Sign(Format(), key);
    }

    /// <summary>A checkpoint that the log has signed, from the bytes of the note; signatures of others are left unread.</summary>
    /// <param name="note">The note.</param>
    /// <param name="log">The key of the log, whose name is the origin.</param>
    public static Parsed<SignedCheckpoint> Open(ReadOnlySpan<byte> note, VerifierKey log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (!SignedNote.Parse(note).TryGet(out SignedNote? parsed, out string? reason) || !Parse(parsed.Text).TryGet(out Checkpoint? checkpoint, out reason))
        {
            return new Invalid(reason);
        }

        if (checkpoint.Origin != log.Name)
        {
            return new Invalid("the checkpoint is of another log");
        }

        if (log.Type != SignatureType.Ed25519)
        {
            return new Invalid("a log signs with a key of type 01");
        }

        if (parsed.Verify(log).Verdict != NoteVerdict.Verified)
        {
            return new Invalid("the checkpoint is not signed by its log");
        }

        return checkpoint.HasPossibleRoot
            ? new SignedCheckpoint(checkpoint, parsed)
            : new Invalid("a checkpoint of size 0 has the root of the empty tree");
    }

    /// <summary>Whether size and root can belong together: without entries there is one root only.</summary>
    public bool HasPossibleRoot => Size > 0 || Root == MerkleHashing.EmptyRoot;

    /// <summary>Whether a log may be called so: an origin that is the name of a key as well, in ASCII because statements name it.</summary>
    public static bool IsPossibleOrigin(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return System.Text.Ascii.IsValid(name) && IsOrigin(name) && KeyNames.IsValid(name);
    }

    private static bool IsOrigin(ReadOnlySpan<char> origin) =>
        !origin.IsEmpty
        && Canonical.IsWellFormed(origin)
        && !Canonical.HasControlCharacters(origin)
        && Encoding.UTF8.GetByteCount(origin) <= MaximumOriginBytes;
}

/// <summary>A checkpoint with a right signature of its log, and the note that carries it.</summary>
/// <param name="Checkpoint">What is signed.</param>
/// <param name="Note">The note, with whatever other signatures it has.</param>
public sealed record SignedCheckpoint(Checkpoint Checkpoint, SignedNote Note);
