using System.Text;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// How a proof stands in a text: one base64 hash a line, at most 63, then an empty line, then a checkpoint to the end.
/// Shared by <see cref="ProofFile"/> and <see cref="ConsistencyFile"/>.
/// </summary>
internal static class HashLines
{
    /// <summary>A tree below 2^63 leaves has no longer path; add-checkpoint forbids more.</summary>
    public const int Maximum = 63;

    public static void Append(StringBuilder text, IReadOnlyList<Hash> hashes)
    {
        foreach (Hash hash in hashes)
        {
            text.Append(hash.ToBase64()).Append('\n');
        }

        text.Append('\n');
    }

    public static Parsed<Hash[]> TakeWithBlankLine(ref ReadOnlySpan<char> text)
    {
        List<Hash> hashes = new List<Hash>();
        while (Canonical.TryTakeLine(ref text, out ReadOnlySpan<char> line))
        {
            if (line.IsEmpty)
            {
                return hashes.ToArray();
            }

            if (hashes.Count == Maximum)
            {
                return new Invalid("a proof has at most 63 hashes");
            }

            if (!Hash.Parse(line).TryGet(out Hash hash, out string? reason))
            {
                return new Invalid(reason);
            }

            hashes.Add(hash);
        }

        return new Invalid("a proof ends with an empty line and a checkpoint");
    }
}
