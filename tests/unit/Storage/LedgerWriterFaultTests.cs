using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.UnitTests.Circle;

namespace SecureChat.UnitTests.Storage;

/// <summary>What cannot be written did not happen.</summary>
public sealed class LedgerWriterFaultTests : IDisposable
{
    private readonly LedgerFolder folder = LedgerFolder.With(new FounderRegistered(SomeNewcomer.Called("ann")));

    [Fact]
    public async Task A_full_disk_loses_nothing_and_the_next_change_works_when_there_is_space()
    {
        using var connection = folder.File.Open();
        await using LedgerWriter writer = new(connection, folder.Check(), folder.Clock);
        long pages = (long)LedgerFolder.Scalar(connection, "PRAGMA page_count")!;
        LedgerFolder.Execute(connection, $"PRAGMA max_page_count = {pages + 4}");

        int written = 0;
        LedgerUnavailableException? full = null;
        while (full is null)
        {
            string before = Story.Show(writer.State);
            try
            {
                var outcome = await writer.SubmitAsync(new SubmitRequest($"r-{written}", SomeNewcomer.Called($"id-{written}")));
                outcome.Position.ShouldBe(++written);
            }
            catch (LedgerUnavailableException unavailable)
            {
                full = unavailable;
                Story.Show(writer.State).ShouldBe(before);
            }
        }

        written.ShouldBeGreaterThan(0);
        full.Message.ShouldContain("disk is full");
        folder.Check().State.Size.ShouldBe(written + 1);

        LedgerFolder.Execute(connection, "PRAGMA max_page_count = 1000000");
        (await writer.SubmitAsync(new SubmitRequest("r", SomeNewcomer.Called("bob")))).Position.ShouldBe(written + 1);
        Story.Show(folder.Check().State).ShouldBe(Story.Show(writer.State));
    }

    [Theory]
    [InlineData("entries")]
    [InlineData("addenda")]
    [InlineData("used_signatures")]
    [InlineData("checkpoints")]
    [InlineData("tree")]
    public async Task After_any_other_error_nothing_is_written_until_the_next_start(string table)
    {
        await using var writer = folder.Open();
        List<long> durable = [];
        writer.Durable += durable.Add;
        string before = Story.Show(writer.State);
        folder.Execute(TriggerOn(table));

        await Unavailable(writer, new SubmitRequest("r-1", SomeNewcomer.Called("bob")));
        Story.Show(writer.State).ShouldBe(before);
        folder.Execute("DROP TRIGGER planted");
        await Unavailable(writer, new SubmitRequest("r-2", SomeNewcomer.Called("cat")));

        Story.Show(writer.State).ShouldBe(before);
        await writer.DisposeAsync();
        durable.ShouldBeEmpty();
        folder.Scalar("SELECT (SELECT count(*) FROM entries) + (SELECT count(*) FROM used_signatures)").ShouldBe(1L);
        await using var again = folder.Open();
        Story.Show(again.State).ShouldBe(before);
        (await again.SubmitAsync(new SubmitRequest("r-1", SomeNewcomer.Called("bob")))).Position.ShouldBe(1);
    }

    [Fact]
    public async Task All_of_a_batch_fails_together()
    {
        await using var writer = folder.Open();
        Task<Outcome>[] answers;
        using (var other = folder.File.Open())
        {
            LedgerFolder.Execute(other, "BEGIN IMMEDIATE");
            answers = [.. Enumerable.Range(0, 20).Select(number => writer.SubmitAsync(new SubmitRequest($"r-{number}", SomeNewcomer.Called($"id-{number}"))))];
            LedgerFolder.Execute(other, $"{TriggerOn("entries")}; COMMIT");
        }

        foreach (var answer in answers)
        {
            await Should.ThrowAsync<LedgerUnavailableException>(() => answer);
        }

        folder.Check().State.Size.ShouldBe(1);
    }

    [Fact]
    public async Task A_listener_that_throws_keeps_nobody_from_being_told_and_nothing_from_being_written()
    {
        await using var writer = folder.Open();
        List<long> told = [];
        writer.Durable += _ => throw new InvalidOperationException("planted");
        writer.Durable += told.Add;
        writer.Broken.IsCompleted.ShouldBeFalse();

        (await writer.SubmitAsync(new SubmitRequest("r-1", SomeNewcomer.Called("bob")))).Position.ShouldBe(1);
        (await writer.Broken).Message.ShouldBe("planted");
        (await writer.SubmitAsync(new SubmitRequest("r-2", SomeNewcomer.Called("cat")))).Position.ShouldBe(2);
        await writer.DrainAsync();
        told.ShouldBe([2, 3]);
    }

    private static string TriggerOn(string table) => $"CREATE TRIGGER planted BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'planted'); END";

    private static Task Unavailable(LedgerWriter writer, CircleCommand command) =>
        Should.ThrowAsync<LedgerUnavailableException>(() => writer.SubmitAsync(command, new UsedSignature("bob", SomeEntry.Time)));

    public void Dispose() => folder.Dispose();
}
