using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Projections;

/// <summary>The documented tables after each kind of event.</summary>
public class TablesTests
{
    private const string Members = "SELECT id, display_name, joined_at, status FROM members ORDER BY id";
    private const string Channels = "SELECT id, type, member_ids FROM channels ORDER BY id";
    private const string Requests = "SELECT id, requester_id, approvals, rejections, status FROM join_requests ORDER BY id";
    private const string Info = "SELECT key, value FROM server_info ORDER BY key";

    [Fact]
    public async Task A_fresh_folder_has_empty_tables()
    {
        await using SomeCircle circle = SomeCircle.Open();
        circle.Tables().Rows(Members).ShouldBeEmpty();
        circle.Tables().Rows(Info).ShouldBeEmpty();
        circle.Live.Roster.HasFounder.ShouldBeFalse();
    }

    [Fact]
    public async Task The_founder_is_a_member_alone_in_general()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Tables().Rows(Members).ShouldBe([$"ada|Name of ada|{SomeCircle.Start}|active"]);
        circle.Tables().Rows(Channels).ShouldBe(["general|general|[\"ada\"]"]);
        circle.Tables().Rows(Info).ShouldBe(["founder_id|ada", "founder_set|true", "requests_locked|false"]);
    }

    [Fact]
    public async Task Keys_and_names_are_stored_as_they_were_sent()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        string pem = Keys.SomeKeys.OpensslSpki.ReplaceLineEndings("\r\n");
        const string curve = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA";
        await circle.Live.ExecuteAsync(new SubmitRequest("r", SomeCircle.Person("bob", "  O'Brien \"B\" ", curve, pem)));
        await circle.Vote("r", "ada");

        circle.Tables().Cell("SELECT display_name FROM members WHERE id = 'bob'").ShouldBe("  O'Brien \"B\" ");
        circle.Tables().Cell("SELECT public_key FROM members WHERE id = 'bob'").ShouldBe(pem);
        circle.Tables().Cell("SELECT curve25519_public_key FROM members WHERE id = 'bob'").ShouldBe(curve);
        circle.Live.Roster.MemberOf("bob")!.PublicKey.ShouldBe(pem);
    }

    [Fact]
    public async Task A_request_is_pending_with_its_own_times()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Clock.Advance(TimeSpan.FromMinutes(1));
        await circle.Ask("r", "bob");

        circle.Tables().Rows(Requests).ShouldBe(["r|bob|[]|[]|pending"]);
        circle.Tables().Cell("SELECT requested_at, expires_at FROM join_requests")
            .ShouldBe($"{circle.Now}|{circle.Now + Decisions.RequestLifetime}");
    }

    [Fact]
    public async Task Votes_stand_in_the_order_in_which_they_were_cast()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob", "cy");
        await circle.Ask("r", "dan");
        await circle.Vote("r", "cy");
        await circle.Vote("r", "ada");

        circle.Tables().Cell("SELECT approvals FROM join_requests WHERE id = 'r'").ShouldBe("""["cy","ada"]""");
        circle.Live.Roster.Pending.ShouldHaveSingleItem().Approvals.ShouldBe(["cy", "ada"]);
    }

    [Fact]
    public async Task Admission_brings_a_member_into_general_and_a_DM_with_everybody()
    {
        await using SomeCircle circle = await SomeCircle.With("mia", "zoe", "Bob");

        circle.Tables().Rows(Channels).ShouldBe(
        [
            "Bob:mia|dm|[\"Bob\",\"mia\"]",
            "Bob:zoe|dm|[\"Bob\",\"zoe\"]",
            "general|general|[\"mia\",\"zoe\",\"Bob\"]",
            "mia:zoe|dm|[\"mia\",\"zoe\"]",
        ]);
        circle.Tables().Rows("SELECT status FROM join_requests").ShouldAllBe(status => status == "approved");
    }

    [Fact]
    public async Task One_rejection_is_recorded_and_resolves_the_request()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        await circle.Ask("r", "cy");
        await circle.Vote("r", "ada");
        await circle.Vote("r", "bob", approve: false);

        circle.Tables().Cell("SELECT approvals, rejections, status FROM join_requests WHERE id = 'r'")
            .ShouldBe("""["ada"]|["bob"]|rejected""");
        circle.Live.Roster.Pending.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_that_expired_says_so()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.Ask("r", "bob");
        circle.Clock.Advance(TimeSpan.FromHours(48) + TimeSpan.FromMilliseconds(1));
        await circle.Live.ExecuteAsync(new ExpireRequests());

        circle.Tables().Cell("SELECT status FROM join_requests").ShouldBe("expired");
        circle.Live.FindJoinRequest("r")!.Status.ShouldBe("expired");
        circle.Live.FindJoinRequest("another").ShouldBeNull();
    }

    [Fact]
    public async Task Who_leaves_is_out_of_general_and_out_of_the_approvals_but_the_DM_rows_stay()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob", "cy");
        await circle.Ask("r", "dan");
        await circle.Vote("r", "bob");
        await circle.Leave("bob");

        circle.Tables().Cell("SELECT status FROM members WHERE id = 'bob'").ShouldBe("left");
        circle.Tables().Cell("SELECT member_ids FROM channels WHERE id = 'general'").ShouldBe("""["ada","cy"]""");
        circle.Tables().Cell("SELECT approvals FROM join_requests WHERE id = 'r'").ShouldBe("[]");
        circle.Tables().Rows("SELECT id FROM channels WHERE type = 'dm' ORDER BY id").ShouldBe(["ada:bob", "ada:cy", "bob:cy"]);
        circle.Live.Roster.Pending.ShouldHaveSingleItem().Approvals.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_resolved_request_keeps_the_approvals_that_admitted()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        await circle.Leave("ada");
        circle.Tables().Cell("SELECT approvals FROM join_requests WHERE requester_id = 'bob'").ShouldBe("""["ada"]""");
    }

    [Fact]
    public async Task The_last_one_to_leave_leaves_an_empty_general()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.Leave("ada");

        circle.Tables().Rows(Channels).ShouldBe(["general|general|[]"]);
        circle.Tables().Cell("SELECT value FROM server_info WHERE key = 'founder_set'").ShouldBe("true");
        circle.Live.Roster.HasFounder.ShouldBeTrue();
        circle.Live.Roster.Members.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_comes_back_has_the_same_row_with_new_name_and_time_and_works_in_the_same_DMs()
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        await circle.Leave("bob");
        circle.Clock.Advance(TimeSpan.FromHours(1));
        await circle.Join("cy");
        await circle.Live.ExecuteAsync(new SubmitRequest("back", SomeCircle.Person("bob", "Robert")));
        await circle.Vote("back", "ada");
        await circle.Vote("back", "cy");

        circle.Tables().Rows("SELECT id, display_name, joined_at, status FROM members WHERE id = 'bob'")
            .ShouldBe([$"bob|Robert|{circle.Now}|active"]);
        circle.Tables().Rows(Channels).ShouldBe(
        [
            "ada:bob|dm|[\"ada\",\"bob\"]",
            "ada:cy|dm|[\"ada\",\"cy\"]",
            "bob:cy|dm|[\"bob\",\"cy\"]",
            "general|general|[\"ada\",\"cy\",\"bob\"]",
        ]);
        circle.Live.Roster.ChannelOf("ada:bob"u8, circle.Live.Roster.MemberOf("bob")!).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_lock_is_a_word_in_server_info()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.Live.ExecuteAsync(new ChangeRequestsLock("ada", Locked: true));
        circle.Tables().Cell("SELECT value FROM server_info WHERE key = 'requests_locked'").ShouldBe("true");
        circle.Live.Roster.RequestsLocked.ShouldBeTrue();

        await circle.Live.ExecuteAsync(new ChangeRequestsLock("ada", Locked: false));
        circle.Tables().Cell("SELECT value FROM server_info WHERE key = 'requests_locked'").ShouldBe("false");
    }
}
