using SharpFuzz;

namespace SecureChat.FuzzTests;

/// <summary>The program that a fuzzer runs; <c>tests/fuzz/run</c> calls it.</summary>
internal static class FuzzProgram
{
    private const string Usage = "list | seeds TARGET FOLDER | instrument FILE… | once TARGET FILE… (not instrumented) | fuzz TARGET";

    public static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["list"]:
                Console.WriteLine(string.Join('\n', Target.All.Select(target => target.Name)));
                return 0;
            case ["seeds", var name, var folder]:
                WriteSeeds(Named(name), folder);
                return 0;
            case ["instrument", .. var files]:
                foreach (string file in files)
                {
                    // Of this program only the control: whatever is instrumented can't run before the fuzzer's map is there.
                    Fuzzer.Instrument(file, type => Path.GetFileName(file) != "SecureChat.FuzzTests.dll" || type.Contains(nameof(ControlTarget), StringComparison.Ordinal), Options.Value);
                }

                return 0;
            case ["once", var name, .. var files]:
                foreach (string file in files)
                {
                    Named(name).Execute(File.ReadAllBytes(file));
                }

                return 0;
            case ["fuzz", var name]:
                Target? target = null;
                Fuzzer.Run(stream => (target ??= Named(name)).Execute(ToEnd(stream)));
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static Target Named(string name) =>
        Target.All.FirstOrDefault(target => target.Name == name) ?? throw new ArgumentException($"No target {name}. There are: {string.Join(", ", Target.All)}");

    private static void WriteSeeds(Target target, string folder)
    {
        Directory.CreateDirectory(folder);
        int number = 0;
        foreach (byte[] seed in target.Seeds())
        {
            File.WriteAllBytes(Path.Combine(folder, $"made-{number++}"), seed);
        }
    }

    private static byte[] ToEnd(Stream stream)
    {
        using MemoryStream all = new();
        stream.CopyTo(all);
        return all.ToArray();
    }
}
