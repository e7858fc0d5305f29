using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace SecureChat.EnduranceTests.Disk;

/// <summary>
/// What stands between a relay and its disk and clock: <c>disk.c</c>, compiled by the C compiler of this machine and loaded into the real
/// process before its own libraries. Disposing it after the relay deletes its files.
/// </summary>
internal sealed class InterposedDisk : IDisposable
{
    public const int InputOutputError = 5;
    public const int NoSpace = 28;

    private const int ControlLength = 64;
    private const int FailedAt = 12;
    private const int WritesAt = 16;
    private const int SyncsAt = 20;
    private const int ClockAt = 24;

    /// <summary>Every write and every sync of the ledger's files.</summary>
    public static readonly Call[] All = [Call.Write, Call.Sync];

    private static readonly Lazy<string> Library = new(Compile);

    private readonly string folder = Directory.CreateTempSubdirectory("securechat-disk-").FullName;
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor control;

    private InterposedDisk()
    {
        string path = Path.Combine(folder, "control");
        File.WriteAllBytes(path, new byte[ControlLength]);
        file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        control = file.CreateViewAccessor();
    }

    public enum Call
    {
        Write = 1,
        Sync = 2,

        // Of the main file, which only a checkpoint of the write-ahead log touches.
        CheckpointWrite = 3,
        CheckpointSync = 4,
    }

    /// <summary>What was done to the data folder, when it was asked for.</summary>
    public string Record => Path.Combine(folder, "record");

    /// <summary>How many calls have failed since <see cref="Fail"/>.</summary>
    public int Failed => control.ReadInt32(FailedAt);

    /// <summary>How many writes and syncs of <c>ledger.db</c> and its log there were.</summary>
    public (int Writes, int Syncs) Seen => (control.ReadInt32(WritesAt), control.ReadInt32(SyncsAt));

    /// <summary>How far the wall clock of the process is ahead of this one's.</summary>
    public TimeSpan Ahead
    {
        get => TimeSpan.FromMicroseconds(control.ReadInt64(ClockAt) / 1000);
        set => control.Write(ClockAt, value.Ticks * 100);
    }

    /// <summary>Puts it before a relay that was not started yet.</summary>
    public static InterposedDisk Before(RelayProcess relay, bool records = false)
    {
        InterposedDisk disk = new();
        relay.Settings["LD_PRELOAD"] = Library.Value;
        relay.Settings["DISK_FOLDER"] = relay.DataFolder + "/";
        relay.Settings["DISK_CONTROL"] = Path.Combine(disk.folder, "control");
        relay.Settings["DISK_RECORD"] = records ? disk.Record : null;
        return disk;
    }

    /// <summary>Lets one call fail: the first one from now on, the second one, …</summary>
    public void Fail(Call call, int which, int error)
    {
        control.Write(0, 0);
        control.Write(4, which);
        control.Write(8, error);
        control.Write(FailedAt, 0);
        control.Write(WritesAt, 0);
        control.Write(SyncsAt, 0);
        control.Write(0, (int)call);
    }

    /// <summary>Nothing fails from now on.</summary>
    public void Heal() => control.Write(0, 0);

    // Kept until the tests end; the next run compiles what stands there then.
    private static string Compile()
    {
        string library = Path.Combine(Directory.CreateTempSubdirectory("securechat-disk-").FullName, "disk.so");
        string source = Path.Combine(AppContext.BaseDirectory, "Disk", "disk.c");
        using Process compiler = Process.Start(new ProcessStartInfo(
            Needs.Compiler.ShouldNotBeNull(), ["-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-o", library, source, "-ldl", "-lpthread"])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        string said = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        compiler.ExitCode.ShouldBe(0, said);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path.GetDirectoryName(library)!, recursive: true);
        return library;
    }

    public void Dispose()
    {
        control.Dispose();
        file.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
