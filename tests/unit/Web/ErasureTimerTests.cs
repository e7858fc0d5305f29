using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using SecureChat.Ledger.Circle;
using SecureChat.UnitTests.Admin;
using SecureChat.UnitTests.Projections;
using SecureChat.UnitTests.Witnesses;
using SecureChat.Web;

namespace SecureChat.UnitTests.Web;

/// <summary>Whoever was refused is forgotten in time by itself: nobody here asks for anything.</summary>
public class ErasureTimerTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    [Fact]
    public async Task Whoever_was_refused_is_forgotten_after_so_many_days_and_not_before()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await Refuse(circle, "r", "mallory");
        long size = circle.Live.State.Size;
        WallClock wall = new(circle.Clock);
        using ErasureTimer timer = new(circle.Live, wall, KeepFor, new LedgerTrouble(NullLogger.Instance));
        await timer.StartAsync(default);
        for (int day = 1; day <= 30; day++)
        {
            await Waiting.Until(() => wall.Sleeps == day);
            wall.Sleep.ShouldBe(Day);
            circle.Live.State.Size.ShouldBe(size, $"day {day}");
            circle.Clock.Advance(Day);
        }

        // To the millisecond the thirty days are over, and more must have passed.
        await Waiting.Until(() => wall.Sleeps == 31);
        circle.Live.State.Size.ShouldBe(size);
        FilesOf.With("mallory", circle.Folder).ShouldNotBeEmpty();
        circle.Clock.Advance(Day);
        await Waiting.Until(() => wall.Sleeps == 32);
        circle.Live.State.Size.ShouldBe(size + 1);
        await Waiting.Until(() => FilesOf.With("mallory", circle.Folder).Length == 0);
        circle.Live.ErasuresDue(long.MaxValue).ShouldBeEmpty();
        await timer.StopAsync(default);
    }

    [Fact]
    public async Task What_became_due_while_the_relay_was_down_is_forgotten_right_after_the_start()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await Refuse(circle, "r", "mallory");
        await circle.Close();
        circle.Clock.Advance(KeepFor + Day);
        circle.OpenAgain();
        await Refuse(circle, "s", "trudy");
        await Once(circle);
        FilesOf.With("mallory", circle.Folder).ShouldBeEmpty();
        FilesOf.With("trudy", circle.Folder).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_failure_is_said_and_tried_again_soon()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await Refuse(circle, "r", "mallory");
        circle.Clock.Advance(KeepFor + Day);
        RecordedLines lines = new();
        WallClock wall = new(circle.Clock);
        using ErasureTimer timer = new(circle.Live, wall, KeepFor, new LedgerTrouble(lines));
        new TablesOnDisk(circle.LedgerFile).Execute(
            "CREATE TRIGGER planted BEFORE DELETE ON addenda BEGIN SELECT RAISE(ABORT, 'planted'); END");
        await timer.StartAsync(default);
        await Waiting.Until(() => wall.Sleeps == 1);
        wall.Sleep.ShouldBe(TimeSpan.FromMinutes(10));
        lines.Rest().ToList().ShouldHaveSingleItem().Text.ShouldStartWith("Membership changes fail");
        await timer.StopAsync(default);
    }

    [Fact]
    public async Task The_copy_that_an_upgrade_left_goes_with_the_first_person_in_it_who_is_forgotten()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        string copy = circle.LedgerFile + ".v1";
        Copy(circle, copy);
        await File.WriteAllTextAsync(copy + ".new", "cut short");
        await Refuse(circle, "r", "mallory");
        circle.Clock.Advance(KeepFor + Day);
        await Once(circle);
        File.Exists(copy).ShouldBeTrue("it holds nobody who was forgotten");
        File.Exists(copy + ".new").ShouldBeFalse();
        File.Delete(copy);

        await Refuse(circle, "s", "trudy");
        Copy(circle, copy);
        FilesOf.With("trudy", circle.Folder).ShouldContain("ledger.db.v1");
        circle.Clock.Advance(KeepFor + Day);
        await Once(circle);
        FilesOf.With("trudy", circle.Folder).ShouldBeEmpty();
        File.Exists(copy).ShouldBeFalse();
    }

    [Fact]
    public async Task Something_else_under_the_name_of_the_copy_is_left_alone()
    {
        await using SomeCircle circle = await SomeCircle.With("ann");
        await File.WriteAllTextAsync(circle.LedgerFile + ".v1", "kept");
        await Once(circle);
        (await File.ReadAllTextAsync(circle.LedgerFile + ".v1")).ShouldBe("kept");
    }

    /// <summary>Lets a timer look once.</summary>
    private static async Task Once(SomeCircle circle)
    {
        RecordedLines lines = new();
        WallClock wall = new(circle.Clock);
        using ErasureTimer timer = new(circle.Live, wall, KeepFor, new LedgerTrouble(lines));
        await timer.StartAsync(default);
        await Waiting.Until(() => wall.Sleeps == 1);
        lines.Rest().ShouldBeEmpty();
        wall.Sleep.ShouldBe(Day);
        await timer.StopAsync(default);
    }

    private static async Task Refuse(SomeCircle circle, string request, string id)
    {
        await circle.Live.ExecuteAsync(new SubmitRequest(request, SomeCircle.Person(id)));
        await circle.Vote(request, "ann", approve: false);
        circle.Live.State.RequestOf(request).ShouldBeNull();
    }

    // As the upgrade makes it.
    private static void Copy(SomeCircle circle, string to)
    {
        using SqliteConnection connection = new($"Data Source={circle.LedgerFile};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using SqliteCommand vacuum = connection.CreateCommand();
        vacuum.CommandText = "VACUUM INTO $copy";
        vacuum.Parameters.AddWithValue("$copy", to);
        vacuum.ExecuteNonQuery();
    }
}
