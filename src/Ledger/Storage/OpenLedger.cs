using System.Globalization;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>A ledger that was opened and found whole: what the writer goes on from.</summary>
/// <param name="File">Where it stands.</param>
/// <param name="State">The circle.</param>
/// <param name="Range">The tree over the entries.</param>
/// <param name="Key">Signs checkpoints; its name is the origin.</param>
/// <param name="Checkpoint">The newest signed head, of exactly these entries.</param>
public sealed record OpenLedger(DatabaseFile File, CircleState State, CompactRange Range, SigningKey Key, SignedCheckpoint Checkpoint)
{
    /// <summary>The name of the log.</summary>
    public string Origin => Key.VerifierKey.Name;

    /// <summary>
    /// Opens the ledger of a data folder: makes it at the first start, upgrades one from before there was a tree, and verifies
    /// that the newest checkpoint is over exactly the entries that are there.
    /// </summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="origin">The setting LEDGER_ORIGIN, or null.</param>
    /// <param name="random">Fills a span with random bytes.</param>
    /// <exception cref="DataFolderException">The files do not belong to each other, or to us.</exception>
    /// <exception cref="LedgerDamagedException">The message names the first bad entry.</exception>
    public static OpenLedger Open(string dataFolder, string? origin, FillRandom random)
    {
        OpenLedger ledger = Find(dataFolder, origin, random);
        SeenCheckpoint.Check(dataFolder, ledger.Key, ledger.File, ledger.Checkpoint);
        return ledger;
    }

    /// <summary>Opens a ledger that may be older than what the relay has shown: for accepting that, and for nothing else.</summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="random">Fills a span with random bytes.</param>
    /// <exception cref="DataFolderException">The files do not belong to each other, or to us.</exception>
    /// <exception cref="LedgerDamagedException">The message names the first bad entry.</exception>
    public static OpenLedger OpenOlderThanSeen(string dataFolder, FillRandom random) => Find(dataFolder, origin: null, random);

    private static OpenLedger Find(string dataFolder, string? origin, FillRandom random)
    {
        DatabaseFile file = LedgerFile.In(dataFolder);
        int version = file.Prepare();
        if (version < LedgerFile.SchemaVersion)
        {
            LedgerUpgrade.KeepCopy(file, version);
            LedgerUpgrade.AddTree(file);
        }

        SigningKey key = Identify(file, dataFolder, origin, random);
        (CircleState state, CompactRange range) = LedgerFile.Replay(file);
        byte[]? newest = NewestCheckpoint(file) ?? LedgerUpgrade.SignFirst(file, range, key);
        return new OpenLedger(file, state, range, key, Verify(newest, range, key, dataFolder));
    }

    // The origin is written down with the first checkpoint; until then only the key holds it.
    private static SigningKey Identify(DatabaseFile file, string dataFolder, string? origin, FillRandom random)
    {
        string? written = LedgerUpgrade.Origin(file);
        SigningKey? key = LogKey.Read(dataFolder);
        if (key is null && written is not null)
        {
            throw new DataFolderException(
                $"{Path.Combine(dataFolder, LogKey.FileName)} is missing: without it the ledger cannot be continued. Restore it from a backup.");
        }

        key ??= LogKey.Make(dataFolder, origin ?? LogKey.RandomOrigin(random), random);
        if (written is not null && written != key.VerifierKey.Name)
        {
            throw new DataFolderException($"{LogKey.FileName} belongs to another ledger. Restore the one of this ledger from a backup.");
        }

        return origin is null || origin == key.VerifierKey.Name
            ? key
            : throw new DataFolderException(
                $"LEDGER_ORIGIN is another one than that of this ledger, {key.VerifierKey.Name}, which never changes. Remove the setting.");
    }

    private static SignedCheckpoint Verify(byte[] note, CompactRange range, SigningKey key, string dataFolder)
    {
        if (!Transparency.Checkpoint.Open(note, key.VerifierKey).TryGet(out SignedCheckpoint? head, out string? reason))
        {
            throw new LedgerDamagedException(
                $"The ledger is damaged: {reason}, with the key in {Path.Combine(dataFolder, LogKey.FileName)}. Restore a backup.");
        }

        if (head.Checkpoint.Size != range.Size)
        {
            throw new LedgerDamagedException(string.Create(
                CultureInfo.InvariantCulture,
                $"The ledger is damaged: its checkpoint counts {head.Checkpoint.Size} entries and there are {range.Size}; entry {Math.Min(range.Size, head.Checkpoint.Size)} is the first bad one. Restore a backup."));
        }

        return head.Checkpoint.Root == range.Root()
            ? head
            : throw new LedgerDamagedException(
                $"The ledger is damaged: entry {range.Size - 1}, or one before it, is not the one that the checkpoint was signed over. Restore a backup.");
    }

    // Null before the first one, which is written together with the origin.
    private static byte[]? NewestCheckpoint(DatabaseFile file)
    {
        using SqliteConnection connection = file.OpenForReading();
        using PreparedCommand newest = new(connection, "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1");
        return (byte[]?)newest.Get() is { } note ? note
            : LedgerUpgrade.Origin(file) is null ? null
            : throw new LedgerDamagedException("The ledger is damaged: its checkpoint is missing. Restore a backup.");
    }
}
