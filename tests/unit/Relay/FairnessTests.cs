using SecureChat.Web.Relay;

namespace SecureChat.UnitTests.Relay;

public sealed class FairnessTests
{
    private static readonly byte[] Ping = [0x89, 0x80, 1, 2, 3, 4];

    [Fact]
    public async Task Whoever_sends_without_a_pause_lets_others_have_the_thread()
    {
        SomeCircle circle = new("ada");
        await using Hub hub = new(() => circle.Roster, circle.Logins, circle.Vote, new RelayLimits(), TimeProvider.System);
        using PipeStream flood = new(Ping) { ComesAgain = true, KeepsWrites = false };

        // The inner task is there as soon as the reading has let go of its thread for the first time.
        Task<Task> reading = Task.Factory.StartNew(
            () => hub.ServeAsync(flood, flood.End, sendsOnPool: true), CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Default);
        try
        {
            await reading.WaitAsync(TimeSpan.FromSeconds(10));
            SpinWait.SpinUntil(() => flood.WrittenBytes > 1000, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        }
        finally
        {
            flood.End();
        }

        await await reading;
    }
}
