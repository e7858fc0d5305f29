using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Circle;
using SecureChat.UnitTests.Storage;

namespace SecureChat.UnitTests.Verification;

public class ReplayTests
{
    private const long Later = SomeEntry.Time + 1;

    private static readonly FounderRegistered Founded = new(SomeNewcomer.Called("ann"));
    private static readonly RequestSubmitted Asked = new("r-1", Later, SomeNewcomer.Called("bob"));
    private static readonly RequestSubmitted AskedToo = new("r-2", Later, SomeNewcomer.Called("cat"));
    private static readonly VoteCast Approved = new("r-1", 0, Approve: true);
    private static readonly VoteCast Rejected = new("r-1", 0, Approve: false);

    [Fact]
    public void What_was_written_is_what_is_read()
    {
        using var folder = LedgerFolder.With(
            Founded, Asked, Approved, new MemberAdmitted("r-1"), AskedToo, new VoteCast("r-2", 3, Approve: true), new RequestsLockChanged(3, Locked: true));
        var state = folder.Check().State;
        state.Size.ShouldBe(7);
        state.Members.Select(member => (member.Handle, member.Id)).ShouldBe([(0, "ann"), (3, "bob")]);
        state.Pending.ShouldHaveSingleItem().Approvals.ShouldBe([3]);
        state.RequestsLocked.ShouldBeTrue();
    }

    [Fact]
    public void A_new_ledger_is_a_circle_without_a_founder()
    {
        using var folder = LedgerFolder.With();
        folder.Check().State.HasFounder.ShouldBeFalse();
    }

