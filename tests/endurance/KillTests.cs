using Microsoft.Data.Sqlite;
using SecureChat.EnduranceTests.Voting;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// kill -9 at a random moment while several people ask, vote, leave and lock, and a start on what is left: whatever was answered is there,
/// in the ledger and over REST; nothing that was refused is; the tables are what a rebuild makes of the ledger, and exactly the pending requests
/// hold an address. 50 kills with every change, 1,000 in full.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int RoundsOnOneFolder = 25;
    private const int NewestRequests = 20;
    private const int Askers = 4;
    private const int MostChanges = 15;

    private int kills;
    private int acknowledged;
    private int unanswered;

    [Fact]
    public async Task What_was_answered_is_there_after_a_kill_at_any_moment()
    {
        Dice dice = Dice.Of(output);
        long started = TimeProvider.System.GetTimestamp();
        int folders = Amount.Of(50, 1000) / RoundsOnOneFolder;
        for (int folder = 0; folder < folders; folder += 2)
        {
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => dice.Split()).Select(own => Task.Run(() => KillAgainAndAgain(own))));
        }

        output.WriteLine($"{kills} kills in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s: {acknowledged} changes acknowledged, all there; {unanswered} calls cut off");
        acknowledged.ShouldBeGreaterThan(kills);
        unanswered.ShouldBeGreaterThan(kills, "kills in the middle of calls");
    }

    private async Task KillAgainAndAgain(Dice dice)
    {
        await using Circle circle = await Circle.Found(3);
        VotingLoad load = new(circle);
        for (int round = 0; round < RoundsOnOneFolder; round++)
        {
            Task running = load.Run(dice, Askers, CancellationToken.None);
            await load.Reaches(load.Acknowledged + dice.Below(MostChanges)); // the random moment
            await circle.Relay.Kill();
            await running;
            await circle.Relay.Start();

            LedgerStory story = LedgerStory.In(circle.Relay.DataFolder);
            load.ShouldBeTold(story);
            ShouldBeLikeARebuild(circle.Relay.DataFolder, story);
            await ShouldBeAnswered(circle, story);
            await load.TidyUp(story);
            Interlocked.Increment(ref kills);
        }

        circle.Relay.Output.ShouldNotContain("Unexpected");
        Interlocked.Add(ref acknowledged, load.Acknowledged);
        Interlocked.Add(ref unanswered, load.Unanswered);
    }

    private static void ShouldBeLikeARebuild(string dataFolder, LedgerStory story)
    {
        DirectoryInfo aside = Directory.CreateTempSubdirectory("securechat-compare-");
        try
        {
            ComparedTables compared = TableComparison.Compare(TableComparison.FileIn(dataFolder), LedgerFile.In(dataFolder), aside.FullName);
            compared.Differences.ShouldBeEmpty();
            compared.Position.ShouldBe(story.Lines.Count, "the start has brought the tables up to the ledger");
        }
        finally
        {
            aside.Delete(recursive: true);
        }

        using SqliteConnection tables = TableComparison.FileIn(dataFolder).OpenForReading();
        using SqliteCommand guards = tables.CreateCommand();
        guards.CommandText = "SELECT request_id FROM ip_cooldowns";
        using SqliteDataReader rows = guards.ExecuteReader();
        List<string> guarded = [];
        while (rows.Read())
        {
            guarded.Add(rows.GetString(0));
        }

        guarded.ShouldBe(story.Pending, ignoreOrder: true, "one address for each pending request");
    }

    private static async Task ShouldBeAnswered(Circle circle, LedgerStory story)
    {
        (string Request, string Status)[] newest = [.. story.Requests.TakeLast(NewestRequests).Select(request => (request.Key, request.Value))];
        (await Task.WhenAll(newest.Select(request => circle.Status(request.Request)))).ShouldBe(newest.Select(request => request.Status));

        (await circle.Founder.Get("/api/members")).Json.GetProperty("members").EnumerateArray().Select(member => member.Text("id"))
            .ShouldBe(story.Members, ignoreOrder: true);
        (await circle.Relay.Get("/api/status")).Json.Flag("requests_locked").ShouldBe(story.IsLocked);
    }
}
