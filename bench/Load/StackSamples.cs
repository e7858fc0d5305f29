using System.Diagnostics;

namespace SecureChat.Bench.Load;

/// <summary>Where the processor's time goes while a server is measured: samples of its stacks, taken by perf for as long as this exists.</summary>
internal sealed class StackSamples : IDisposable
{
    private readonly Process perf;

    private StackSamples(Process perf) => this.perf = perf;

    /// <summary>Begins to sample a process, into a file that <c>perf report -i</c> reads.</summary>
    public static StackSamples Of(int process, string file)
    {
        string[] options = ["record", "-q", "-F", "1999", "-g", "-o", file, "-p", $"{process}"];
        return new StackSamples(Process.Start(new ProcessStartInfo("perf", options) { UseShellExecute = false })!);
    }

    public void Dispose()
    {
        _ = Libc.Interrupt(perf.Id);
        perf.WaitForExit();
        perf.Dispose();
    }
}
