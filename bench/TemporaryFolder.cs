namespace SecureChat.Bench;

/// <summary>A folder that is gone afterwards, whatever happened.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder;

    public TemporaryFolder(string parent)
    {
        folder = Directory.CreateDirectory(Path.Combine(parent, $"securechat-bench-{Environment.ProcessId}"));

        // Whoever stops it, with Ctrl-C or a signal, waits for no more figures; no gigabyte is left behind.
        Console.CancelKeyPress += (_, _) => Dispose();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>A new folder inside.</summary>
    public string Make(string name) => folder.CreateSubdirectory(name).FullName;

    public void Dispose()
    {
        folder.Refresh();
        if (folder.Exists)
        {
            folder.Delete(recursive: true);
        }
    }
}
