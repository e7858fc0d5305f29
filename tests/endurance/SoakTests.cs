using System.Diagnostics;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// A circle that lives: messages, votes, people who come, go and come back, sockets that end in every way. Afterwards the
/// relay's memory, handles and threads are what they were when it had warmed up.
/// </summary>
/// <remarks>
/// Warm-up is the first third. Samples are taken between two rounds, when nothing but the sockets of those who stay is open.
/// Memory: the median of the resident set over the last sixth may lie at most <see cref="Growth"/> above that over the sixth before the
/// end of the warm-up: 12 MiB, and twice that in a short run, in which the runtime still compiles what it has seen often. The collector
/// is told to be content with a young generation of 4 MiB, so that what is resident is what is kept. Handles and threads: the most in the second half may be at most <see cref="FewMore"/> above the most during the warm-up; both swing with connections
/// that clients keep alive, and with the thread pool.
/// </remarks>
public sealed class SoakTests(ITestOutputHelper output)
{
    // A short run sees what a burst of others on the machine does to a pool of threads.
    private static readonly int FewMore = Amount.Of(16, 6);

    private static readonly long Growth = Amount.Of(24, 12) * 1024L * 1024;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("SOAK_SECONDS"), out var seconds) ? seconds : Amount.Of(120, 3600));

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(400);

    private readonly List<Sample> samples = [];
    private readonly Dictionary<string, int> done = [];

    [RootFact]
    public async Task Memory_handles_and_threads_stay_flat_while_people_come_and_go()
    {
        var dice = Dice.Of(output);
        await using var circle = await Circle.Found(3, ("DOTNET_GCgen0size", "400000"), ("RATE_LIMIT_PER_MINUTE", "0"));
        await using var life = new CircleLife(circle, dice, done);
        await life.Begin();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Duration)
        {
            var round = Stopwatch.GetTimestamp();
            await life.Round();
            samples.Add(Sample.Of(circle.Relay.ProcessId, Stopwatch.GetElapsedTime(started)));
            var rest = Round - Stopwatch.GetElapsedTime(round);
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero); // a modest rate, not a wait
        }

        Tell();
        Flat();
        circle.Relay.Output.ShouldNotContain("Unexpected");
        await circle.Relay.Stop();
    }

    private void Tell()
    {
        output.WriteLine($"{Duration.TotalSeconds} s, {samples.Count} rounds: {string.Join(", ", done.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} {pair.Key}"))}");
        for (var part = 0; part < 6; part++)
        {
            var some = Part(part);
            output.WriteLine(
                $"sixth {part + 1}: resident {Median(some) >> 10} KiB, handles {some.Max(sample => sample.Handles)}, threads {some.Max(sample => sample.Threads)} (median, most, most)");
        }
    }

    private void Flat()
    {
        (Median(Part(5)) - Median(Part(1))).ShouldBeLessThan(Growth, "resident bytes");
        var (warming, late) = (Part(0).Concat(Part(1)).ToList(), Part(3).Concat(Part(4)).Concat(Part(5)).ToList());
        late.Max(sample => sample.Handles).ShouldBeLessThanOrEqualTo(warming.Max(sample => sample.Handles) + FewMore, "handles");
        late.Max(sample => sample.Threads).ShouldBeLessThanOrEqualTo(warming.Max(sample => sample.Threads) + FewMore, "threads");
    }

    private List<Sample> Part(int sixth) =>
        [.. samples.Where(sample => (int)(6 * sample.After.TotalMilliseconds / (samples[^1].After.TotalMilliseconds + 1)) == sixth)];

    private static long Median(List<Sample> some) => some.Select(sample => sample.Resident).Order().ElementAt(some.Count / 2);

    private sealed record Sample(TimeSpan After, long Resident, int Handles, long Threads)
    {
        public static Sample Of(int process, TimeSpan after) =>
            new(after, ProcessFacts.Resident(process), ProcessFacts.Handles(process), ProcessFacts.Status(process, "Threads"));
    }
}
