using Microsoft.Extensions.Time.Testing;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.UnitTests.Keys;

namespace SecureChat.UnitTests.Projections;

/// <summary>A circle on real files in a folder of its own, under a clock that the test moves.</summary>
internal sealed class SomeCircle : IAsyncDisposable
{
    public const long Start = 1_790_000_000_000;

    private static readonly string Spki = SpkiOf(SomeKeys.OpensslSpki);
    private readonly TemporaryFolder folder = new();
    private LiveCircle? live;

    private SomeCircle() => live = LiveCircle.Open(folder.Path, Clock);

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(Start));

    public LiveCircle Live => live!;

    public string Folder => folder.Path;

    public string TablesFile => folder.File("securechat.db");

    public string LedgerFile => folder.File("ledger.db");

    public long Now => Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public static SomeCircle Open() => new();

    /// <summary>With a founder and members who came in by everybody's vote.</summary>
    public static async Task<SomeCircle> With(string founder, params string[] members)
    {
        SomeCircle circle = new();
        await circle.Found(founder);
        foreach (string member in members)
        {
            await circle.Join(member);
        }

        return circle;
    }

    public static Newcomer Person(string id, string? name = null, string curve25519 = "", string? pem = null) =>
        new(new Profile(id, name ?? $"Name of {id}"), new MemberKeys(pem is null ? Spki : SpkiOf(pem), curve25519, pem ?? SomeKeys.OpensslSpki));

    public Task<Outcome> Found(string id) => Live.ExecuteAsync(new RegisterFounder(Person(id)));

    public Task<Outcome> Ask(string request, string id) => Live.ExecuteAsync(new SubmitRequest(request, Person(id)));

    public Task<Outcome> Vote(string request, string voter, bool approve = true) => Live.ExecuteAsync(new CastVote(request, voter, approve));

    public Task<Outcome> Leave(string id) => Live.ExecuteAsync(new Leave(id));

    /// <summary>Asks with an address, as the front door does.</summary>
    public async Task AskFrom(string address, string request, string id)
    {
        Reserve(address, request).ShouldBeNull();
        (await Ask(request, id)).Refusal.ShouldBeNull();
        Live.AddressGuard.Submitted(request);
    }

    public long? Reserve(string address, string request) => Live.AddressGuard.Reserve(
        address, request, Now, Now + Decisions.RequestLifetime, id => Live.State.RequestOf(id) is not null);

    public async Task Join(string id)
    {
        string request = $"{id}-asks-at-{Live.Roster.Size}";
        await Ask(request, id);
        foreach (RosterMember member in Live.Roster.Members)
        {
            await Vote(request, member.Id);
        }

        Live.Roster.MemberOf(id).ShouldNotBeNull();
    }

    public async Task Close()
    {
        await live!.DisposeAsync();
        live = null;
    }

    public void OpenAgain() => live = LiveCircle.Open(folder.Path, Clock);

    public TablesOnDisk Tables() => new(TablesFile);

    public async ValueTask DisposeAsync()
    {
        if (live is not null)
        {
            await live.DisposeAsync();
        }

        folder.Dispose();
    }

    private static string SpkiOf(string pem)
    {
        RsaPublicKey.TryParse(pem, out RsaPublicKey? key, out _).ShouldBeTrue();
        return Convert.ToBase64String(key!.CanonicalSpki.Span);
    }
}
