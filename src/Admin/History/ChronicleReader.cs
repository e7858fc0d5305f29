using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.History;

/// <summary>
/// Makes a chronicle of a log. Of the documents beside the entries only the profiles are read, and what ratifications are about:
/// that is a tenth of what a verifier reads.
/// </summary>
internal static class ChronicleReader
{
    private const int ProgressInterval = 4096;

    /// <summary>Reads the first entries of a log, without verifying them.</summary>
    /// <param name="source">The log.</param>
    /// <param name="size">How many entries.</param>
    /// <param name="progress">Told from time to time how many are behind.</param>
    /// <exception cref="LogDamagedException">An entry is missing or cannot be read.</exception>
    public static Chronicle Read(LogSource source, long size, Action<long> progress)
    {
        Chronicle chronicle = new();
        foreach (StoredEntry stored in source.Entries(size))
        {
            try
            {
                Take(chronicle, stored.Bytes.Span, source.Addendum);
            }
            catch (FormatException unreadable)
            {
                throw new LogDamagedException($"Entry {chronicle.Size} in {stored.Place}: {unreadable.Message.TrimEnd('.')}.", chronicle.Size, unreadable);
            }

            if (chronicle.Size % ProgressInterval == 0)
            {
                progress(chronicle.Size);
            }
        }

        return chronicle.Size == size
            ? chronicle
            : throw new LogDamagedException($"Entry {chronicle.Size} is missing: the checkpoint is of {size} entries.", chronicle.Size);
    }

    private static void Take(Chronicle chronicle, ReadOnlySpan<byte> entry, Func<Hash, byte[]?> find)
    {
        (CircleEvent happened, long time, IReadOnlyList<Hash> digests) = Entry.Glance(entry);
        switch (happened)
        {
            case FounderRegistered founding:
                chronicle.Add(new FounderRegistered(founding.Founder with { Profile = Profile(find(digests[0])) }), time);
                break;
            case MemberImported import:
                chronicle.Add(import with { Newcomer = import.Newcomer with { Profile = Profile(find(digests[0])) } }, time);
                break;
            case RequestSubmitted submission:
                chronicle.Add(submission with { Newcomer = submission.Newcomer with { Profile = Profile(find(digests[0])) } }, time);
                break;
            case HistoryRatified:
                chronicle.Add(happened, time, Seen(find(digests[0])));
                break;
            default:
                chronicle.Add(happened, time);
                break;
        }
    }

    private static Profile? Profile(byte[]? document) => document is null ? null : Addendum.ReadProfile(document);

    private static long? Seen(byte[]? document) =>
        document is not null && Statement.Parse(Addendum.ReadProof(document).Statement).TryGet(out Statement? statement, out _) ? statement.Seen.Size : null;
}
