using SecureChat.EnduranceTests.Disk;
using SecureChat.EnduranceTests.Voting;
using SecureChat.Projections;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// The power fails: every write, sync, creation, truncation and renaming in the data folder of a real relay under a voting load is recorded, from
/// its first start over a stop and a second start on; then images are made of what a disk may hold after any of these calls, unsynced
/// writes dropped, reordered or torn. Each must start, with everything that had been answered by then. As the control, the same with syncs that
/// do nothing must lose answered changes. 1,000 images with every change, 10,000 in full.
/// </summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private const int Changes = 300;
    private const int ControlImages = 100;
    private const int CallsOfFirstStart = 200;

    private int images;
    private int lost;
    private int corrupt;
    private string? first;

    [InterposingFact]
    public async Task Every_image_starts_with_everything_that_was_answered()
    {
        Dice dice = Dice.Of(output);
        (List<DiskCall> calls, Attempt[] acknowledged, List<string> whole) = await Record(dice);
        output.WriteLine(
            $"{calls.Count} calls recorded: {string.Join(", ", calls.CountBy(call => call.Kind).Select(kind => $"{kind.Value} {kind.Key}"))}; {acknowledged.Length} changes acknowledged");

        long started = TimeProvider.System.GetTimestamp();
        Crash(calls, acknowledged, whole, dice, Amount.Of(1000, 10_000), ignoresSyncs: false);
        output.WriteLine($"{images} images in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s: {lost} lost, {corrupt} corrupt");
        (lost, corrupt).ShouldBe((0, 0), first);

        images = 0;
        Crash(calls, acknowledged, whole, dice, ControlImages, ignoresSyncs: true);
        output.WriteLine($"control, {images} images with syncs that do nothing: {lost} lost, {corrupt} corrupt");
        lost.ShouldBeGreaterThan(0, "without syncs there is loss, and it is found");
    }

    private static async Task<(List<DiskCall> Calls, Attempt[] Acknowledged, List<string> Whole)> Record(Dice dice)
    {
        RelayProcess relay = RelayProcess.Prepare();
        using InterposedDisk disk = InterposedDisk.Before(relay, records: true);
        await relay.Start();
        await using Circle circle = await Circle.FoundOn(relay, 3);
        VotingLoad load = new(circle);
        foreach (bool last in new[] { false, true })
        {
            using CancellationTokenSource enough = new();
            Task running = load.Run(dice, askers: 3, enough.Token);
            await load.Reaches(last ? Changes : Changes / 2);
            await enough.CancelAsync();
            await running;
            await relay.Stop();
            if (!last)
            {
                await relay.Start();
            }
        }

        return (DiskCall.Read(disk.Record), [.. load.Attempts.Where(attempt => attempt.Answer == 200)], LedgerStory.In(relay.DataFolder).Lines);
    }

    private void Crash(List<DiskCall> calls, Attempt[] acknowledged, List<string> whole, Dice dice, int count, bool ignoresSyncs)
    {
        // A quarter of them in the first start, in which files and names are made.
        int[] cuts = [.. Enumerable.Range(0, count).Select(image => dice.Below(image % 4 == 0 ? CallsOfFirstStart : calls.Count)).Order()];
        UnreliableFolder folder = new(ignoresSyncs);
        List<(string Folder, string Which, long At)> made = [];
        int done = 0;
        foreach (int cut in cuts)
        {
            for (; done < cut; done++)
            {
                folder.Do(calls[done]);
            }

            string image = Directory.CreateTempSubdirectory("securechat-image-").FullName;
            UnreliableFile.Fate fate = folder.Crash(dice, image);
            made.Add((image, $"before call {cut} of {calls.Count} ({calls[cut].Kind}), {fate}", calls[cut].At));
            if (made.Count == 32 || made.Count + images == count)
            {
                Parallel.ForEach(made, new ParallelOptions { MaxDegreeOfParallelism = 2 }, one => Check(one.Folder, one.Which, one.At, acknowledged, whole));
                images += made.Count;
                made.Clear();
            }
        }
    }

    private void Check(string image, string which, long at, Attempt[] acknowledged, List<string> whole)
    {
        try
        {
            List<string> lines = Opened(image);
            HashSet<string> there = [.. lines];
            string[] missing = [.. acknowledged.Where(attempt => attempt.AnsweredAt < at && !there.Contains(attempt.What)).Select(attempt => attempt.What)];
            if (missing.Length > 0)
            {
                Interlocked.Increment(ref lost);
                first ??= $"Lost {which}: {string.Join(", ", missing)}";
            }

            if (!whole.Take(lines.Count).SequenceEqual(lines))
            {
                throw new InvalidDataException("The ledger is not the beginning of the whole one.");
            }
        }
        catch (Exception refused)
        {
            Interlocked.Increment(ref corrupt);
            first ??= $"Does not start {which}: {refused.Message}";
        }
        finally
        {
            Directory.Delete(image, recursive: true);
        }
    }

    /// <summary>What a start of the relay does with the folder, in this process; the story of its ledger afterwards.</summary>
    private static List<string> Opened(string image)
    {
        LiveCircle opened = LiveCircle.Open(image, TimeProvider.System);
        try
        {
            foreach (string pending in LedgerStory.In(image).Pending)
            {
                (opened.FindJoinRequest(pending)?.Status).ShouldBe("pending");
            }

            return LedgerStory.In(image).Lines;
        }
        finally
        {
            opened.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
