using SecureChat.Ledger.Circle;
using SecureChat.UnitTests.Admin;
using SecureChat.UnitTests.Circle;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Storage;

/// <summary>What was erased is gone from the write-ahead log too, as soon as nobody reads an older state of the file.</summary>
public sealed class ScrubTests : IDisposable
{
    private readonly LedgerFolder folder = LedgerFolder.With(
        new FounderRegistered(SomeNewcomer.Called("ann")), new RequestSubmitted("r", SomeEntry.Time + 1, SomeNewcomer.Called("mallory")),
        new VoteCast("r", 0, Approve: false), new RequestRejected("r", 2));

    private static readonly EraseAddenda Mallory = new([new AddendaErased(1, ["profile", "keys"])]);

    [Fact]
    public async Task Whoever_is_erased_is_gone_from_all_files_at_once()
    {
        await using var writer = folder.Open();
        FilesOf.With("mallory", folder.Path).ShouldNotBeEmpty();
        await writer.SubmitAsync(Mallory);
        FilesOf.With("mallory", folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task While_somebody_reads_the_file_the_writer_goes_on_and_empties_the_log_afterwards()
    {
        await using var writer = folder.Open();
        await writer.SubmitAsync(new SubmitRequest("s", SomeNewcomer.Called("trudy")));
        await writer.SubmitAsync(new CastVote("s", "ann", Approve: false));
        using (var reader = folder.File.OpenForReading())
        {
            LedgerFolder.Execute(reader, "BEGIN");
            LedgerFolder.Scalar(reader, "SELECT count(*) FROM entries").ShouldBe(7L);
            (await writer.SubmitAsync(new EraseAddenda([new AddendaErased(4, ["profile", "keys"])]))).Size.ShouldBe(8);
            FilesOf.With("trudy", folder.Path).ShouldContain("ledger.db-wal");
            (await writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: true))).Size.ShouldBe(9);
            FilesOf.With("trudy", folder.Path).ShouldContain("ledger.db-wal");
        }

        await Waiting.Until(() =>
        {
            folder.Clock.Advance(TimeSpan.FromSeconds(1));
            return FilesOf.With("trudy", folder.Path).Length == 0;
        });
        (await writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: false))).Size.ShouldBe(10);
    }

    [Fact]
    public async Task What_a_crash_left_is_gone_after_the_next_start()
    {
        // The connection that stays open keeps the log from being emptied at the end, as a crash would.
        using var open = folder.File.Open();
        LedgerFolder.Scalar(open, "SELECT count(*) FROM entries").ShouldBe(4L);
        using (var erasing = folder.File.Open())
        {
            LedgerFolder.Execute(erasing, "CREATE TABLE rumour (text TEXT); INSERT INTO rumour VALUES ('walrus-whisper'); DELETE FROM rumour; DROP TABLE rumour");
        }

        FilesOf.With("walrus-whisper", folder.Path).ShouldBe(["ledger.db-wal"]);
        await using var writer = folder.Open();
        await Waiting.Until(() => FilesOf.With("walrus-whisper", folder.Path).Length == 0);
    }

    public void Dispose() => folder.Dispose();
}
