using System.Diagnostics;

namespace SecureChat.EnduranceTests.Disk;

/// <summary>A disk of a few megabytes for the data folder of a relay that was not started yet; unmounted when disposed, before the relay is.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Megabytes = 4;
    private const int Block = 4096;

    private readonly string folder;

    private SmallDisk(string folder) => this.folder = folder;

    private string Filler => Path.Combine(folder, "filler");

    public static SmallDisk Under(RelayProcess relay)
    {
        Directory.CreateDirectory(relay.DataFolder);
        Run("mount", "-t", "tmpfs", "-o", $"size={Megabytes}m,mode=0700", "securechat-test", relay.DataFolder);
        return new SmallDisk(relay.DataFolder);
    }

    /// <summary>Takes the last block.</summary>
    public void Fill()
    {
        using FileStream filler = new(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                filler.Write(new byte[Block]);
            }
        }
        catch (IOException full) when (full.HResult == InterposedDisk.NoSpace)
        {
            new DriveInfo(folder).AvailableFreeSpace.ShouldBe(0);
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    // Whoever still has files open there keeps them; the relay is ended after this.
    public void Dispose() => Run("umount", "--lazy", folder);

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}");
    }
}
