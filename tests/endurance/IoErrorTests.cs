using SecureChat.EnduranceTests.Disk;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// One write or sync of the ledger's files fails in the real process, once, as an operating system reports it: from then on changes are
/// answered with 503 until a restart, messages go on, and the restart finds everything that was answered and nothing half done. A write that finds no
/// room refuses one change and no more. A sample with every change, each write and each sync of the same script in full.
/// </summary>
public sealed class IoErrorTests(ITestOutputHelper output)
{
    private const int Sample = 3;

    [InterposingFact]
    public async Task After_one_failed_sync_nothing_is_written_until_a_restart() =>
        await FailEach(InterposedDisk.Call.Sync, InterposedDisk.InputOutputError, stops: true);

    [InterposingFact]
    public async Task After_one_failed_write_nothing_is_written_until_a_restart() =>
        await FailEach(InterposedDisk.Call.Write, InterposedDisk.InputOutputError, stops: true);

    [InterposingFact]
    public async Task One_write_without_room_refuses_one_change() =>
        await FailEach(InterposedDisk.Call.Write, InterposedDisk.NoSpace, stops: false);

    [InterposingFact]
    public async Task A_start_during_which_a_sync_or_write_fails_loses_nothing()
    {
        Dice dice = Dice.Of(output);
        await using Stage stage = await Stage.Set();
        int starts = 0;
        foreach (InterposedDisk.Call call in InterposedDisk.All)
        {
            int most = await stage.CallsOfAStart(call);
            foreach (int which in Chosen(dice, most))
            {
                await stage.StartsInSpiteOf(call, which);
                starts++;
            }

            output.WriteLine($"a start on what a kill left has {most} calls of the kind {call}");
        }

        output.WriteLine($"{starts} starts with a failed call, nothing lost");
        starts.ShouldBeGreaterThan(0);
    }

    [InterposingFact]
    public async Task An_error_while_the_log_is_moved_into_the_main_file_stops_writing_too()
    {
        await using Stage stage = await Stage.Set();
        foreach (InterposedDisk.Call call in new[] { InterposedDisk.Call.CheckpointWrite, InterposedDisk.Call.CheckpointSync })
        {
            int changes = await stage.FailsAtLast(call);
            output.WriteLine($"the first {call} came after {changes} changes and failed: all there");
        }
    }

    private async Task FailEach(InterposedDisk.Call call, int error, bool stops)
    {
        Dice dice = Dice.Of(output);
        await using Stage stage = await Stage.Set();
        int most = await stage.CallsOfTheScript(call);
        most.ShouldBeGreaterThan(3, "the script writes");
        int[] chosen = [.. Chosen(dice, most)];
        foreach (int which in chosen)
        {
            await stage.Fails(call, which, error, stops);
        }

        output.WriteLine($"{chosen.Length} of {most} calls of the kind {call} failed with errno {error}, one in each run: {stage.Acknowledged} changes acknowledged, all there; {stage.Unavailable} answered 503");
    }

    private static IEnumerable<int> Chosen(Dice dice, int most)
    {
        int[] all = [.. Enumerable.Range(1, most)];
        int wanted = Math.Min(most, Amount.Of(Sample, most));
        for (int index = 0; index < wanted; index++)
        {
            int other = index + dice.Below(most - index);
            (all[index], all[other]) = (all[other], all[index]);
        }

        return all.Take(wanted);
    }
}
