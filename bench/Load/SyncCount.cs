using System.Diagnostics;
using System.Globalization;

namespace SecureChat.Bench.Load;

/// <summary>Counts how often a process asks the kernel to write a file to the disk, with perf, which does not stop it for that as strace would.</summary>
internal sealed class SyncCount : IDisposable
{
    private readonly Process? perf;

    private SyncCount(Process? perf) => this.perf = perf;

    public static SyncCount Of(int process)
    {
        try
        {
            Process counting = Process.Start(new ProcessStartInfo(
                "perf", ["stat", "-x,", "-e", "syscalls:sys_enter_fdatasync,syscalls:sys_enter_fsync", "-p", $"{process}"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                Environment = { ["LC_ALL"] = "C" },
            })!;

            // It says nothing when it has begun to count; what it opens shows.
            while (!counting.HasExited && Opened(counting.Id) == 0)
            {
                Thread.Yield();
            }

            return new SyncCount(counting);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return new SyncCount(null);
        }
    }

    /// <summary>How often, or NaN where there is no perf that may count.</summary>
    public double Stop()
    {
        if (perf is null)
        {
            return double.NaN;
        }

        _ = Libc.Interrupt(perf.Id);
        string[] lines = perf.StandardError.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        perf.WaitForExit();
        double[] counts =
        [
            .. lines.Where(line => line.Contains("sync", StringComparison.Ordinal))
                .Select(line => double.TryParse(line.Split(',')[0], CultureInfo.InvariantCulture, out double count) ? count : double.NaN),
        ];
        return counts.Length == 2 ? counts.Sum() : double.NaN;
    }

    public void Dispose() => perf?.Dispose();

    private static int Opened(int process) =>
        Directory.GetFiles($"/proc/{process}/fd").Count(file => new FileInfo(file).LinkTarget?.Contains("perf_event", StringComparison.Ordinal) == true);
}
