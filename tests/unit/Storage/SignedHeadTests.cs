using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Circle;

namespace SecureChat.UnitTests.Storage;

/// <summary>Every transaction that appends leaves a signed checkpoint over exactly what is there then.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SignedHeadTests : IDisposable
{
    private readonly LedgerFolder folder = LedgerFolder.With(new FounderRegistered(SomeNewcomer.Called("ann")));

    [Fact]
    public async Task Every_append_brings_a_checkpoint_over_exactly_the_entries_that_are_there()
    {
        await using var writer = folder.Open();
        for (int number = 0; number < 20; number++)
        {
            var outcome = await writer.SubmitAsync(new SubmitRequest($"r-{number}", SomeNewcomer.Called($"id-{number}")));

            Newest().Size.ShouldBe(outcome.Size);
            Newest().Root.ShouldBe(RootOfEntries());
        }

        folder.Scalar("SELECT count(*) FROM checkpoints").ShouldBe(22L);
    }

    [Fact]
    public async Task What_follows_from_a_vote_stands_under_the_same_checkpoint()
    {
        await using var writer = folder.Open();
        await writer.SubmitAsync(new SubmitRequest("r", SomeNewcomer.Called("bob")));
        (await writer.SubmitAsync(new CastVote("r", "ann", Approve: true))).Size.ShouldBe(4);
        Sizes().ShouldBe("0,1,2,4");
    }

    [Fact]
    public async Task Whoever_hears_that_something_is_durable_finds_its_checkpoint()
    {
        await using var writer = folder.Open();
        List<(long Told, long Signed)> heard = [];
        writer.Durable += size => heard.Add((size, Newest().Size));
        for (int number = 0; number < 5; number++)
        {
            await writer.SubmitAsync(new ChangeRequestsLock("ann", Locked: true));
        }

        await writer.DisposeAsync();
        heard.ShouldBe([(2, 2), (3, 3), (4, 4), (5, 5), (6, 6)]);
    }

    [Fact]
    public async Task What_is_refused_is_not_signed()
    {
        await using var writer = folder.Open();
        await writer.SubmitAsync(new Leave("stranger"));
        Sizes().ShouldBe("0,1");
    }

    [Fact]
    public void A_new_ledger_has_signed_that_it_is_empty_and_keeps_its_key_to_itself()
    {
        using LedgerFolder empty = new();
        var ledger = empty.Check();
        ledger.Checkpoint.Checkpoint.ShouldBe(new Checkpoint(ledger.Origin, 0, MerkleHashing.EmptyRoot));
        ledger.Origin.ShouldBe("securechat.invalid/ledger/07070707070707070707070707070707");
        File.GetUnixFileMode(Path.Combine(empty.Path, LogKey.FileName)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void The_origin_that_was_set_at_the_first_start_is_the_name_of_the_log()
    {
        using LedgerFolder empty = new();
        empty.Check("chat.example.org/ledger").Origin.ShouldBe("chat.example.org/ledger");
        empty.Check().Origin.ShouldBe("chat.example.org/ledger");
        empty.Check("chat.example.org/ledger").Checkpoint.Note.Text.ShouldStartWith("chat.example.org/ledger\n0\n");
    }

    private Checkpoint Newest()
    {
        var note = (byte[])folder.Scalar("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1")!;
        return Checkpoint.Open(note, LogKey.Read(folder.Path)!.VerifierKey).Value.Checkpoint;
    }

    private Hash RootOfEntries()
    {
        CompactRange range = new();
        using SqliteConnection connection = folder.File.OpenForReading();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT bytes FROM entries ORDER BY position";
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            range.Append(MerkleHashing.Leaf((byte[])rows[0]));
        }

        return range.Root();
    }

    private string Sizes() => (string)folder.Scalar("SELECT group_concat(size) FROM (SELECT size FROM checkpoints ORDER BY size)")!;

    public void Dispose() => folder.Dispose();
}
