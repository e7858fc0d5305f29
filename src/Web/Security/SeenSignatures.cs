using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Storage;

namespace SecureChat.Web.Security;

/// <summary>
/// The (member, timestamp) pairs that were used, whatever text the signature had: a pair opens one change or one socket.
/// Reading may repeat it, and uses it up for changes. Of a request that is signed as a whole it is the (member, nonce) pair, and
/// that one opens a single request of any kind.
/// </summary>
/// <remarks>
/// A pair is forgotten when it is out of the window by the wall clock and twice the window has passed by the monotonic one, so
/// that a clock that jumps ahead and back reopens nothing.
/// </remarks>
/// <param name="clock">Both clocks.</param>
public sealed class SeenSignatures(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly HashSet<UsedSignature> seen = [];
    private readonly Queue<(UsedSignature Used, long SeenAt)> inOrder = new();

    /// <summary>Whether the pair was used.</summary>
    public bool Contains(UsedSignature used)
    {
        lock (gate)
        {
            return seen.Contains(Pair(used));
        }
    }

    /// <summary>Marks the pair as used.</summary>
    /// <returns>False when it was used before.</returns>
    public bool TryUse(UsedSignature used)
    {
        lock (gate)
        {
            Forget();
            if (!seen.Add(Pair(used)))
            {
                return false;
            }

            inOrder.Enqueue((used, clock.GetTimestamp()));
            return true;
        }
    }

    // A nonce is used whenever it was signed.
    private static UsedSignature Pair(UsedSignature used) => used.Nonce.Length == 0 ? used : used with { Timestamp = 0 };

    private void Forget()
    {
        DateTimeOffset now = clock.GetUtcNow();
        while (inOrder.TryPeek(out (UsedSignature Used, long SeenAt) oldest)
            && clock.GetElapsedTime(oldest.SeenAt).TotalMilliseconds > 2 * Timestamp.Window
            && !Timestamp.WithinWindow(oldest.Used.Timestamp, now))
        {
            seen.Remove(Pair(oldest.Used));
            inOrder.Dequeue();
        }
    }
}
