using System.Text;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;

namespace SecureChat.UnitTests.Projections;

/// <summary>One address, one pending request; and no trace of the address once it is resolved.</summary>
public class AddressGuardTests
{
    private const string Address = "203.0.113.77";
    private const string Rows = "SELECT ip, request_id FROM ip_cooldowns ORDER BY ip";

    [Fact]
    public async Task An_address_is_taken_while_its_request_is_pending()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.AskFrom(Address, "r", "bob");

        circle.Reserve(Address, "s").ShouldBe(circle.Now + Decisions.RequestLifetime);
        circle.Reserve("203.0.113.78", "t").ShouldBeNull();
    }

    [Fact]
    public async Task An_address_is_taken_while_its_request_is_on_its_way()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Reserve(Address, "r").ShouldBeNull();
        circle.Reserve(Address, "s").ShouldNotBeNull();
    }

    [Fact]
    public async Task An_address_that_was_released_is_free()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Reserve(Address, "r").ShouldBeNull();
        circle.Live.AddressGuard.Release("r");

        circle.Tables().Rows(Rows).ShouldBeEmpty();
        circle.Reserve(Address, "s").ShouldBeNull();
    }

    [Fact]
    public async Task The_row_of_a_request_that_is_not_pending_keeps_nobody_out()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Tables().Execute($"INSERT INTO ip_cooldowns VALUES ('{Address}', {circle.Now}, {circle.Now + 1000}, 'unknown')");
        circle.Reserve(Address, "r").ShouldBeNull();
        circle.Tables().Rows(Rows).ShouldBe([$"{Address}|r"]);
    }

    [Fact]
    public async Task A_row_that_an_operator_wrote_keeps_its_address_out_until_it_expires()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Tables().Execute($"INSERT INTO ip_cooldowns (ip, requested_at, expires_at) VALUES ('{Address}', {circle.Now}, {circle.Now + 1000})");
        circle.Reserve(Address, "r").ShouldBe(circle.Now + 1000);

        await circle.Close();
        circle.OpenAgain();
        circle.Reserve(Address, "r").ShouldBe(circle.Now + 1000);

        circle.Clock.Advance(TimeSpan.FromMilliseconds(1001));
        circle.Reserve(Address, "r").ShouldBeNull();
    }

    [Fact]
    public async Task The_row_has_the_times_of_the_request_itself()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Reserve(Address, "r").ShouldBeNull();
        circle.Clock.Advance(TimeSpan.FromSeconds(3));
        await circle.Ask("r", "bob");

        circle.Tables().Cell("SELECT requested_at, expires_at FROM ip_cooldowns")
            .ShouldBe($"{circle.Now}|{circle.Now + Decisions.RequestLifetime}");
        circle.Tables().Cell("SELECT requested_at, expires_at FROM join_requests")
            .ShouldBe($"{circle.Now}|{circle.Now + Decisions.RequestLifetime}");
    }

    [Fact]
    public async Task Rows_without_a_pending_request_are_dropped_at_the_start()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.AskFrom("203.0.113.1", "pending", "bob");
        circle.Reserve(Address, "never-submitted").ShouldBeNull();
        await circle.Close();
        circle.OpenAgain();

        circle.Tables().Rows(Rows).ShouldBe(["203.0.113.1|pending"]);
        circle.ShouldHoldNowhere(Address);
        circle.Reserve("203.0.113.1", "s").ShouldNotBeNull();
    }

    [Fact]
    public async Task The_request_holds_the_address_only_while_it_is_pending()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        await circle.AskFrom(Address, "r", "bob");
        circle.Tables().Cell("SELECT requester_ip FROM join_requests").ShouldBe(Address);

        await circle.Vote("r", "ada");
        circle.Tables().Cell("SELECT requester_ip IS NULL FROM join_requests").ShouldBe("1");
        circle.Tables().Rows(Rows).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("approved")]
    [InlineData("rejected")]
    [InlineData("expired")]
    [InlineData("approved by a departure")]
    [InlineData("never submitted")]
    public async Task The_address_is_in_no_file_once_the_request_is(string resolution)
    {
        await using SomeCircle circle = await SomeCircle.With("ada", "bob");
        if (resolution == "never submitted")
        {
            circle.Reserve(Address, "r").ShouldBeNull();
        }
        else
        {
            await circle.AskFrom(Address, "r", "cy");
            await circle.Vote("r", "ada");
        }

        circle.Holding(Address).ShouldNotBeEmpty();
        switch (resolution)
        {
            case "approved":
                await circle.Vote("r", "bob");
                break;
            case "rejected":
                await circle.Vote("r", "bob", approve: false);
                break;
            case "expired":
                circle.Clock.Advance(TimeSpan.FromHours(49));
                await circle.Live.ExecuteAsync(new ExpireRequests());
                break;
            case "approved by a departure":
                await circle.Leave("bob");
                break;
            default:
                circle.Live.AddressGuard.Release("r");
                break;
        }

        circle.ShouldHoldNowhere(Address);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_somebody_reads_the_answer_does_not_wait_and_the_address_goes_when_they_are_done(bool submitted)
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Reserve(Address, "r").ShouldBeNull();
        if (submitted)
        {
            await circle.Ask("r", "bob");
        }

        using SqliteConnection reader = Reading(circle.TablesFile);
        long asked = TimeProvider.System.GetTimestamp();
        if (submitted)
        {
            await circle.Vote("r", "ada", approve: false);
        }
        else
        {
            circle.Live.AddressGuard.Release("r");
        }

        TimeProvider.System.GetElapsedTime(asked).ShouldBeLessThan(TimeSpan.FromSeconds(2));
        circle.Holding(Address).ShouldNotBeEmpty();

        reader.Dispose();
        await Waiting.Until(() => circle.Holding(Address).Count == 0);
    }

    [Fact]
    public async Task An_address_that_cannot_be_deleted_at_once_goes_as_soon_as_it_can()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Reserve(Address, "r").ShouldBeNull();
        circle.Tables().Execute("CREATE TRIGGER planted BEFORE DELETE ON ip_cooldowns BEGIN SELECT RAISE(ABORT, 'planted'); END");
        circle.Live.AddressGuard.Release("r");
        circle.Tables().Rows(Rows).ShouldNotBeEmpty();

        circle.Tables().Execute("DROP TRIGGER planted");
        await Waiting.Until(() => circle.Holding(Address).Count == 0);
    }

    [Fact]
    public async Task A_start_while_somebody_reads_takes_the_address_away_when_they_are_done()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Reserve(Address, "r").ShouldBeNull();
        await circle.Close();
        using SqliteConnection reader = Reading(circle.TablesFile);
        circle.OpenAgain();
        circle.Holding(Address).ShouldNotBeEmpty();

        reader.Dispose();
        await Waiting.Until(() => circle.Holding(Address).Count == 0);
    }

    // A read transaction pins what was there when it began.
    private static SqliteConnection Reading(string file)
    {
        SqliteConnection reader = new(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        reader.Open();
        using SqliteCommand command = reader.CreateCommand();
        command.CommandText = "BEGIN; SELECT count(*) FROM members;";
        command.ExecuteScalar();
        return reader;
    }
}

internal static class Traces
{
    /// <summary>The files of the data folder in which the bytes of a text stand.</summary>
    public static IReadOnlyList<string> Holding(this SomeCircle circle, string text) =>
    [
        .. Directory.EnumerateFiles(circle.Folder)
            .Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)) // No content; closing it would drop SQLite's locks.
            .Where(file => Bytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0),
    ];

    public static void ShouldHoldNowhere(this SomeCircle circle, string text) => circle.Holding(text).ShouldBeEmpty();

    private static byte[] Bytes(string file)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
