using Microsoft.Extensions.Time.Testing;
using SecureChat.Ledger.Circle;
using SecureChat.Projections;

namespace SecureChat.ApprovalTests.Storage;

/// <summary>
/// A data folder of its own and a circle in it, under a clock that the test moves. Requests have the ids that the test gives.
/// </summary>
internal sealed class EventfulCircle : IAsyncDisposable
{
    private readonly FakeTimeProvider clock;
    private LiveCircle circle;
    private bool open = true;

    public EventfulCircle(DateTimeOffset start)
    {
        clock = new FakeTimeProvider(start);
        Folder = Directory.CreateTempSubdirectory("securechat-approval-").FullName;
        circle = LiveCircle.Open(Folder, clock);
    }

    public string Folder { get; }

    public Task Found(Person founder) => Do(new RegisterFounder(founder.AsNewcomer()));

    public async Task Ask(Person requester, string request, string? name = null)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        circle.AddressGuard.Reserve(requester.Address, request, now, now + Decisions.RequestLifetime, _ => true).ShouldBeNull();
        await Do(new SubmitRequest(request, requester.AsNewcomer(name)));
        circle.AddressGuard.Submitted(request);
    }

    public async Task Admit(Person requester, string request, params IReadOnlyList<Person> voters)
    {
        await Ask(requester, request);
        foreach (Person voter in voters)
        {
            await Vote(voter, request, approve: true);
        }
    }

    public Task Vote(Person voter, string request, bool approve) => Do(new CastVote(request, voter.Id, approve));

    public Task Leave(Person member) => Do(new Leave(member.Id));

    public Task Lock(Person member, bool locked) => Do(new ChangeRequestsLock(member.Id, locked));

    public Task Expire() => Do(new ExpireRequests());

    public void Pass(TimeSpan time) => clock.Advance(time);

    /// <summary>Stops, deletes the tables, and starts again.</summary>
    public async Task MakeTablesAnew()
    {
        await Close();
        File.Delete(Path.Combine(Folder, "securechat.db"));
        circle = LiveCircle.Open(Folder, clock);
        open = true;
    }

    /// <summary>Stops, and leaves the folder as it is.</summary>
    public async Task Close()
    {
        if (open)
        {
            open = false;
            await circle.DisposeAsync();
        }
    }

    private async Task Do(CircleCommand command)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        (await circle.ExecuteAsync(command)).Refusal.ShouldBeNull();
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        Directory.Delete(Folder, recursive: true);
    }
}
