using SecureChat.ApprovalTests.Storage;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>
/// A running relay whose circle has a past: Alice, Ben and Cleo are members, Finn has left, Gil was rejected, and Hana's request has
/// expired.
/// </summary>
internal sealed class SettledCircle : IAsyncDisposable
{
    public const string ApprovedRequest = "00000000-0000-4000-8000-00000000000b";
    public const string RejectedRequest = "00000000-0000-4000-8000-000000000001";
    public const string ExpiredRequest = "00000000-0000-4000-8000-000000000002";

    private readonly EventfulCircle past;

    private SettledCircle(EventfulCircle past, RelayProcess relay)
    {
        this.past = past;
        Relay = relay;
        Started = TimeProvider.System.GetUtcNow();
    }

    public static Person Alice => Person.Named("Alice");

    public static Person Ben => Person.Named("Ben");

    public static Person Cleo => Person.Named("Cleo");

    public static Person Finn => Person.Named("Finn");

    public static Person Gil => Person.Named("Gil");

    public static Person Hana => Person.Named("Hana");

    public RelayProcess Relay { get; }

    /// <summary>A moment at which the relay was running.</summary>
    public DateTimeOffset Started { get; }

    public string Folder => past.Folder;

    public static async Task<SettledCircle> Start(params (string Name, string Value)[] settings)
    {
        EventfulCircle history = new(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(49));
        await history.Found(Alice);
        await history.Admit(Ben, ApprovedRequest, Alice);
        await history.Admit(Cleo, "00000000-0000-4000-8000-00000000000c", Alice, Ben);
        await history.Admit(Finn, "00000000-0000-4000-8000-00000000000f", Alice, Ben, Cleo);
        await history.Leave(Finn);
        await history.Ask(Gil, RejectedRequest);
        await history.Vote(Ben, RejectedRequest, approve: false);
        await history.Ask(Hana, ExpiredRequest);
        history.Pass(TimeSpan.FromHours(48));
        await history.Expire();
        await history.Close();
        return new SettledCircle(history, await RelayProcess.Start(history.Folder, settings));
    }

    public async ValueTask DisposeAsync()
    {
        await Relay.DisposeAsync();
        await past.DisposeAsync();
    }
}
