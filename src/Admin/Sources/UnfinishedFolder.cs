using SecureChat.Ledger.Storage;

namespace SecureChat.Admin.Sources;

/// <summary>
/// A ledger that is being made for a folder in which there is none: beside its place until it is whole and verified, so that a
/// failure or a crash leaves nothing that looks like a ledger.
/// </summary>
internal sealed class UnfinishedFolder : IDisposable
{
    private const string LockName = "relay.lock";
    private readonly string folder;
    private readonly bool isNew;
    private readonly bool hadLock;
    private readonly FileStream held;
    private bool isPlaced;

    private UnfinishedFolder(string folder)
    {
        this.folder = folder;
        isNew = !Directory.Exists(folder);
        hadLock = File.Exists(System.IO.Path.Combine(folder, LockName));
        OwnerOnly.CreateFolder(folder);
        held = DataFolderLock.Take(folder);
        Path = System.IO.Path.Combine(folder, "unfinished");
    }

    /// <summary>Where the ledger is made: on the same file system, so that a file is moved in one step.</summary>
    public string Path { get; }

    /// <summary>Begins. Nobody else can use the folder until it is over.</summary>
    /// <param name="folder">The data folder to be; it need not be there.</param>
    /// <exception cref="CommandRefusedException">There is a ledger already, or something else in its place.</exception>
    /// <exception cref="DataFolderException">A relay runs on the folder.</exception>
    public static UnfinishedFolder In(string folder)
    {
        RequireNoLedger(folder);
        UnfinishedFolder unfinished = new(folder);
        try
        {
            RequireNoLedger(folder);
            if (Directory.Exists(unfinished.Path))
            {
                // What a crash left of another attempt.
                Directory.Delete(unfinished.Path, recursive: true);
            }

            OwnerOnly.CreateFolder(unfinished.Path);
            return unfinished;
        }
        catch
        {
            unfinished.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a folder that holds a ledger or what is left of one. Changes nothing.</summary>
    public static void RequireNoLedger(string folder)
    {
        if (File.Exists(folder))
        {
            throw CommandRefusedException.Usage($"{folder} is a file: name a folder that is empty, or not there yet.");
        }

        if (File.Exists(System.IO.Path.Combine(folder, LedgerFile.FileName)))
        {
            throw CommandRefusedException.Usage($"{folder} holds a {LedgerFile.FileName} already: name a folder without a ledger.");
        }

        if (Rest(folder).FirstOrDefault(file => file.Length > 0 && !file.Name.EndsWith("-shm", StringComparison.Ordinal)) is { } rest)
        {
            throw CommandRefusedException.Usage(
                $"{rest.FullName} is what is left of a ledger that is gone, and would be mixed with the new one: move it away, or name another folder.");
        }
    }

    // What SQLite kept beside a ledger. Its index of the log (-shm) and an empty log hold nothing.
    private static FileInfo[] Rest(string folder) => Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles($"{LedgerFile.FileName}-*") : [];

    /// <summary>Moves files to their places, the last one last: before it, there is no ledger in the folder.</summary>
    /// <param name="names">Names of files that were made.</param>
    public void Place(params ReadOnlySpan<string> names)
    {
        Array.ForEach(Rest(folder), file => file.Delete());
        foreach (string name in names)
        {
            File.Move(System.IO.Path.Combine(Path, name), System.IO.Path.Combine(folder, name));
            isPlaced = true;
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        if (!isPlaced && !hadLock)
        {
            File.Delete(System.IO.Path.Combine(folder, LockName));
        }

        held.Dispose();
        if (!isPlaced && isNew && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }
}