    public static TheoryData<string, CircleEvent[]> Impossible => new()
    {
        { "0: no founder", [Asked] },
        { "1: a second founder", [Founded, Founded] },
        { "2: a request twice", [Founded, Asked, Asked] },
        { "2: somebody asks twice", [Founded, Asked, Asked with { Request = "r-2" }] },
        { "1: a member asks", [Founded, Asked with { Newcomer = Founded.Founder }] },
        { "1: a vote on nothing", [Founded, Approved] },
        { "2: a vote by nobody", [Founded, Asked, Approved with { Voter = 1 }] },
        { "2: a vote after the time", [Founded, Asked with { Expires = SomeEntry.Time - 1 }, Approved] },
        { "6: a second vote", [Founded, Asked, Approved, new MemberAdmitted("r-1"), AskedToo, Approved with { Request = "r-2" }, Approved with { Request = "r-2" }] },
        { "2: admitted without a vote", [Founded, Asked, new MemberAdmitted("r-1")] },
        {
            "6: admitted by one of two",
            [Founded, Asked, Approved, new MemberAdmitted("r-1"), AskedToo, Approved with { Request = "r-2" }, new MemberAdmitted("r-2")]
        },
        { "3: admitted by a circle that is empty", [Founded, Asked, new MemberLeft(0), new MemberAdmitted("r-1")] },
        { "3: rejected and admitted", [Founded, Asked, Rejected, new MemberAdmitted("r-1")] },
        { "2: rejected without a vote", [Founded, Asked, new RequestRejected("r-1", 1)] },
        { "3: rejected by another vote", [Founded, Asked, Rejected, new RequestRejected("r-1", 1)] },
        { "3: admission held back", [Founded, Asked, Approved, new RequestsLockChanged(0, Locked: true)] },
        { "3: admission held back until the circle has changed", [Founded, Asked, Approved, AskedToo] },
        { "3: rejection held back", [Founded, Asked, Rejected, AskedToo] },
        { "4: admitted twice", [Founded, Asked, Approved, new MemberAdmitted("r-1"), new MemberAdmitted("r-1")] },
        { "2: expired before its time", [Founded, Asked, new RequestExpired("r-1")] },
        { "1: nothing to expire", [Founded, new RequestExpired("r-1")] },
        { "2: left twice", [Founded, new MemberLeft(0), new MemberLeft(0)] },
        { "1: locked by nobody", [Founded, new RequestsLockChanged(1, Locked: true)] },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void An_event_that_the_rules_exclude_stops_the_start(string where, CircleEvent[] events)
    {
        string entry = where[..where.IndexOf(':', StringComparison.Ordinal)];
        using var folder = LedgerFolder.With(events);
        Message(folder).ShouldStartWith($"The ledger is damaged. Entry {entry} in ledger.db: it cannot follow on what stands before it.");
    }

    [Fact]
    public void An_outcome_that_is_cut_off_stops_the_start()
    {
        using var folder = LedgerFolder.With(Founded, Asked, Approved);
        Message(folder).ShouldContain("entry 3");
    }

    [Fact]
    public void An_entry_that_does_not_match_its_hash_stops_the_start()
    {
        using var folder = LedgerFolder.With(Founded, Asked, AskedToo);
        folder.Execute("DROP TRIGGER entries_are_never_changed; UPDATE entries SET bytes = CAST(replace(CAST(substr(bytes, 1, length(bytes) - 1) AS TEXT), 'r-1', 'r-3') AS BLOB) WHERE position = 1;");
        Message(folder).ShouldContain("Entry 1 in ledger.db: its bytes do not have the leaf hash");
    }

    [Fact]
    public void A_hash_that_was_altered_stops_the_start()
    {
        using var folder = LedgerFolder.With(Founded, Asked, AskedToo);
        folder.Execute("DROP TRIGGER entries_are_never_changed; UPDATE entries SET leaf_hash = zeroblob(32) WHERE position = 2;");
        Message(folder).ShouldContain("Entry 2 in ledger.db: its bytes do not have the leaf hash");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_missing_entry_stops_the_start(int position)
    {
        using var folder = LedgerFolder.With(Founded, Asked, AskedToo);
        folder.Execute($"DROP TRIGGER entries_are_never_deleted; DELETE FROM entries WHERE position = {position};");
        Message(folder).ShouldContain($"entry {position} is missing");
    }

    [Fact]
    public void An_altered_addendum_stops_the_start()
    {
        using var folder = LedgerFolder.With(Founded, Asked);
        folder.Execute("DROP TRIGGER addenda_are_never_changed; UPDATE addenda SET bytes = CAST(replace(CAST(bytes AS TEXT), 'bob', 'eve') AS BLOB);");
        Message(folder).ShouldContain("Entry 1 in ledger.db: an addendum is not the one that was hashed");
    }

    [Theory]
    [InlineData("bob", "pending request of entry 1")]
    [InlineData("ann", "active member of entry 0")]
    public void A_missing_profile_of_somebody_who_is_there_stops_the_start(string id, string whose)
    {
        using var folder = LedgerFolder.With(Founded, Asked);
        folder.Execute($"DELETE FROM addenda WHERE instr(bytes, CAST('\"member_id\":\"{id}\"' AS BLOB))");
        Message(folder).ShouldContain(whose);
    }

    [Fact]
    public void Missing_keys_of_somebody_who_is_there_stop_the_start()
    {
        using var folder = LedgerFolder.With(Founded, Asked, Approved, new MemberAdmitted("r-1"));
        folder.Execute($"DELETE FROM addenda WHERE instr(bytes, CAST('{Asked.Newcomer.Keys!.RsaSpki}' AS BLOB))");
        Message(folder).ShouldContain("active member of entry 3");
    }

    [Fact]
    public void Nothing_is_missing_of_those_who_came_and_went()
    {
        using var folder = LedgerFolder.With(
            Founded, Asked, Approved, new MemberAdmitted("r-1"), new MemberLeft(3), AskedToo, Rejected with { Request = "r-2" }, new RequestRejected("r-2", 6));
        folder.Execute("DELETE FROM addenda WHERE instr(bytes, CAST('\"bob\"' AS BLOB)) OR instr(bytes, CAST('\"cat\"' AS BLOB))");
        folder.Check().State.Members.ShouldHaveSingleItem().Id.ShouldBe("ann");
    }

    [Fact]
    public void An_event_of_another_version_stops_the_start()
    {
        using var folder = LedgerFolder.With(Founded);
        byte[] bytes = SomeEntry.Around("""{"event":"CircleDissolved","nonce":"AAAAAAAAAAAAAAAAAAAAAA==","t":5,"v":1}""");
        var key = LogKey.Read(folder.Path)!;
        CompactRange range = folder.Check().Range;
        range.Append(MerkleHashing.Leaf(bytes));
        byte[] note = new Checkpoint(key.VerifierKey.Name, 2, range.Root()).Sign(key).Format();
        folder.Execute(
            $"INSERT INTO entries VALUES (1, x'{Convert.ToHexString(bytes)}', x'{MerkleHashing.Leaf(bytes).ToHex()}'); "
            + $"INSERT INTO tree VALUES (0, x'{range.Root().ToHex()}'); INSERT INTO checkpoints VALUES (2, x'{Convert.ToHexString(note)}')");
        Message(folder).ShouldContain("Entry 1 in ledger.db: the event \"CircleDissolved\" is unknown to this version");
    }

    [Fact]
    public void A_page_that_is_no_page_any_more_stops_the_start()
    {
        using var folder = LedgerFolder.With(Founded, Asked, AskedToo);
        folder.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        long root = (long)folder.Scalar("SELECT rootpage FROM sqlite_schema WHERE name = 'entries'")!;
        using (var file = File.OpenWrite(folder.File.Path))
        {
            file.Position = (root - 1) * 4096;
            file.Write(new byte[4096]);
        }

        Message(folder).ShouldContain("damaged");
    }

    private static string Message(LedgerFolder folder) => Should.Throw<LedgerDamagedException>(() => folder.Check()).Message;
}
