using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>
/// The verifier of ledger format section 9: whether a log is what its checkpoint signs and keeps its own rules, and what of it
/// is PROVEN. It trusts nothing but the policy. One pass over the entries; besides the roster it keeps about 50 bytes for each entry,
/// and 36 to 72 more for each statement.
/// </summary>
public static class LogVerifier
{
    private const int ProgressInterval = 4096;

    /// <summary>Verifies a log. Whatever is wrong with its bytes comes back as a verdict.</summary>
    /// <param name="source">Where the bytes are.</param>
    /// <param name="progress">Told from time to time how many entries are behind, and once when all are.</param>
    /// <param name="processors">How many processors may verify signatures; 0 for all. The verdict does not depend on it.</param>
    public static Verdict Verify(LogSource source, Action<long>? progress = null, int processors = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(processors);
        try
        {
            return Play(source, progress, processors).Verdict;
        }
        catch (LogDamagedException damaged)
        {
            return Verdict.Refuse(damaged);
        }
    }

    /// <summary>Verifies a log, and gives what was folded on the way to whoever goes on from it.</summary>
    /// <param name="source">Where the bytes are.</param>
    /// <param name="progress">See <see cref="Verify"/>.</param>
    /// <param name="processors">See <see cref="Verify"/>.</param>
    /// <param name="played">Given each event; the log may still be refused after it.</param>
    /// <exception cref="LogDamagedException">The log is refused.</exception>
    internal static VerifiedLog Play(LogSource source, Action<long>? progress = null, int processors = 0, Action<RecordedEvent>? played = null)
    {
        WitnessPolicy policy = source.Policy();
        Checkpoint checkpoint = Open(policy, source.Checkpoint(), "The checkpoint");
        TreeNodes tree = new();
        EntryFacts facts = new();
        Roster roster = new(facts);
        Warnings warnings = new();
        SignatureBatch signatures = new(processors == 0 ? Environment.ProcessorCount : processors);
        Replay replay = new(new StatementCheck(checkpoint.Origin, tree, signatures), facts, roster, warnings);
        try
        {
            Read(source, checkpoint.Size, tree, replay, progress, played);
            replay.Finish();
        }
        catch (LogDamagedException)
        {
            // What was found wrong stands behind every signature that still waits: the first bad entry is named.
            signatures.Verify();
            throw;
        }

        signatures.Verify();
        RequireRoot(checkpoint, tree);
        RequireTiles(source, tree);
        source.RequireNothingBeyond?.Invoke(checkpoint.Size);

        // What the log has signed binds it, whoever else has signed it or not.
        foreach (byte[] known in source.KnownHeads)
        {
            RequireBeginning(checkpoint, Open(WitnessPolicy.OfLog(LogOf(policy, checkpoint)), known, "A checkpoint that was shown before"), tree);
        }

        progress?.Invoke(checkpoint.Size);
        return new VerifiedLog(Verdict.Accept(checkpoint, warnings.All(), new Grades(facts, roster)), replay.State, tree.Range);
    }

    private static VerifierKey LogOf(WitnessPolicy policy, Checkpoint checkpoint)
    {
        foreach (PolicyLog log in policy.Logs)
        {
            if (log.Key.Name == checkpoint.Origin)
            {
                return log.Key;
            }
        }

        throw new LogDamagedException("The checkpoint is of a log that the policy does not know.");
    }

    private static Checkpoint Open(WitnessPolicy policy, byte[] note, string which) =>
        policy.Open(note).TryGet(out SignedCheckpoint? opened, out string? reason)
            ? opened.Checkpoint
            : throw new LogDamagedException($"{which} is refused: {reason}.");

