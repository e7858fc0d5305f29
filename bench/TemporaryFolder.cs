using System.Runtime.InteropServices;

namespace SecureChat.Bench;

/// <summary>A folder that is gone afterwards, whatever happened.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder;
    private readonly PosixSignalRegistration interrupted;
    private readonly PosixSignalRegistration terminated;

    public TemporaryFolder(string parent)
    {
        folder = Directory.CreateDirectory(Path.Combine(parent, $"securechat-bench-{Environment.ProcessId}"));

        // Whoever stops it, with Ctrl-C or a signal, waits for no more figures; no gigabyte is left behind.
        interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Delete());
        terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Delete());
    }

    /// <summary>A new folder inside.</summary>
    public string Make(string name) => folder.CreateSubdirectory(name).FullName;

    public void Dispose()
    {
        interrupted.Dispose();
        terminated.Dispose();
        Delete();
    }

    private void Delete()
    {
        folder.Refresh();
        if (folder.Exists)
        {
            folder.Delete(recursive: true);
        }
    }
}
