namespace SecureChat.EnduranceTests.Concurrency;

/// <summary>The control: who is online, kept by somebody who forgot that others come and go at the same time.</summary>
internal sealed class RacyPresence : IDisposable
{
    private readonly List<string> toldToOthers = [];
    private string[] online = ["old"];

    public static string Outcome(RacyPresence presence) => $"online {string.Join(' ', presence.online.Order())}; {string.Join(' ', presence.toldToOthers)}";

    public static Plan<RacyPresence> MakePlan(Dice dice)
    {
        Step<RacyPresence> enters = new("new enters", presence => presence.Enter("new"));
        Step<RacyPresence> leaves = new("old leaves", presence => presence.Leave("old"));
        return dice.Below(2) == 0 ? new([], [[enters], [leaves]]) : new([enters], [[leaves]]);
    }

    public void Dispose()
    {
    }

    private void Enter(string socket)
    {
        var before = online;
        Nudge.Here();
        online = [.. before, socket];
    }

    private void Leave(string socket)
    {
        var before = online;
        Nudge.Here();
        online = [.. before.Where(other => other != socket)];
        if (before.Length == 1)
        {
            toldToOthers.Add("left");
        }
    }
}
