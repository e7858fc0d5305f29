using System.Diagnostics;

namespace SecureChat.Bench;

/// <summary>
/// How long a person waits for the operator's tool on a large ledger: a process each time, from its start to its end, by the clock.
/// Whatever else runs on the machine counts.
/// </summary>
internal static class AdminFigures
{
    private static readonly string[][] Answers =
    [
        ["status"], ["history", "--last", "50"], ["history"], ["history", "--format", "csv"], ["history", "--member", "Member 77"], ["members"], ["requests"],
    ];

    /// <summary>Measures a published <c>securechat-admin</c>.</summary>
    /// <param name="table">Where the figures go.</param>
    /// <param name="folder">Where the ledger goes.</param>
    /// <param name="program">The executable.</param>
    /// <param name="entries">How long the ledger is.</param>
    /// <param name="rounds">How often each is asked.</param>
    public static void Measure(Table table, TemporaryFolder folder, string program, int entries, int rounds)
    {
        string data = folder.Make("data");
        long size = LargeLedger.FillFolder(data, entries);
        table.Add("the bare start of the program (s)", Run(program, ["--version"], rounds));
        foreach (string[] answer in Answers)
        {
            table.AtMost($"{string.Join(' ', answer)}, {size:N0} entries (s)", Run(program, [.. answer, data], rounds), 1);
        }

        table.Add("verify, entries a second with the start of the program", [.. Run(program, ["verify", data], rounds).Select(seconds => size / seconds)]);
    }

    private static List<double> Run(string program, string[] arguments, int rounds)
    {
        List<double> times = [];
        for (int round = -1; round < rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}.");
            }

            if (round >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }

        return times;
    }
}
