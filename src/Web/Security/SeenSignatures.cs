using SecureChat.Ledger.Keys;

namespace SecureChat.Web.Security;

/// <summary>
/// The (member, timestamp) pairs that were used, whatever text the signature had: a pair opens one change or one socket.
/// Reading may repeat it, and uses it up for changes.
/// </summary>
/// <remarks>
/// A pair is forgotten when it is out of the window by the wall clock and twice the window has passed by the monotonic one, so
/// that a clock that jumps ahead and back reopens nothing.
/// </remarks>
/// <param name="clock">Both clocks.</param>
public sealed class SeenSignatures(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly HashSet<(string MemberId, long Timestamp)> seen = [];
    private readonly Queue<((string MemberId, long Timestamp) Pair, long SeenAt)> inOrder = new();

    /// <summary>Whether the pair was used.</summary>
    public bool Contains(string memberId, long timestamp)
    {
        lock (gate)
        {
            return seen.Contains((memberId, timestamp));
        }
    }

    /// <summary>Marks the pair as used.</summary>
    /// <returns>False when it was used before.</returns>
    public bool TryUse(string memberId, long timestamp)
    {
        lock (gate)
        {
            Forget();
            if (!seen.Add((memberId, timestamp)))
            {
                return false;
            }

            inOrder.Enqueue(((memberId, timestamp), clock.GetTimestamp()));
            return true;
        }
    }

    private void Forget()
    {
        DateTimeOffset now = clock.GetUtcNow();
        while (inOrder.TryPeek(out ((string MemberId, long Timestamp) Pair, long SeenAt) oldest)
            && clock.GetElapsedTime(oldest.SeenAt).TotalMilliseconds > 2 * Timestamp.Window
            && !Timestamp.WithinWindow(oldest.Pair.Timestamp, now))
        {
            seen.Remove(oldest.Pair);
            inOrder.Dequeue();
        }
    }
}
