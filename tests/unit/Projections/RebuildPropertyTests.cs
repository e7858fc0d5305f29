using System.Reactive.Subjects;
using System.Text.Json;
using CsCheck;
using SecureChat.Ledger.Circle;
using SecureChat.Projections;

namespace SecureChat.UnitTests.Projections;

/// <summary>Whatever happened, and in whatever pieces it was followed: the tables are the same, and say what the roster says.</summary>
public class RebuildPropertyTests
{
    private static readonly string[] Ids = ["ada", "Bob", "cy", "dan", "eva"];

    private static readonly Gen<string> Id = Gen.Int[0, Ids.Length - 1].Select(index => Ids[index]);

    // Requests are named by their place among those that were made, so that votes find one.
    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (3, Id.Select(id => new Step(id, Kind.Ask, 0))),
        (8, Gen.Select(Id, Gen.Int[0, 3]).Select((id, back) => new Step(id, Kind.Approve, back))),
        (1, Gen.Select(Id, Gen.Int[0, 3]).Select((id, back) => new Step(id, Kind.Reject, back))),
        (1, Id.Select(id => new Step(id, Kind.Leave, 0))),
        (1, Id.Select(id => new Step(id, Kind.Lock, 0))),
        (2, Id.Select(id => new Step(id, Kind.Unlock, 0))),
        (1, Gen.Int[1, 30].Select(hours => new Step("", Kind.Wait, hours))));

    private enum Kind
    {
        Ask, Approve, Reject, Leave, Lock, Unlock, Wait,
    }

    [Fact]
    public void Rebuilt_tables_equal_those_that_followed_live_and_the_roster() =>
        Gen.Select(AnyStep.Array[0, 60], Gen.Int[1, 7].Array[1, 20]).Sample(
            (steps, chunks) => Check(Happened(steps), chunks), iter: 40, threads: 1);

    private static void Check(IReadOnlyList<CircleEvent> events, int[] chunks)
    {
        using SomeLedger ledger = new();
        using ProjectionRunner live = ledger.Follow(out Subject<long> durable, "live");
        for (int next = 0, chunk = 0; next < events.Count; chunk++)
        {
            CircleEvent[] some = [.. events.Skip(next).Take(chunks[chunk % chunks.Length])];
            ledger.Append(some);
            next += some.Length;
            durable.OnNext(next);
        }

        live.WhenApplied(events.Count).WaitAsync(TimeSpan.FromSeconds(20)).GetAwaiter().GetResult();
        using ProjectionRunner rebuilt = ledger.Follow(out _, "rebuilt");
        ledger.RowsOf("rebuilt").ShouldBe(ledger.RowsOf("live"));
        Shown(rebuilt.Roster).ShouldBe(Shown(live.Roster));
        ledger.RowsFor("live", RosterAsRows.Sql).Order(StringComparer.Ordinal).ShouldBe(RosterAsRows.Of(live.Roster));
    }

    private static string Shown(Roster roster) => JsonSerializer.Serialize(new
    {
        roster.Size,
        roster.RequestsLocked,
        Members = roster.Members.Select(member => new { member.Handle, member.Id, member.DisplayName, member.JoinedAt }),
        roster.Pending,
    });

    private static List<CircleEvent> Happened(Step[] steps)
    {
        List<CircleEvent> events = [];
        List<string> requests = ["none"];
        CircleState state = new();
        long now = SomeCircle.Start;
        Decide(new RegisterFounder(SomeCircle.Person(Ids[0])));
        foreach (Step step in steps)
        {
            now += step.Kind == Kind.Wait ? step.Number * 3_600_000L : 1;
            string request = requests[Math.Max(0, requests.Count - 1 - step.Number)];
            Decide(step.Kind switch
            {
                Kind.Ask => new SubmitRequest($"r{events.Count}", SomeCircle.Person(step.Id)),
                Kind.Approve => new CastVote(request, step.Id, Approve: true),
                Kind.Reject => new CastVote(request, step.Id, Approve: false),
                Kind.Leave => new Leave(step.Id),
                Kind.Lock => new ChangeRequestsLock(step.Id, Locked: true),
                Kind.Unlock => new ChangeRequestsLock(step.Id, Locked: false),
                _ => new ExpireRequests(),
            });
        }

        return events;

        void Decide(CircleCommand command)
        {
            Decision decision = Decisions.Decide(state, command, now);
            state = decision.After;
            events.AddRange(decision.Events);
            requests.AddRange(decision.Events.OfType<RequestSubmitted>().Select(submission => submission.Request));
        }
    }

    private sealed record Step(string Id, Kind Kind, int Number);
}

/// <summary>The roster in the words of the tables.</summary>
internal static class RosterAsRows
{
    public const string Sql = """
        SELECT 'member', id, display_name, joined_at FROM members WHERE status = 'active'
        UNION ALL SELECT 'request', id, requester_id, approvals FROM join_requests WHERE status = 'pending'
        UNION ALL SELECT 'general', '', '', (SELECT group_concat(value) FROM (SELECT value FROM json_each(member_ids) ORDER BY value))
            FROM channels WHERE id = 'general'
        UNION ALL SELECT 'dm', channels.id, '', '' FROM channels WHERE type = 'dm'
            AND 2 = (SELECT count(*) FROM json_each(member_ids) JOIN members ON members.id = value WHERE status = 'active')
        UNION ALL SELECT 'locked', value, '', '' FROM server_info WHERE key = 'requests_locked'
        """;

    public static IEnumerable<string> Of(Roster roster)
    {
        string[] ids = [.. roster.Members.Select(member => member.Id).Order(StringComparer.Ordinal)];
        List<string> rows =
        [
            .. roster.Members.Select(member => $"member|{member.Id}|{member.DisplayName}|{member.JoinedAt}"),
            .. roster.Pending.Select(request => $"request|{request.Id}|{request.RequesterId}|{JsonSerializer.Serialize(request.Approvals)}"),
            $"general|||{string.Join(',', ids)}",
            .. ids.SelectMany((one, index) => ids.Skip(index + 1).Select(other => $"dm|{one}:{other}||")),
            $"locked|{(roster.RequestsLocked ? "true" : "false")}||",
        ];
        return rows.OrderBy(row => row, StringComparer.Ordinal);
    }
}
