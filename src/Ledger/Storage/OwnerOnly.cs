namespace SecureChat.Ledger.Storage;

/// <summary>
/// Files 0600 in folders 0700, from the moment they exist. Where there are no such modes (Windows), the folder's own rights hold.
/// </summary>
public static class OwnerOnly
{
    private const UnixFileMode File600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder700 = File600 | UnixFileMode.UserExecute;

    /// <summary>Makes a file that nobody else can open, for writing; it must not be there yet.</summary>
    /// <param name="path">Where.</param>
    public static FileStream CreateFile(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = File600;
        }

        return new FileStream(path, options);
    }

    /// <summary>Makes a folder that nobody else can enter, or takes the rights of others away from one that is there.</summary>
    /// <param name="path">Where.</param>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, Folder700);
        if (File.GetUnixFileMode(path) is var mode && (mode & ~Folder700) != UnixFileMode.None)
        {
            File.SetUnixFileMode(path, mode & Folder700);
        }
    }

    /// <summary>Takes the rights of others away from a file that is there.</summary>
    /// <param name="path">Where.</param>
    public static void TightenFile(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~File600) != UnixFileMode.None)
        {
            File.SetUnixFileMode(path, File600);
        }
    }
}
