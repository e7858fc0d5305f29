using System.Globalization;

namespace SecureChat.Bench.Load;

/// <summary>Which process of this machine listens on a port.</summary>
internal static class ListeningProcess
{
    private const string Listening = "0A";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    public static int On(int port)
    {
        string end = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        HashSet<string> sockets =
        [
            .. Tables.SelectMany(File.ReadLines)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields[1].EndsWith(end, StringComparison.Ordinal) && fields[3] == Listening)
                .Select(fields => $"socket:[{fields[9]}]"),
        ];
        foreach (string process in Directory.GetDirectories("/proc").Where(folder => folder[6..].All(char.IsAsciiDigit)))
        {
            try
            {
                if (Directory.GetFiles(Path.Combine(process, "fd")).Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target)))
                {
                    return int.Parse(process[6..], CultureInfo.InvariantCulture);
                }
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // Somebody else's process, or one that has ended meanwhile.
            }
        }

        throw new InvalidOperationException($"No process that may be looked at listens on port {port}; a server elsewhere has no processor time to read.");
    }
}
