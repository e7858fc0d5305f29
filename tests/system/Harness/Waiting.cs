using System.Diagnostics;

namespace SecureChat.SystemTests.Harness;

/// <summary>Waiting for what has no event to wait for.</summary>
public static class Waiting
{
    /// <summary>Asks again until the condition holds; fails with the description after 15 s.</summary>
    public static async Task Until(Func<Task<bool>> condition, string description)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(15))
            {
                throw new ShouldAssertException($"In vain waited until {description}");
            }

            await Task.Delay(20); // between two questions
        }
    }

    public static Task Until(Func<bool> condition, string description) => Until(() => Task.FromResult(condition()), description);
}
