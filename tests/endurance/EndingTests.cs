using System.Diagnostics;
using System.Net.WebSockets;
using Microsoft.Data.Sqlite;
using SecureChat.EnduranceTests.Voting;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests;

/// <summary>
/// How the process ends. SIGTERM in the middle of votes and messages: every socket is closed with 1001, what was answered is there, exit
/// code 0 within five seconds. Tables that were edited by hand while it ran: rows are written anew from the ledger; tables that are not there any
/// more end it with exit code 3.
/// </summary>
public sealed class EndingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task SIGTERM_among_votes_and_messages_closes_with_1001_and_loses_nothing()
    {
        Dice dice = Dice.Of(output);
        for (int round = 0; round < Amount.Of(3, 30); round++)
        {
            await using Circle circle = await Circle.Found(3);
            ClientSocket[] sockets = await Task.WhenAll(Enumerable.Range(0, 30).Select(number => circle[number % 3].Connects()));
            using RawConnection silent = await RawConnection.Open(circle.Relay);
            VotingLoad load = new(circle);
            using CancellationTokenSource stop = new();
            Task voting = load.Run(dice, askers: 3, CancellationToken.None);
            Task talking = Task.WhenAll(sockets.Select((socket, number) => Talk(circle, socket, number % 3, stop.Token)));
            await load.Reaches(20);

            long asked = Stopwatch.GetTimestamp();
            await circle.Relay.Stop();
            TimeSpan took = Stopwatch.GetElapsedTime(asked);
            await stop.CancelAsync();
            await Task.WhenAll(voting, talking);
            foreach (ClientSocket socket in sockets)
            {
                (await socket.ExpectClosed()).ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
                await socket.DisposeAsync();
            }

            load.ShouldBeTold(LedgerStory.In(circle.Relay.DataFolder));
            circle.Relay.Output.ShouldNotContain("Unexpected");
            output.WriteLine($"{sockets.Length} sockets closed with 1001, {load.Acknowledged} changes there, exit code 0 after {took.TotalMilliseconds:0} ms");
        }
    }

    [Fact]
    public async Task Rows_that_were_edited_by_hand_are_written_anew_from_the_ledger()
    {
        await using Circle circle = await Circle.Found(2);
        Person stranger = circle.Stranger();
        string request = await stranger.HasAsked();

        // The handle that the newcomer will have: the position of the entry after two votes.
        Execute(circle.Relay, $"INSERT INTO member_handles VALUES ({LedgerStory.In(circle.Relay.DataFolder).Lines.Count + 2}, 'x')");

        await circle[0].Approves(request);
        await circle[1].Approves(request);
        (await circle.Status(request)).ShouldBe("approved");
        (await stranger.Get("/api/members")).Status.ShouldBe(200);
        Differences(circle.Relay).ShouldBeEmpty();
        await circle.Relay.Stop();
    }

    [Fact]
    public async Task Tables_that_cannot_be_written_any_more_end_it_with_exit_code_3()
    {
        await using Circle circle = await Circle.Found(2);
        await using ClientSocket socket = await circle[1].Connects();
        Execute(circle.Relay, "DROP TABLE channels");
        string request = await circle.Stranger().HasAsked();
        (await circle[0].Votes(request, approved: true)).Status.ShouldBe(200);
        (await circle[1].Votes(request, approved: true)).ShouldBeRefused(503, "ledger_unavailable");

        (await circle.Relay.Ended()).ShouldBe(3, circle.Relay.Output);
        (await socket.ExpectClosed()).ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        circle.Relay.Output.ShouldContain("The relay stops, because it cannot go on");
        circle.Relay.Output.ShouldNotContain("   at ");

        // The vote stands in the ledger; the tables are the operator's to remove.
        (int exitCode, string[] lines) = await circle.Relay.StartInVain();
        exitCode.ShouldBe(1);
        lines.ShouldHaveSingleItem().ShouldContain("move securechat.db");
        circle.Relay.DeleteProjections();
        await circle.Relay.Start();
        (await circle.Status(request)).ShouldBe("approved");
        await circle.Relay.Stop();
    }

    private static async Task Talk(Circle circle, ClientSocket socket, int who, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await socket.Send("MESSAGE", circle[who].Message("general", Envelope.NewId(), (circle[(who + 1) % 3], new string('x', 1000))));
                await Task.Delay(5, CancellationToken.None);
            }
        }
        catch (Exception ended) when (ended is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException or IOException)
        {
            // The relay has closed it.
        }
    }

    private static void Execute(RelayProcess relay, string sql)
    {
        using SqliteConnection connection = new($"Data Source={Path.Combine(relay.DataFolder, "securechat.db")};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static IReadOnlyList<TableDifference> Differences(RelayProcess relay)
    {
        DirectoryInfo aside = Directory.CreateTempSubdirectory("securechat-compare-");
        try
        {
            return TableComparison.Compare(TableComparison.FileIn(relay.DataFolder), LedgerFile.In(relay.DataFolder), aside.FullName).Differences;
        }
        finally
        {
            aside.Delete(recursive: true);
        }
    }
}
