namespace SecureChat.Ledger.Storage;

/// <summary>
/// <c>relay.lock</c>: whoever writes into a data folder holds it as long as the process lives; the operating system lets go of
/// it whatever way the process ends.
/// </summary>
public static class DataFolderLock
{
    /// <summary>Takes the lock; disposing gives it back.</summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <exception cref="DataFolderException">Somebody else holds it.</exception>
    public static FileStream Take(string dataFolder)
    {
        string path = Path.Combine(dataFolder, "relay.lock");
        try
        {
            if (!File.Exists(path))
            {
                OwnerOnly.CreateFile(path).Dispose();
            }

            if (OperatingSystem.IsMacOS())
            {
                return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }

            // A range lock where there is one: it keeps other relays out, but nobody who copies the folder.
            FileStream held = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            try
            {
                held.Lock(0, 1);
                return held;
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (IOException inUse) when (File.Exists(path))
        {
            throw new DataFolderException(
                $"The data folder {dataFolder} is in use, by a relay or by securechat-admin. Stop that first; a second relay needs a DATA_DIR of its own.", inUse);
        }
    }
}
