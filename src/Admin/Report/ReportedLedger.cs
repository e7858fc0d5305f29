using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Report;

/// <summary>The bytes of a ledger that go into a report, as they were found.</summary>
/// <param name="Key">The key that the ledger's checkpoints must be signed with.</param>
/// <param name="Note">The signed note of the checkpoint.</param>
/// <param name="Checkpoint">What it says. Nothing is verified.</param>
/// <param name="Entries">The entries under it, as far as they could be read.</param>
/// <param name="Addenda">The documents that are there, by their digests.</param>
internal sealed record ReportedLedger(
    VerifierKey Key, byte[] Note, Checkpoint Checkpoint, IReadOnlyList<StoredEntry> Entries, IReadOnlyDictionary<Hash, byte[]> Addenda)
{
    /// <summary>Reads a ledger.</summary>
    /// <exception cref="LogDamagedException">Not even its checkpoint can be read.</exception>
    public static ReportedLedger Read(LogSource source)
    {
        byte[] note = source.Checkpoint();
        if (!SignedNote.Parse(note).TryGet(out SignedNote? signed, out string? reason)
            || !Ledger.Transparency.Checkpoint.Parse(signed.Text).TryGet(out Checkpoint? checkpoint, out reason))
        {
            throw new LogDamagedException($"The checkpoint cannot be read: {reason}.");
        }

        VerifierKey key = source.Policy().Logs.Select(log => log.Key).FirstOrDefault(known => known.Name == checkpoint.Origin)
            ?? throw new LogDamagedException("The checkpoint is of another log than the key, or the policy, is for.");
        List<StoredEntry> entries = [];
        Dictionary<Hash, byte[]> addenda = [];
        try
        {
            foreach (StoredEntry entry in source.Entries(checkpoint.Size))
            {
                // No entry is larger (ledger format section 6); the verdict says so.
                if (entry.Bytes.Length > ushort.MaxValue)
                {
                    break;
                }

                entries.Add(entry);
                Collect(source, entry, addenda);
            }
        }
        catch (LogDamagedException)
        {
            // The verdict says where the ledger ends; the report shows what there is.
        }

        return new ReportedLedger(key, note, checkpoint, entries, addenda);
    }

    private static void Collect(LogSource source, in StoredEntry entry, Dictionary<Hash, byte[]> addenda)
    {
        if (!AddendaIndex.Parse(entry.Bytes.Span).TryGet(out AddendaIndex? index, out _))
        {
            return;
        }

        foreach (Hash digest in index.Digests)
        {
            if (!addenda.ContainsKey(digest) && source.Addendum(digest) is { } bytes)
            {
                addenda.Add(digest, bytes);
            }
        }
    }
}
