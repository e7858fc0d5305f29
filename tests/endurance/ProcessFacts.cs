using System.Globalization;

namespace SecureChat.EnduranceTests;

/// <summary>What the kernel says about another process, in <c>/proc</c>.</summary>
internal static class ProcessFacts
{
    /// <summary>The number of a line of <c>/proc/PID/status</c>, such as VmRSS (in KiB) or Threads.</summary>
    public static long Status(int process, string name) =>
        long.Parse(Line($"/proc/{process}/status", name + ":").Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    /// <summary>The resident memory of a process, in bytes.</summary>
    public static long Resident(int process) => Status(process, "VmRSS") * 1024;

    /// <summary>How many handles a process has open. Only root may look into a relay.</summary>
    public static int Handles(int process) => Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count();

    /// <summary>The line of a file that begins so.</summary>
    public static string Line(string file, string beginning) =>
        File.ReadLines(file).Single(line => line.StartsWith(beginning, StringComparison.Ordinal));
}
