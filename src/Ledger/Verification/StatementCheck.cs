using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>
/// Whether a statement says what its entry says, names a head of this very log, stands in it once, and is signed. Signatures
/// are only handed over here: a wrong one is found by the <see cref="SignatureBatch"/>.
/// </summary>
internal sealed class StatementCheck(string origin, TreeNodes tree, SignatureBatch signatures)
{
    // Half of a SHA-256 is enough to tell one text from another, and half the memory.
    private readonly HashSet<UInt128> used = [];

    /// <summary>The origin that every statement must name.</summary>
    public string Origin => origin;

    /// <summary>Checks the statement of one entry.</summary>
    /// <param name="entry">The leaf index.</param>
    /// <param name="place">The file of the entry.</param>
    /// <param name="proof">The statement.</param>
    /// <param name="isThere">Whether its addendum is there.</param>
    /// <param name="signer">Whose key must have signed it.</param>
    /// <param name="expected">What it must say; what it has seen, and when, it may say itself.</param>
    /// <param name="seen">The size that the signer has seen; 0 unless the statement is signed.</param>
    /// <exception cref="FormatException">It is wrong; the message says which line.</exception>
    public Support Check(long entry, string place, Proof proof, bool isThere, Signer signer, Statement expected, out long seen)
    {
        seen = 0;
        if (!isThere)
        {
            return Support.StatementMissing;
        }

        if (Statement.Read(proof.Statement, out StatementDraft statement) is { } reason)
        {
            throw new FormatException(reason);
        }

        if (!statement.Says(expected))
        {
            string? line = statement.Complete().FirstDifference(expected with { Time = statement.Time, Seen = statement.Seen });
            throw new FormatException($"the line \"{line}\" of its statement does not say what the entry says");
        }

        if (statement.Kind is not (StatementKind.Founder or StatementKind.Request))
        {
            RequireSeen(entry, statement.Seen);
        }

        // Hashed once for both, whether the text was used and whether it is signed.
        Hash text = DigestOf(proof.Statement);
        if (!used.Add(BinaryPrimitives.ReadUInt128BigEndian(text.Bytes)))
        {
            throw new FormatException("its statement stands in the log already");
        }

        if (!CanonicalBase64.TryDecode(proof.Signature, out byte[] signature))
        {
            throw new FormatException("the signature of its statement is not canonical base64");
        }

        if (signer.Verifier() is not { } verifier)
        {
            return Support.KeysMissing;
        }

        signatures.Add(entry, place, verifier, text, signature);
        seen = statement.SeenSize;
        return Support.Signed;
    }

    private void RequireSeen(long entry, Seen seen)
    {
        if (seen.Size > entry)
        {
            throw new FormatException("the line \"seen\" of its statement names a larger log than there was");
        }

        if (tree.RootAt(seen.Size) != seen.Root)
        {
            throw new FormatException($"the line \"seen\" of its statement names another log than this one: the first {seen.Size} entries have another root");
        }
    }

    private static Hash DigestOf(string statement)
    {
        Span<byte> text = stackalloc byte[Statement.MaximumLength];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.ASCII.GetBytes(statement, text)], digest);
        return new Hash(digest);
    }
}
