using System.ComponentModel;
using System.Runtime.InteropServices;

namespace SecureChat.Web.Start;

/// <summary>
/// Shuts the process off from others on the same machine, before it has anything to hide: messages are in memory only, so
/// nothing may write that memory to a file, and no other program of the same user may read it or attach to it. Linux only;
/// the administrator of the machine can do all of it anyway.
/// </summary>
internal static class Seclusion
{
    private const int CoreSize = 4; // RLIMIT_CORE
    private const int SetDumpable = 4; // PR_SET_DUMPABLE

    /// <summary>Whatever the environment says, from here on there is no core dump, no reader, and no door for a debugger.</summary>
    /// <exception cref="IOException">The operating system does not let the process shut itself off.</exception>
    public static void Begin()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // Not dumpable: /proc/PID belongs to root, so that its mem, maps, fd and environ are closed to the same user, and
        // ptrace is refused. The limit is for kernels that pipe core dumps to a collector all the same.
        ResourceLimit none = default;
        if (SetResourceLimit(CoreSize, in none) != 0 || ControlProcess(SetDumpable, 0, 0, 0, 0) != 0)
        {
            throw new IOException($"Core dumps could not be switched off ({new Win32Exception().Message}). Let the process call prctl and setrlimit.");
        }

        CloseDiagnosticDoors(Path.GetTempPath());
    }

    // Through its socket and pipes the runtime gives whoever is the same user a dump, traces, or a library loaded into the
    // process. With DOTNET_EnableDiagnostics=0 it makes none. It makes them before our first line runs and can't be told
    // otherwise by the program itself; without their names nobody finds them.
    private static void CloseDiagnosticDoors(string folder)
    {
        string own = $"-{Environment.ProcessId}-";
        foreach (string door in Doors("dotnet-diagnostic").Concat(Doors("clr-debug-pipe")))
        {
            try
            {
                File.Delete(door);
            }
            catch (UnauthorizedAccessException)
            {
                // Somebody else's file, which leads nowhere near this process.
            }
        }

        IEnumerable<string> Doors(string kind) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, kind + own + "*", new EnumerationOptions()) : [];
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct ResourceLimit(nuint Soft, nuint Hard);

    [DllImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetResourceLimit(int resource, in ResourceLimit limit);

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ControlProcess(int option, nuint second, nuint third, nuint fourth, nuint fifth);
}
