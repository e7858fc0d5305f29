using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// <c>seen-checkpoint</c>: the newest head that this relay has shown, kept beside the ledger and not in it. An old copy of the
/// ledger that is put back is behind it, and a ledger that was rewritten contradicts it.
/// </summary>
public static class SeenCheckpoint
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "seen-checkpoint";

    /// <summary>The head that was kept, or null when there is none.</summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="key">The log's key.</param>
    /// <exception cref="DataFolderException">The file is no head of this log.</exception>
    public static SignedCheckpoint? Read(string dataFolder, VerifierKey key)
    {
        string path = Path.Combine(dataFolder, FileName);
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
        {
            return null;
        }

        return Checkpoint.Open(File.ReadAllBytes(path), key).TryGet(out SignedCheckpoint? seen, out string? reason)
            ? seen
            : throw new DataFolderException(
                $"{path} is no head of this ledger: {reason}. Restore the files of one backup together; they belong to each other.");
    }

    // What a disk writes whole or not at all.
    private const int SectorLength = 512;

    /// <summary>
    /// Keeps a head. In place, if it is as long as the one before and fits into a sector, so that no second file comes and goes under
    /// those who copy the folder. Otherwise under another name first: after a power failure the bytes of one head with the length of
    /// another would be none, and the relay would not start.
    /// </summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="head">The head.</param>
    /// <param name="forGood">Whether it is synced; otherwise a power failure may leave the one before.</param>
    public static void Keep(string dataFolder, SignedNote head, bool forGood = true)
    {
        FileInfo kept = new(Path.Combine(dataFolder, FileName));
        byte[] note = head.Format();
        if (kept.Exists && kept.Length == note.Length && note.Length <= SectorLength)
        {
            using FileStream file = new(kept.FullName, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(note);
            if (forGood)
            {
                file.Flush(flushToDisk: true);
            }

            return;
        }

        string unfinished = kept.FullName + ".new";
        File.Delete(unfinished);
        using (FileStream file = OwnerOnly.CreateFile(unfinished))
        {
            // Always synced: a name that leads to bytes that were never written would be worse than the older head.
            file.Write(note);
            file.Flush(flushToDisk: true);
        }

        // A crash before this leaves the older head, which says less and nothing wrong.
        File.Move(unfinished, kept.FullName, overwrite: true);
    }

    /// <summary>Refuses a ledger that is behind the head that was kept, or another one.</summary>
    /// <exception cref="DataFolderException">The line says what to do.</exception>
    internal static void Check(string dataFolder, SigningKey key, DatabaseFile file, SignedCheckpoint head)
    {
        if (Read(dataFolder, key.VerifierKey) is not { Checkpoint: var seen })
        {
            return;
        }

        if (seen.Size > head.Checkpoint.Size)
        {
            throw new DataFolderException(
                $"The ledger has {head.Checkpoint.Size} entries, but {FileName} knows of {seen.Size}: an old copy was put back. Restore the newest copy. "
                + $"If it is lost, securechat-admin accept-rollback {dataFolder} explains what going on from here means.");
        }

        using LedgerView view = new(file);
        if (view.RootAt(seen.Size) != seen.Root)
        {
            throw new DataFolderException(
                $"The ledger is not the one of {FileName}: its first {seen.Size} entries are others. Restore the copy that belongs to it.");
        }
    }
}