    private static void Read(LogSource source, long size, TreeNodes tree, Replay replay, Action<long>? progress, Action<RecordedEvent>? played)
    {
        foreach (StoredEntry stored in source.Entries(size))
        {
            long entry = tree.Size;
            if (entry == size)
            {
                return;
            }

            try
            {
                Take(stored, tree, replay, source, played);
            }
            catch (ImpossibleEventException impossible)
            {
                throw LogDamagedException.At(entry, stored.Place, $"it cannot follow on what stands before it. {impossible.Message}", impossible);
            }
            catch (Exception unreadable) when (unreadable is FormatException or ArgumentException)
            {
                throw LogDamagedException.At(entry, stored.Place, unreadable.Message, unreadable);
            }
            catch (LogDamagedException damaged) when (damaged.Entry is null)
            {
                throw LogDamagedException.At(entry, stored.Place, damaged.Message, damaged);
            }

            if (tree.Size % ProgressInterval == 0)
            {
                progress?.Invoke(tree.Size);
            }
        }

        if (tree.Size < size)
        {
            throw new LogDamagedException($"Entry {tree.Size} is missing: the checkpoint is of {size} entries.", tree.Size);
        }
    }

    private static void Take(in StoredEntry stored, TreeNodes tree, Replay replay, LogSource source, Action<RecordedEvent>? played)
    {
        Hash leafHash = MerkleHashing.Leaf(stored.Bytes.Span);
        if (stored.LeafHash is { } expected && expected != leafHash)
        {
            throw new FormatException("its bytes do not have the leaf hash that is stored for it");
        }

        (CircleEvent happened, long time) = replay.Take(stored, leafHash, source.Addendum);

        // A statement is about the log before its own entry.
        IReadOnlyList<TreeNode> completed = tree.Append(leafHash);
        if (source.NextNode is { } next)
        {
            RequireNodes(completed, next);
        }

        played?.Invoke(new RecordedEvent(tree.Size - 1, time, happened, leafHash));
    }

    private static void RequireNodes(IReadOnlyList<TreeNode> completed, Func<Hash?> next)
    {
        foreach (TreeNode node in completed)
        {
            if (node.Level > 0 && next() != node.Hash)
            {
                long first = node.Index << node.Level;
                throw new LogDamagedException(
                    $"Entry {first}, or one of the {(1L << node.Level) - 1} after it, is not the one over which the tree was built.", first);
            }
        }
    }

    private static void RequireRoot(Checkpoint checkpoint, TreeNodes tree)
    {
        if (tree.RootAt(checkpoint.Size) != checkpoint.Root)
        {
            throw new LogDamagedException(
                $"Entry {checkpoint.Size - 1}, or one before it, is not the one that was signed: the first {checkpoint.Size} entries do not have the root of the checkpoint.");
        }
    }

    private static void RequireTiles(LogSource source, TreeNodes tree)
    {
        if (source.Tile is not { } fetch)
        {
            return;
        }

        foreach (TilePath tile in Tiles.OfTree(tree.Size))
        {
            byte[] content = fetch(tile);
            if (!content.AsSpan().SequenceEqual(Tiles.Content(tile, tree.Read)))
            {
                long first = (tile.Index * TilePath.FullWidth) << (Tiles.Height * tile.Level);
                throw new LogDamagedException($"The file {tile.Format()}, which starts with entry {first}, does not agree with the entries.", first);
            }
        }
    }

    private static void RequireBeginning(Checkpoint checkpoint, Checkpoint known, TreeNodes tree)
    {
        if (known.Size > checkpoint.Size)
        {
            throw new LogDamagedException(
                $"A checkpoint that was shown before is of {known.Size} entries, and this log has {checkpoint.Size}: entries were taken back.");
        }

        if (tree.RootAt(known.Size) != known.Root)
        {
            throw new LogDamagedException(
                $"A checkpoint that was shown before, of {known.Size} entries, is of another history: not everybody was shown the same log.");
        }
    }
}

/// <summary>A log that holds, with what was folded from it.</summary>
/// <param name="Verdict">Accepted.</param>
/// <param name="State">The circle after the last entry.</param>
/// <param name="Range">The tree over the entries.</param>
internal sealed record VerifiedLog(Verdict Verdict, CircleState State, CompactRange Range);
