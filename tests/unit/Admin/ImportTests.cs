using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.UnitTests.Keys;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

public sealed class ImportTests : IDisposable
{
    private const string Key = SomeKeys.OpensslSpki;
    private readonly TemporaryFolder temporary = new();

    private string Data => temporary.File("data");

    public void Dispose() => temporary.Dispose();

    [Fact]
    public async Task The_members_come_over_with_what_they_had_and_the_old_file_stays_as_it_is()
    {
        OldDatabase old = Old().Founder("ada", "Ada", Key).Member("ben", "Ben", SomeKeys.OpensslPkcs1).Member("cleo", "Cleo", Key);
        old.Execute("UPDATE members SET curve25519_public_key = 'BXKTUgJiWgVZQGSbhoyNL8LlZcGGnnrpkrBNFUVvDXQM' WHERE id = 'ben'");
        string[] before = FilesOf.Described(temporary.Path);

        Ran ran = (await Ran.WithInput("3\n", "import", old.Path, Data)).ShouldBeFine();
        ran.Output.ShouldMatch("0 +Ada +ada +2023-11-14 22:13:20Z +no Curve25519 key\n1 +Ben +ben +2023-11-14 22:13:20Z\n");
        ran.Output.ShouldContain("ledger of 3 entries");
        FilesOf.Described(temporary.Path).Where(file => !file.StartsWith("data/", StringComparison.Ordinal)).ShouldBe(before);
        Directory.GetFiles(Data).Select(Path.GetFileName).Order().ShouldBe(["ledger.db", "ledger.key", "relay.lock", "seen-checkpoint"]);

        await using LiveCircle circle = LiveCircle.Open(Data, new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(SomeCircle.Start)));
        circle.Roster.Members.Select(member => (member.Id, member.DisplayName, member.PublicKey, member.Curve25519PublicKey)).ShouldBe(
        [
            ("ada", "Ada", Key, ""),
            ("ben", "Ben", SomeKeys.OpensslPkcs1, "BXKTUgJiWgVZQGSbhoyNL8LlZcGGnnrpkrBNFUVvDXQM"),
            ("cleo", "Cleo", Key, ""),
        ]);
        TablesOnDisk tables = new(Path.Combine(Data, "securechat.db"));
        tables.Rows("SELECT id, joined_at FROM members WHERE id <> 'ada' ORDER BY joined_at").ShouldBe([$"ben|{OldDatabase.Joined + 1}", $"cleo|{OldDatabase.Joined + 2}"]);
        tables.Rows("SELECT id, member_ids FROM channels ORDER BY id").ShouldBe(
            ["ada:ben|[\"ada\",\"ben\"]", "ada:cleo|[\"ada\",\"cleo\"]", "ben:cleo|[\"ben\",\"cleo\"]", "general|[\"ada\",\"ben\",\"cleo\"]"]);
        tables.Rows("SELECT key, value FROM server_info ORDER BY key").ShouldBe(["founder_id|ada", "founder_set|true", "requests_locked|false"]);
    }

    [Fact]
    public async Task Whoever_was_imported_is_ASSERTED()
    {
        OldDatabase old = Old().Founder("ada", "Ada", Key).Member("ben", "Ben", Key);
        (await Ran.Admin("import", old.Path, Data, "--yes")).ShouldBeFine();
        Ran verified = (await Ran.Admin("verify", Data)).ShouldBeFine();
        verified.Output.ShouldMatch("1 +ben +Ben +now +ASSERTED +");
        verified.Output.ShouldMatch("MemberImported +0 +1\n");
    }

    [Fact]
    public async Task A_database_from_before_the_later_columns_comes_over_too()
    {
        OldDatabase old = OldDatabase.Make(temporary.File("old.db"), isFirstVersion: true).Founder("ada", "Ada", Key).Member("ben", "Ben", Key);
        (await Ran.Admin("import", old.Path, Data, "--yes")).ShouldBeFine().Output.ShouldContain("ledger of 2 entries");
    }

    [Fact]
    public async Task What_is_left_behind_is_named_and_none_of_it_comes_over()
    {
        OldDatabase old = Old().Founder("ada", "Ada", Key).Member("gone", "Gone Girl", Key, status: "left");
        old.Execute($"""
            INSERT INTO join_requests (id, requester_id, requester_name, requester_public_key, requester_ip, requested_at, expires_at, status)
            VALUES ('r1', 'dora', 'Dora Waits', 'key', '203.0.113.7', 1, 2, 'pending'), ('r2', 'eve', 'Eve', 'key', '203.0.113.8', 1, 2, 'rejected');
            INSERT INTO ip_cooldowns VALUES ('203.0.113.7', 1, 2);
            INSERT INTO server_info VALUES ('requests_locked', 'true');
            """);
        Ran ran = (await Ran.Admin("import", old.Path, Data, "--yes")).ShouldBeFine();
        ran.Output.ShouldContain("Who asked has to ask again: 1\n");
        ran.Output.ShouldContain("Dora Waits  r1\n");
        ran.Output.ShouldContain("- Members who left: \"Gone Girl\" (gone)\n");
        ran.Output.ShouldContain("- Requests that were decided or expired: 1\n- Addresses of people who asked: 3\n");
        ran.Output.ShouldContain("- The lock: join requests are closed on the old server, and will be open here");
        foreach (string text in (string[])["Gone Girl", "Dora Waits", "Eve", "203.0.113"])
        {
            FilesOf.With(text, Data).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Members_whom_our_rules_refuse_are_named_one_by_one_and_stay_behind_once_that_is_confirmed()
    {
        OldDatabase old = Old().Founder("ada", "Ada", Key)
            .Member("a:b", "Colon", Key)
            .Member("line", "Two\nlines", Key)
            .Member("nul", "Nu\0l", Key)
            .Member("look", "АDА", Key)
            .Member("weak", "Weak", SomeKeys.OpensslEd25519)
            .Member("blob", new byte[] { 1, 2, 3 }, Key)
            .Member(null, "Nobody", Key)
            .Member("low", "Low", Key)
            .Member("ben", "Ben", Key);
        old.Execute("UPDATE members SET curve25519_public_key = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=' WHERE id = 'low'");
        Ran refused = await Ran.WithInput("no\n", "import", old.Path, Data);
        refused.ShouldBeRefused(2, "nothing was changed");
        refused.Output.ShouldContain("Members who CANNOT come over, and can only ask to join anew: 8\n");
        foreach (string row in (string[])[
            "Colon +a:b +Its id is not", "Two�lines +line +The display name contains a line break", "Nu�l +nul +The display name contains a line break",
            "АDА +look +Its display name is, or looks like,", "Weak +weak +The", @"\(row 7\) +blob +Its display name is no text", "Nobody +Its id is not",
            "Low +low +The Curve25519 key is a point of low order"])
        {
            refused.Output.ShouldMatch(row);
        }

        Directory.Exists(Data).ShouldBeFalse();
        (await Ran.Admin("import", old.Path, Data, "--yes")).ShouldBeFine().Output.ShouldContain("ledger of 2 entries");
    }

    [Theory]
    [InlineData("a:b", "Ada", Key, "Its id is not")]
    [InlineData("ada", "", Key, "A display name is needed")]
    [InlineData("ada", "Ada", "no key", "The founder \"Ada\" (ada) cannot be carried over")]
    public async Task A_founder_whom_our_rules_refuse_stops_everything(string id, string name, string key, string sentence)
    {
        OldDatabase old = Old().Founder(id, name, key).Member("ben", "Ben", Key);
        (await Ran.Admin("import", old.Path, Data, "--yes")).ShouldBeRefused(2, sentence).Error.ShouldContain("have the founder leave");
        Directory.Exists(Data).ShouldBeFalse();
    }

    [Theory]
    [InlineData("UPDATE members SET status = 'left' WHERE id = 'ada'")]
    [InlineData("DELETE FROM server_info")]
    public async Task When_there_is_no_founder_any_more_the_oldest_member_comes_first(string sql)
    {
        OldDatabase old = Old().Founder("ada", "Ada", Key).Member("zoe", "Zoe", Key).Member("ben", "Ben", Key);
        old.Execute($"{sql}; UPDATE members SET joined_at = 1 WHERE id = 'zoe'");
        Ran ran = (await Ran.Admin("import", old.Path, Data, "--yes")).ShouldBeFine();
        ran.Output.ShouldContain("Entry 0 goes to the oldest of these: \"Zoe\" (zoe).");
        ran.Output.ShouldMatch("0 +Zoe +zoe");
    }

    [Theory]
    [InlineData("x", "not known")]
    [InlineData(-1L, "not known")]
    [InlineData(long.MaxValue, "not known")]
    [InlineData(5.5, "1970-01-01 00:00:00Z")]
    public async Task A_time_that_is_none_is_left_out(object joined, string shown)
    {
        OldDatabase old = Old().Founder("ada", "Ada", Key).Member("ben", "Ben", Key, joined: joined);
        (await Ran.Admin("import", old.Path, Data, "--yes")).ShouldBeFine().Output.ShouldMatch($"1 +Ben +ben +{shown}");
    }

    [Fact]
    public async Task What_stands_in_the_write_ahead_log_of_a_server_that_was_killed_comes_over()
    {
        OldDatabase old = Old().Founder("ada", "Ada", Key);
        using SqliteConnection open = new($"Data Source={old.Path};Pooling=False");
        open.Open();
        using SqliteCommand reading = open.CreateCommand();
        reading.CommandText = "SELECT count(*) FROM members";
        reading.ExecuteScalar();
        old.Member("ben", "Ben", Key);
        using TemporaryFolder killed = new();
        FilesOf.Copy(temporary.Path, killed.Path);
        new FileInfo(killed.File("old.db-wal")).Length.ShouldBeGreaterThan(0);
        string[] before = FilesOf.Described(killed.Path);
        (await Ran.Admin("import", killed.File("old.db"), Data, "--yes")).ShouldBeFine().Output.ShouldContain("ledger of 2 entries");
        FilesOf.Described(killed.Path).ShouldBe(before);
    }

    [Theory]
    [InlineData("ledger.db", "holds a ledger.db already")]
    [InlineData("ledger.db-wal", "left of a ledger that is gone")]
    [InlineData("ledger.key", "holds a ledger.key already")]
    [InlineData("securechat.db", "holds a securechat.db already")]
    [InlineData("seen-checkpoint", "holds a seen-checkpoint already")]
    public async Task A_folder_in_which_something_of_ours_stands_is_left_alone(string name, string sentence)
    {
        OldDatabase old = Old().Founder("ada", "Ada", Key);
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Path.Combine(Data, name), "something");
        string[] before = FilesOf.Described(Data);
        (await Ran.Admin("import", old.Path, Data, "--yes")).ShouldBeRefused(2, sentence).Output.ShouldBeEmpty();
        FilesOf.Described(Data).ShouldBe(before);
    }

    [Fact]
    public async Task The_ledger_is_named_as_the_operator_wants()
    {
        OldDatabase old = Old().Founder("ada", "Ada", Key);
        (await Ran.Admin("import", old.Path, Data, "--yes", "--origin", "a b")).ShouldBeRefused(2, "--origin must be");
        (await Ran.Admin("import", old.Path, Data, "--yes", "--origin", "chat.example.org/ledger")).ShouldBeFine();
        LogKey.Read(Data)!.VerifierKey.Name.ShouldBe("chat.example.org/ledger");
    }

    [Fact]
    public void A_circle_is_imported_only_before_anything_else()
    {
        CircleState founded = Decisions.Decide(new CircleState(), new RegisterFounder(SomeCircle.Person("ada")), 1).After;
        Decision decision = Decisions.Decide(founded, new ImportCircle(SomeCircle.Person("ben"), []), 2);
        decision.Refusal.ShouldBe(Refusals.FounderAlreadyRegistered);
        decision.Events.ShouldBeEmpty();
    }

    private OldDatabase Old() => OldDatabase.Make(temporary.File("old.db"));
}
