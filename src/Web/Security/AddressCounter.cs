using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SecureChat.Web.Security;

/// <summary>
/// How often an address came in its present minute. Addresses are counted under a keyed hash, so that none is kept, and nothing
/// here has a timer, so that an idle relay sleeps (the framework's limiters wake up ten times a second to throw old counts away).
/// </summary>
/// <param name="limit">How often an address may come in one window; the window begins with its first call.</param>
/// <param name="clock">Monotonic timestamps.</param>
/// <param name="secret">Random bytes that nobody else knows.</param>
internal sealed class AddressCounter(int limit, TimeProvider clock, byte[] secret)
{
    /// <summary>For how long a call counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // More addresses than this in one window are somebody who has a whole network, whom no limit on addresses stops.
    private const int MostAddresses = 1 << 16;

    private readonly Lock gate = new();
    private readonly Dictionary<long, (long Began, int Count)> counts = [];
    private long swept = clock.GetTimestamp();

    /// <summary>How many addresses are counted at present.</summary>
    public int Addresses
    {
        get
        {
            lock (gate)
            {
                return counts.Count;
            }
        }
    }

    /// <summary>Whether the limit is reached; asking counts for nothing.</summary>
    /// <param name="address">In canonical form.</param>
    /// <returns>Null when the address may come, otherwise how long it has to wait.</returns>
    public TimeSpan? MustWait(string address)
    {
        long key = Key(address);
        lock (gate)
        {
            return counts.TryGetValue(key, out (long Began, int Count) seen) ? Wait(seen) : null;
        }
    }

    /// <summary>Counts a call of an address, unless the limit is reached.</summary>
    /// <param name="address">In canonical form.</param>
    /// <returns>Null when it was counted, otherwise how long the address has to wait.</returns>
    public TimeSpan? Count(string address)
    {
        long key = Key(address);
        lock (gate)
        {
            Sweep();
            ref (long Began, int Count) seen = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out bool known);
            if (!known || IsOver(seen.Began))
            {
                seen = (clock.GetTimestamp(), 0);
            }

            if (Wait(seen) is { } wait)
            {
                return wait;
            }

            seen.Count++;
            return null;
        }
    }

    private TimeSpan? Wait((long Began, int Count) seen) =>
        seen.Count < limit || IsOver(seen.Began) ? null : Window - clock.GetElapsedTime(seen.Began);

    private bool IsOver(long began) => clock.GetElapsedTime(began) >= Window;

    private void Sweep()
    {
        if (!IsOver(swept) && counts.Count < MostAddresses)
        {
            return;
        }

        swept = clock.GetTimestamp();
        foreach ((long key, (long Began, int Count) seen) in counts)
        {
            if (IsOver(seen.Began))
            {
                counts.Remove(key);
            }
        }

        if (counts.Count >= MostAddresses)
        {
            counts.Clear();
        }
    }

    private long Key(string address)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(address), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }
}
