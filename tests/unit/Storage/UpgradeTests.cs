using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Circle;

namespace SecureChat.UnitTests.Storage;

/// <summary>A ledger from before there was a tree: entries and addenda, and nothing else.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class UpgradeTests : IDisposable
{
    private const int Entries = 11;

    private static readonly CircleEvent[] Past =
    [
        new FounderRegistered(SomeNewcomer.Called("ann")),
        .. Enumerable.Range(1, Entries - 1).Select(number => new RequestsLockChanged(0, Locked: number % 2 == 1)),
    ];

    private readonly LedgerFolder folder = new();

    public UpgradeTests() => WriteVersionOne(folder);

    private string Copy => folder.File.Path + ".v1";

    [Fact]
    public async Task It_gets_a_tree_and_a_checkpoint_and_goes_on()
    {
        var ledger = folder.Check();
        ledger.Checkpoint.Checkpoint.Size.ShouldBe(Entries);
        ledger.Checkpoint.Checkpoint.Root.ShouldBe(RootOfEntries());
        folder.Scalar("PRAGMA user_version").ShouldBe(2L);

        await using (LedgerWriter writer = new(ledger, folder.Clock))
        {
            (await writer.SubmitAsync(new SubmitRequest("r", SomeNewcomer.Called("bob")))).Position.ShouldBe(Entries);
        }

        var again = folder.Check();
        again.Origin.ShouldBe(ledger.Origin);
        again.Checkpoint.Checkpoint.ShouldBe(new Checkpoint(ledger.Origin, Entries + 1, RootOfEntries()));
    }

    [Fact]
    public void Its_schema_is_that_of_a_new_ledger()
    {
        folder.Check();
        using var fresh = LedgerFolder.With();
        const string schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)";
        folder.Scalar(schema).ShouldBe(fresh.Scalar(schema));
    }

    [Fact]
    public void A_copy_of_it_as_it_was_is_kept_for_its_owner()
    {
        folder.Check();
        using SqliteConnection copy = new($"Data Source={Copy};Pooling=False;Mode=ReadOnly");
        copy.Open();
        LedgerFolder.Scalar(copy, "PRAGMA user_version").ShouldBe(1L);
        LedgerFolder.Scalar(copy, "SELECT count(*) FROM entries").ShouldBe((long)Entries);
        LedgerFolder.Scalar(copy, "SELECT count(*) FROM sqlite_schema WHERE name = 'tree'").ShouldBe(0L);
        File.GetUnixFileMode(Copy).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_copy_that_is_there_already_is_left_alone()
    {
        File.WriteAllText(Copy, "kept");
        folder.Check().Checkpoint.Checkpoint.Size.ShouldBe(Entries);
        File.ReadAllText(Copy).ShouldBe("kept");
    }

    [Fact]
    public void One_that_is_damaged_stays_as_it_was_and_the_entry_is_named()
    {
        folder.Execute("DROP TRIGGER entries_are_never_changed; UPDATE entries SET leaf_hash = zeroblob(32) WHERE position = 4");
        Should.Throw<LedgerDamagedException>(() => folder.Check()).Message.ShouldContain("entry 4 does not match its hash");
        folder.Scalar("PRAGMA user_version").ShouldBe(1L);
        folder.Scalar("SELECT count(*) FROM sqlite_schema WHERE name = 'tree'").ShouldBe(0L);
    }

    [Fact]
    public void A_crash_before_the_first_checkpoint_is_signed_loses_nothing()
    {
        using var fresh = LedgerFolder.With();
        folder.Check();
        folder.Execute("""
            DROP TRIGGER checkpoints_are_never_deleted; DELETE FROM checkpoints;
            DROP TRIGGER log_is_never_deleted; DELETE FROM log;
            """);
        folder.Check().Checkpoint.Checkpoint.ShouldBe(new Checkpoint(fresh.Check().Origin, Entries, RootOfEntries()));
    }

    [Fact]
    public void A_crash_that_left_the_new_version_in_the_journal_only_is_gone_on_from()
    {
        // While a connection is open nothing is moved from the WAL into the main file.
        using var open = folder.File.Open();
        LedgerFolder.Execute(open, $"BEGIN; {LedgerFile.Sql("Tree.sql")} PRAGMA user_version = 2; COMMIT");
        FillTree(open);
        using LedgerFolder crashed = new();
        foreach (string file in new[] { "ledger.db", "ledger.db-wal" })
        {
            File.Copy(Path.Combine(folder.Path, file), Path.Combine(crashed.Path, file));
        }

        crashed.File.Prepare().ShouldBe(1);

        crashed.Check().Checkpoint.Checkpoint.Size.ShouldBe(Entries);
    }

    private void FillTree(SqliteConnection open)
    {
        CompactRange range = new();
        List<TreeNode> nodes = [];
        using LedgerReader reader = new(folder.File);
        foreach (var recorded in reader.Read(0))
        {
            range.Append(recorded.LeafHash, nodes);
        }

        LedgerFolder.Execute(open, $"INSERT INTO tree VALUES (0, x'{string.Concat(nodes.Where(node => node.Level > 0).Select(node => node.Hash.ToHex()))}')");
    }

    private static void WriteVersionOne(LedgerFolder into)
    {
        DatabaseFile file = into.File with { Version = 1, Schema = LedgerFile.Sql("Schema.sql") };
        file.Prepare();
        byte nonce = 0;
        foreach ((int position, CircleEvent happened) in Past.Index())
        {
            Entry entry = Entry.Write(happened, SomeEntry.Time, destination => destination.Fill(nonce++));
            into.Execute($"INSERT INTO entries VALUES ({position}, x'{Convert.ToHexString(entry.Bytes)}', x'{entry.LeafHash.ToHex()}')");
            foreach (Addendum addendum in entry.Addenda)
            {
                into.Execute($"INSERT INTO addenda VALUES (x'{addendum.Digest.ToHex()}', x'{Convert.ToHexString(addendum.Bytes)}')");
            }
        }
    }

    private Hash RootOfEntries()
    {
        CompactRange range = new();
        using LedgerReader reader = new(folder.File);
        foreach (var recorded in reader.Read(0))
        {
            range.Append(recorded.LeafHash);
        }

        return range.Root();
    }

    public void Dispose() => folder.Dispose();
}
