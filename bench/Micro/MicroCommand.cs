using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace SecureChat.Bench.Micro;

/// <summary>The hot pieces by themselves, in nanoseconds and allocated bytes.</summary>
internal static class MicroCommand
{
    /// <param name="options">Those of BenchmarkDotNet, such as <c>--filter *Verify*</c>; all pieces when there are none.</param>
    /// <param name="folder">Where BenchmarkDotNet puts its files, which are gone afterwards.</param>
    public static void Run(string[] options, string folder)
    {
        // In this process: BenchmarkDotNet would otherwise build a project of its own, by other rules than ours.
        ManualConfig config = ManualConfig.CreateEmpty()
            .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(folder);
        BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(options.Length == 0 ? ["--filter", "*"] : options, config);
    }
}
