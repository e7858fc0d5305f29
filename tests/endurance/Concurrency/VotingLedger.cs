using System.Security.Cryptography;
using SecureChat.Ledger.Circle;
using SecureChat.Projections;

namespace SecureChat.EnduranceTests.Concurrency;

/// <summary>A circle of three on a real ledger; for each plan somebody asks to join, and the three vote and leave as they like.</summary>
internal sealed class VotingLedger : IAsyncDisposable
{
    private const int Size = 3;

    private readonly string folder = Path.Combine(Path.GetTempPath(), "securechat-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
    private readonly LiveCircle circle;
    private CircleState before = new();
    private string request = "";
    private int people;

    private VotingLedger() => circle = LiveCircle.Open(folder, TimeProvider.System);

    public static VotingLedger Open()
    {
        var ledger = new VotingLedger();
        ledger.Execute(new RegisterFounder(ledger.Somebody())).ShouldBeNull();
        return ledger;
    }

    /// <summary>A plan on the circle as it is by now, in which somebody has asked.</summary>
    public Plan<VotingWorld> MakePlan(Dice dice)
    {
        while (circle.State.Members.Count > Size)
        {
            Execute(new Leave(circle.State.Members.Last().Id)).ShouldBeNull();
        }

        while (circle.State.Members.Count < Size)
        {
            Ask();
            foreach (var member in circle.State.Members.Select(member => member.Id).ToList())
            {
                Execute(new CastVote(request, member, Approve: true)).ShouldBeNull();
            }
        }

        Ask();
        before = circle.State.Copy();
        return new([], [.. before.Members.Select(member => Acts(member.Id, dice))]);
    }

    /// <summary>The ledger itself.</summary>
    public VotingWorld Next() => new(Execute, () => circle.State, request);

    /// <summary>The same circle, with nothing but the rules.</summary>
    public VotingWorld Again()
    {
        var state = before.Copy();
        return new(
            command =>
            {
                var decision = Decisions.Decide(state, command, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
                state = decision.After;
                return decision.Refusal?.Code;
            },
            () => state,
            request);
    }

    public async ValueTask DisposeAsync()
    {
        await circle.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    // One member's thread: votes, votes again, leaves; a departed member cannot vote.
    private List<Step<VotingWorld>> Acts(string member, Dice dice) =>
    [
        .. Enumerable.Range(0, 1 + dice.Below(2)).Select(_ => dice.Below(6) switch
        {
            < 4 => new Step<VotingWorld>($"{member} approves", world => world.Do(member, new CastVote(world.Request, member, Approve: true))),
            // The first member stays, so that there is always somebody to let others in.
            5 when before.Members.First().Id != member => new Step<VotingWorld>($"{member} leaves", world => world.Do(member, new Leave(member))),
            _ => new Step<VotingWorld>($"{member} rejects", world => world.Do(member, new CastVote(world.Request, member, Approve: false))),
        }),
    ];

    private void Ask()
    {
        foreach (var old in circle.State.Pending.Select(pending => pending.Id).ToList())
        {
            Execute(new CastVote(old, circle.State.Members.First(member => !circle.State.RequestOf(old)!.Approvals.Contains(member.Handle)).Id, Approve: false)).ShouldBeNull();
        }

        request = $"request {people}";
        Execute(new SubmitRequest(request, Somebody())).ShouldBeNull();
    }

    private string? Execute(CircleCommand command) => circle.ExecuteAsync(command).GetAwaiter().GetResult().Refusal?.Code;

    private Newcomer Somebody()
    {
        var number = ++people;
        var key = KeyPair.FromPool(number);
        return new Newcomer(new Profile($"p{number}", $"Person {number}"), new MemberKeys(Convert.ToBase64String(key.Spki), "", key.PublicPem));
    }
}

/// <summary>What was done in one plan, and how each member was answered.</summary>
internal sealed class VotingWorld(Func<CircleCommand, string?> execute, Func<CircleState> state, string request) : IDisposable
{
    private readonly Lock sync = new();
    private readonly SortedDictionary<string, List<string>> answers = [];

    public string Request { get; } = request;

    public static string Outcome(VotingWorld world)
    {
        var now = world.State;
        var pending = now.RequestOf(world.Request) is { } still ? $"pending with {still.Approvals.Count}" : "decided";
        return $"{string.Join("; ", world.answers.Select(answer => $"{answer.Key} {string.Join(' ', answer.Value)}"))}; {pending}; "
            + string.Join(' ', now.Members.Select(member => member.Id).Order());
    }

    private CircleState State => state();

    public void Do(string member, CircleCommand command)
    {
        Nudge.Here();
        var answer = execute(command) ?? "ok";
        lock (sync)
        {
            (answers.TryGetValue(member, out var known) ? known : answers[member] = []).Add(answer);
        }
    }

    public void Dispose()
    {
    }
}
