namespace SecureChat.UnitTests.Projections;

/// <summary>Waits for a state that nothing announces.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task Until(Func<bool> reached)
    {
        using CancellationTokenSource late = new(Patience);
        using PeriodicTimer look = new(TimeSpan.FromMilliseconds(10));
        while (!reached())
        {
            await look.WaitForNextTickAsync(late.Token);
        }
    }
}
