using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;

namespace SecureChat.UnitTests.Projections;

/// <summary><c>securechat.db</c> is disposable: whatever becomes of it, the start brings the same rows back from the ledger.</summary>
public class RebuildTests
{
    [Fact]
    public async Task A_start_goes_on_where_the_tables_are()
    {
        await using SomeCircle circle = await Busy();
        string live = circle.Tables().All();
        await circle.Close();
        circle.Tables().Execute("UPDATE members SET display_name = 'edited' WHERE id = 'ada'");
        circle.OpenAgain();

        // Nothing was applied again: an operator's edit still stands.
        circle.Tables().All().ShouldBe(live.Replace("Name of ada", "edited", StringComparison.Ordinal));
        await circle.Join("eve");
        circle.Live.Roster.MemberOf("eve").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("DELETE FROM join_requests WHERE status = 'pending'")]
    [InlineData("DELETE FROM members WHERE id = 'ada'")]
    [InlineData("UPDATE join_requests SET approvals = ''")]
    [InlineData("UPDATE join_requests SET approvals = 'x'")]
    [InlineData("UPDATE join_requests SET approvals = '{}'")]
    [InlineData("UPDATE join_requests SET approvals = '[ ]'")]
    [InlineData("UPDATE join_requests SET approvals = '[1]'")]
    [InlineData("UPDATE join_requests SET id = NULL WHERE status = 'pending'")]
    [InlineData("UPDATE join_requests SET expires_at = 'soon' WHERE status = 'pending'")]
    public async Task What_somebody_took_away_or_spoilt_comes_back_with_the_next_event_about_it(string edit)
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        await circle.Ask("request", "cyd");
        await circle.Close();
        circle.Tables().Execute(edit);
        circle.OpenAgain();
        (await circle.Vote("request", "ada")).Refusal.ShouldBeNull();
        string mended = circle.Tables().All();
        await circle.Close();
        File.Delete(circle.TablesFile);
        circle.OpenAgain();
        circle.Tables().All().ShouldBe(mended);
    }

    [Fact]
    public async Task Tables_made_while_the_ledger_is_verified_are_in_place_only_when_it_was()
    {
        await using SomeCircle circle = await Busy();
        string live = circle.Tables().All();
        await circle.Close();
        File.Delete(circle.TablesFile);
        await File.WriteAllTextAsync(circle.TablesFile + ".rebuilt", "left by a crash");
        using (FirstPass refused = new(TableProjection.In(circle.Folder), chunkSize: 4))
        {
            Give(refused);
        }

        Directory.GetFiles(circle.Folder, "securechat.db*").ShouldBeEmpty();
        using (FirstPass verified = new(TableProjection.In(circle.Folder), chunkSize: 4))
        {
            Give(verified);
            Directory.GetFiles(circle.Folder, "securechat.db").ShouldBeEmpty();
            verified.Finish().Snapshot().Members.Count.ShouldBe(3);
        }

        circle.Tables().All().ShouldBe(live);
        Directory.GetFiles(circle.Folder, "*.rebuilt*").ShouldBeEmpty();

        void Give(FirstPass pass)
        {
            using LedgerReader reader = new(LedgerFile.In(circle.Folder));
            foreach (RecordedEvent recorded in reader.Read(0))
            {
                pass.Take(recorded);
            }
        }
    }

    [Fact]
    public async Task Tables_that_cannot_be_made_beside_their_place_are_made_in_it()
    {
        await using SomeCircle circle = await Busy();
        string live = circle.Tables().All();
        await circle.Close();
        File.Delete(circle.TablesFile);
        Directory.CreateDirectory(circle.TablesFile + ".rebuilt");
        circle.OpenAgain();
        circle.Tables().All().ShouldBe(live);
    }

    [Fact]
    public async Task Without_the_file_the_same_tables_come_from_the_ledger()
    {
        await using SomeCircle circle = await Busy();
        string live = circle.Tables().All();
        await circle.Close();
        File.Delete(circle.TablesFile);
        circle.OpenAgain();
        circle.Tables().All().ShouldBe(live);
    }

    [Fact]
    public async Task What_a_crash_left_beside_a_deleted_file_is_no_part_of_the_new_one()
    {
        await using SomeCircle circle = await Busy();
        string live = circle.Tables().All();
        string[] beside = [circle.TablesFile + "-wal", circle.TablesFile + "-shm"];
        byte[][] left = [.. beside.Select(File.ReadAllBytes)];
        left[0].ShouldNotBeEmpty();
        await circle.Close();
        File.Delete(circle.TablesFile);
        for (int index = 0; index < beside.Length; index++)
        {
            await File.WriteAllBytesAsync(beside[index], left[index]);
        }

        circle.OpenAgain();
        circle.Tables().Cell("PRAGMA integrity_check").ShouldBe("ok");
        circle.Tables().All().ShouldBe(live);
    }

    [Fact]
    public async Task Tables_that_are_behind_catch_up()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        await circle.Close();
        byte[] earlier = await File.ReadAllBytesAsync(circle.TablesFile);
        circle.OpenAgain();
        await circle.Join("cy");
        await circle.Leave("bob");
        string live = circle.Tables().All();
        await circle.Close();
        await File.WriteAllBytesAsync(circle.TablesFile, earlier);
        circle.OpenAgain();
        circle.Tables().All().ShouldBe(live);
    }

    [Fact]
    public async Task Tables_that_are_ahead_of_the_ledger_are_rebuilt()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        string earlierRows = circle.Tables().All();
        await circle.Close();
        byte[] earlier = await File.ReadAllBytesAsync(circle.LedgerFile);
        circle.OpenAgain();
        await circle.Join("cy");
        await circle.Close();
        await File.WriteAllBytesAsync(circle.LedgerFile, earlier);

        // Whoever puts an old copy back, and takes away what would have told.
        File.Delete(Path.Combine(Path.GetDirectoryName(circle.LedgerFile)!, SeenCheckpoint.FileName));
        circle.OpenAgain();
        circle.Tables().All().ShouldBe(earlierRows);
        circle.Live.Roster.MemberOf("cy").ShouldBeNull();
    }

    [Fact]
    public async Task Tables_of_another_ledger_are_rebuilt()
    {
        await using SomeCircle other = await SomeCircle.With("mallory", "trudy", "oscar");
        await other.Close();
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        string live = circle.Tables().All();
        await circle.Close();
        File.Copy(other.TablesFile, circle.TablesFile, overwrite: true);
        circle.OpenAgain();
        circle.Tables().All().ShouldBe(live);
    }

    [Fact]
    public async Task A_rebuild_leaves_the_guard_of_a_pending_request_and_gives_the_request_its_address_back()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.AskFrom("203.0.113.9", "r", "bob");
        string live = circle.Tables().All();
        await circle.Close();
        circle.Tables().Execute("UPDATE projection_checkpoint SET leaf_hash = zeroblob(32)");
        circle.OpenAgain();

        circle.Tables().All().ShouldBe(live);
        circle.Reserve("203.0.113.9", "s").ShouldNotBeNull();
        await circle.Vote("r", "ada", approve: false);
        circle.ShouldHoldNowhere("203.0.113.9");
    }

    [Fact]
    public async Task A_file_that_SQLite_cannot_read_stops_the_start_with_one_line_that_says_what_to_do()
    {
        await using SomeCircle circle = await Busy();
        await circle.Close();
        byte[] bytes = await File.ReadAllBytesAsync(circle.TablesFile);
        bytes.AsSpan(100).Fill(0x5A);
        await File.WriteAllBytesAsync(circle.TablesFile, bytes);

        string line = Should.Throw<DataFolderException>(circle.OpenAgain).Message;
        line.ShouldContain("securechat.db");
        line.ShouldContain("ledger");
        line.ShouldNotContain("\n");
    }

    [Fact]
    public async Task A_start_that_was_refused_leaves_no_file_open()
    {
        await using SomeCircle circle = await Busy();
        await circle.Close();
        circle.Tables().Execute("DROP TABLE channels; UPDATE projection_checkpoint SET position = 1, leaf_hash = zeroblob(32)");

        Should.Throw<DataFolderException>(circle.OpenAgain).Message.ShouldContain("move securechat.db");
        OpenFiles(circle.Folder).ShouldBeEmpty();
        File.Delete(circle.TablesFile);
        circle.OpenAgain();
        OpenFiles(circle.Folder).ShouldNotBeEmpty();
    }

    private static IEnumerable<string> OpenFiles(string folder) => OperatingSystem.IsLinux()
        ? Directory.EnumerateFiles("/proc/self/fd").Select(link => new FileInfo(link).LinkTarget ?? "").Where(target => target.StartsWith(folder, StringComparison.Ordinal))
        : [];

    [Fact]
    public async Task Rows_that_somebody_added_give_way_to_what_the_ledger_says()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");

        // The entry that admits comes behind the request and two votes.
        circle.Tables().Execute($"INSERT INTO member_handles VALUES ({circle.Live.Roster.Size + 3}, 'made up')");
        await circle.Join("cy");

        string live = circle.Tables().All();
        live.ShouldNotContain("made up");
        await circle.Close();
        File.Delete(circle.TablesFile);
        circle.OpenAgain();
        circle.Tables().All().ShouldBe(live);
    }

    [Fact]
    public async Task A_damaged_ledger_stops_the_start_and_leaves_the_tables_alone()
    {
        await using SomeCircle circle = await Busy();
        string live = circle.Tables().All();
        await circle.Close();
        new TablesOnDisk(circle.LedgerFile).Execute(
            "DROP TRIGGER entries_are_never_changed; UPDATE entries SET bytes = CAST(replace(CAST(bytes AS TEXT), 'VoteCast', 'VoteCost') AS BLOB) WHERE position = 2;");

        Should.Throw<LedgerDamagedException>(circle.OpenAgain).Message.ShouldContain("entry 2");
        circle.Tables().All().ShouldBe(live);
    }

    [Fact]
    public async Task Persons_who_were_erased_have_empty_names_and_keys_in_rebuilt_tables()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        await circle.Ask("turned-down", "cy");
        await circle.Vote("turned-down", "bob");
        await circle.Vote("turned-down", "ada", approve: false);
        await circle.Leave("bob");
        await circle.Close();
        EraseAllBut("ada", circle.LedgerFile);
        File.Delete(circle.TablesFile);
        circle.OpenAgain();

        circle.Tables().Cell("SELECT id, status FROM members WHERE display_name = ''").ShouldStartWith("erased-");
        circle.Tables().Cell("SELECT public_key FROM members WHERE display_name = ''").ShouldBe("");
        circle.Tables().Rows("SELECT requester_name, requester_public_key, status FROM join_requests ORDER BY status")
            .ShouldBe(["||approved", "||rejected"]);
        circle.Tables().Cell("SELECT member_ids FROM channels WHERE id = 'general'").ShouldBe("""["ada"]""");
        circle.Live.Roster.Members.ShouldHaveSingleItem().Id.ShouldBe("ada");
    }

    /// <summary>A circle in which everything has happened that can happen.</summary>
    private static async Task<SomeCircle> Busy()
    {
        SomeCircle circle = await SomeCircle.With("ada", "bob", "cy");
        await circle.Ask("rejected", "dan");
        await circle.Vote("rejected", "cy", approve: false);
        await circle.Ask("expired", "dan");
        circle.Clock.Advance(TimeSpan.FromHours(49));
        await circle.Leave("cy");
        await circle.Ask("by-departure", "eva");
        await circle.Vote("by-departure", "ada");
        await circle.Leave("bob");
        await circle.Join("bob");
        await circle.Ask("pending", "cy");
        await circle.Vote("pending", "ada");
        await circle.Live.ExecuteAsync(new ChangeRequestsLock("bob", Locked: true));
        await circle.Live.ExecuteAsync(new ChangeRequestsLock("bob", Locked: false));
        return circle;
    }

    // What erasure leaves of everybody but one: profile and keys of the founder stand in the first entry.
    private static void EraseAllBut(string id, string ledgerFile) => new TablesOnDisk(ledgerFile).Execute(
        $"""
         DELETE FROM addenda
         WHERE CAST(bytes AS TEXT) NOT LIKE '%"member_id":"{id}"%'
           AND NOT EXISTS (SELECT 1 FROM entries WHERE position = 0 AND instr(entries.bytes, addenda.digest) > 0)
         """);
}
