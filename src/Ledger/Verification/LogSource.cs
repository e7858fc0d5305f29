using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>An entry as it was found.</summary>
/// <param name="Bytes">The entry.</param>
/// <param name="LeafHash">The leaf hash that is stored beside it, which must be that of the bytes; null where none is stored.</param>
/// <param name="Place">The file that it stands in, for the sentence of a refusal.</param>
public readonly record struct StoredEntry(ReadOnlyMemory<byte> Bytes, Hash? LeafHash, string Place);

/// <summary>
/// Where a verifier finds the bytes of a log. Everything is read when it is needed, so that whatever is missing or unreadable
/// becomes a verdict: a source says so with a <see cref="LogDamagedException"/>.
/// </summary>
/// <param name="Policy">Whose checkpoint it must be, and which witnesses must have cosigned it.</param>
/// <param name="Checkpoint">The signed note of the newest checkpoint.</param>
/// <param name="Entries">The first so many entries in their order.</param>
/// <param name="Addendum">The document of a digest, or null when it is not there. Its bytes need not be checked.</param>
public sealed record LogSource(
    Func<WitnessPolicy> Policy, Func<byte[]> Checkpoint, Func<long, IEnumerable<StoredEntry>> Entries, Func<Hash, byte[]?> Addendum)
{
    /// <summary>The bytes of a tile of hashes, all of which are compared with the entries; null where no tiles are stored.</summary>
    public Func<TilePath, byte[]>? Tile { get; init; }

    /// <summary>
    /// Gives the stored hashes of the complete nodes above the leaves one after the other, in the order in which entries complete them, and null
    /// where there is none: all of them are compared with the entries. Null where no nodes are stored.
    /// </summary>
    public Func<Hash?>? NextNode { get; init; }

    /// <summary>
    /// Refuses what is stored beyond the newest checkpoint, which may be of more entries than those that were verified; null where nothing can be.
    /// </summary>
    public Action<long>? RequireNothingBeyond { get; init; }

    /// <summary>Notes of checkpoints that somebody was shown earlier, or was shown elsewhere: each must be of a beginning of this log.</summary>
    public IReadOnlyList<byte[]> KnownHeads { get; init; } = [];
}

/// <summary>A log is not what its checkpoint says, or breaks its rules.</summary>
/// <param name="message">One sentence that names the file or entry.</param>
/// <param name="entry">The leaf index of the first bad entry, if one is known.</param>
/// <param name="inner">What was found.</param>
public sealed class LogDamagedException(string message, long? entry = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The leaf index of the first bad entry, if one is known.</summary>
    public long? Entry { get; } = entry;

    internal static LogDamagedException At(long entry, string place, string why, Exception? inner = null) =>
        new($"Entry {entry} in {place}: {why.TrimEnd('.')}.", entry, inner);
}
