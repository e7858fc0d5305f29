using SecureChat.EnduranceTests.Disk;
using SecureChat.EnduranceTests.Voting;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// A data folder on a disk of four megabytes that is full to the last block: messages go on and changes are answered with 503; with room they
/// work again without a restart. The relay also starts there, whatever was left behind, its tables missing too.
/// </summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    [MountingFact]
    public async Task Messages_go_on_and_changes_work_again_when_there_is_room()
    {
        await using RelayProcess relay = RelayProcess.Prepare();
        using SmallDisk disk = SmallDisk.Under(relay);
        await relay.Start();
        Circle circle = await Circle.FoundOn(relay, 3);
        string request = await circle.Stranger().HasAsked();
        await using ClientSocket sender = await circle[0].Connects();
        await using ClientSocket reader = await circle[1].Connects();

        disk.Fill();
        int written = await ChangesUntilRefused(circle);
        await AsksInVain(circle, written);
        (await circle[1].Votes(request, approved: true)).ShouldBeRefused(503, "ledger_unavailable");
        (await circle[2].Delete($"/api/members/{circle[2].Id}")).ShouldBeRefused(503, "ledger_unavailable");
        for (int number = 0; number < 50; number++)
        {
            await circle.Passes(sender, reader);
        }

        (await circle[2].Get("/api/members")).Json.GetProperty("members").GetArrayLength().ShouldBe(3);
        (await circle.Status(request)).ShouldBe("pending");

        disk.MakeRoom();
        await circle[0].Approves(request);
        await circle[1].Approves(request);
        await circle[2].Approves(request);
        (await circle.Status(request)).ShouldBe("approved");
        await circle.Passes(sender, reader);
        ShouldBeLikeARebuild(relay);
        relay.Output.Split("Membership changes fail").Length.ShouldBe(2, relay.Output);
        relay.Output.Split("Membership changes work again").Length.ShouldBe(2, relay.Output);
        output.WriteLine($"{written} changes still found room, then 503; 50 messages passed; all changes work with room again");
        await relay.Stop();
    }

    [MountingTheory]
    [InlineData("stopped")]
    [InlineData("killed")]
    [InlineData("without tables")]
    [InlineData("with older tables")]
    public async Task It_starts_on_a_full_disk_and_changes_work_when_there_is_room(string left)
    {
        await using RelayProcess relay = RelayProcess.Prepare();
        using SmallDisk disk = SmallDisk.Under(relay);
        await relay.Start();
        Circle circle = await Circle.FoundOn(relay, 3);
        string request = await circle.Stranger().HasAsked();
        await Leave(circle, left);

        disk.Fill();
        await relay.Start();
        (await relay.Get("/api/status")).Json.Number("member_count").ShouldBe(3);
        await using ClientSocket sender = await circle[0].Connects();
        await using ClientSocket reader = await circle[1].Connects();
        await circle.Passes(sender, reader);
        int written = await ChangesUntilRefused(circle);
        await AsksInVain(circle, written);
        await circle.Passes(sender, reader);
        if (left == "stopped")
        {
            // Its files are whole, and only what SQLite keeps beside them has no room.
            (await circle.Status(request)).ShouldBe("pending");
            relay.Output.ShouldContain("The disk is full.");
        }

        disk.MakeRoom();
        await Waiting.Until(async () => (await relay.Get($"/api/join-request/{request}")).Status == 200, "the tables show the request");
        await Waiting.Until(async () => (await circle[0].Votes(request, approved: true)).Status == 200, "a vote is taken");
        await circle[1].Approves(request);
        await circle[2].Approves(request);
        (await circle.Status(request)).ShouldBe("approved");
        await circle.Passes(sender, reader);
        await relay.Stop();
        ShouldBeLikeARebuild(relay);
        await relay.Start();
        (await circle.Status(request)).ShouldBe("approved");
        await relay.Stop();
    }

    [MountingFact]
    public async Task A_first_start_on_a_full_disk_is_refused_with_one_line_and_works_with_room()
    {
        await using RelayProcess relay = RelayProcess.Prepare();
        using SmallDisk disk = SmallDisk.Under(relay);
        disk.Fill();
        (int exitCode, string[] lines) = await relay.StartInVain();
        exitCode.ShouldBe(1);
        lines.ShouldHaveSingleItem().ShouldContain("full");
        disk.MakeRoom();
        await relay.Start();
        await relay.Stop();
    }

    private static async Task Leave(Circle circle, string left)
    {
        RelayProcess relay = circle.Relay;
        string aside = Path.Combine(relay.Folder, "aside.db");
        if (left == "with older tables")
        {
            await relay.Stop();
            File.Copy(Path.Combine(relay.DataFolder, "securechat.db"), aside);
            await relay.Start();
            (await circle.Founder.Locks(true)).Status.ShouldBe(200);
            (await circle.Founder.Locks(false)).Status.ShouldBe(200);
        }

        if (left == "killed")
        {
            await relay.Kill();
            return;
        }

        await relay.Stop();
        if (left == "without tables")
        {
            relay.DeleteProjections();
        }
        else if (left == "with older tables")
        {
            File.Copy(aside, Path.Combine(relay.DataFolder, "securechat.db"), overwrite: true);
        }
    }

    // What is left of the blocks that the log of changes has already may still be enough for a few.
    private static async Task<int> ChangesUntilRefused(Circle circle)
    {
        for (int changes = 0; changes < 200; changes++)
        {
            Answer answer = await circle.Founder.Locks(changes % 2 == 0);
            if (answer.Status != 200)
            {
                answer.ShouldBeRefused(503, "ledger_unavailable");
                return changes;
            }
        }

        throw new ShouldAssertException("The disk is full, and two hundred changes found room.");
    }

    // Every other change closes the circle for requests, and then a stranger is told that before the disk is asked.
    private static async Task AsksInVain(Circle circle, int written)
    {
        Answer answer = await circle.Stranger().Asks();
        if (written % 2 == 0)
        {
            answer.ShouldBeRefused(503, "ledger_unavailable");
        }
        else
        {
            answer.ShouldBeRefused(400, "requests_locked");
        }
    }

    private static void ShouldBeLikeARebuild(RelayProcess relay)
    {
        DirectoryInfo aside = Directory.CreateTempSubdirectory("securechat-compare-");
        try
        {
            ComparedTables compared = TableComparison.Compare(
                TableComparison.FileIn(relay.DataFolder), LedgerFile.In(relay.DataFolder), aside.FullName);
            compared.Differences.ShouldBeEmpty();
            compared.Position.ShouldBe(LedgerStory.In(relay.DataFolder).Lines.Count);
        }
        finally
        {
            aside.Delete(recursive: true);
        }
    }
}
