using System.Runtime.InteropServices;

namespace SecureChat.Web;

/// <summary>
/// Gives memory back when the relay has nothing to do: what was allocated for starting and for connections that came, and the pages of code
/// that only this needed. An idle process would keep them, because nothing makes the runtime collect and the kernel take them away.
/// </summary>
/// <remarks>
/// One timer, which is set while connections come or requests are answered; a relay to which nobody connects has none. Only its callback
/// collects, and it waits for half a second in which hardly anything was allocated: a collection stops everything for some milliseconds.
/// </remarks>
internal sealed class IdleMemory : IDisposable
{
    private const long WorthCollecting = 4 * 1024 * 1024;
    private const long HardlyAnything = 256 * 1024;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(0.5);

    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private long touched;
    private long lastSeen;
    private long lastReturned;
    private bool waiting;

    /// <summary>Makes one that has nothing to wait for.</summary>
    public IdleMemory(TimeProvider clock)
    {
        this.clock = clock;
        timer = clock.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A connection has come. When there is nothing to do any more, memory is given back.</summary>
    public void Touched()
    {
        Volatile.Write(ref touched, clock.GetTimestamp());
        if (!Interlocked.Exchange(ref waiting, true))
        {
            lastSeen = GC.GetTotalAllocatedBytes();
            timer.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Gives back what can be spared, at once.</summary>
    public void Return()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        lastReturned = GC.GetTotalAllocatedBytes();
        ReturnCode();
    }

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void Look()
    {
        TimeSpan since = clock.GetElapsedTime(Volatile.Read(ref touched));
        long allocated = GC.GetTotalAllocatedBytes();
        if (since < Quiet || allocated - lastSeen > HardlyAnything)
        {
            lastSeen = allocated;
            timer.Change(since < Quiet ? Quiet - since : Quiet, Timeout.InfiniteTimeSpan);
            return;
        }

        // From here on the next connection sets the timer again.
        Volatile.Write(ref waiting, false);
        if (allocated - lastReturned >= WorthCollecting)
        {
            Return();
        }
        else
        {
            ReturnCode();
        }
    }

    /// <summary>
    /// Unmaps pages of programs and libraries. They stay in the page cache until the kernel wants the memory, and whatever is needed again is
    /// mapped again when it is. Only where nothing was ever written, so that the file has all of it.
    /// </summary>
    private static void ReturnCode()
    {
        const int DontNeed = 4; // MADV_DONTNEED
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            (nuint Start, nuint End) candidate = default;
            foreach (string line in File.ReadLines("/proc/self/smaps"))
            {
                if (Mapping(line) is { } mapping)
                {
                    candidate = mapping;
                }
                else if (candidate.End > 0 && line.StartsWith("Anonymous:", StringComparison.Ordinal))
                {
                    if (line.AsSpan("Anonymous:".Length).TrimStart().StartsWith("0 "))
                    {
                        _ = Advise(candidate.Start, candidate.End - candidate.Start, DontNeed);
                    }

                    candidate = default;
                }
            }
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            // Then they stay.
        }
    }

    // "7f0c1a000000-7f0c1a021000 r-xp 00000000 fe:01 1234   /usr/lib/x.so": private, of a file, and not writable; an empty one for any other.
    private static (nuint Start, nuint End)? Mapping(string line)
    {
        int dash = line.IndexOf('-', StringComparison.Ordinal);
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        if (dash <= 0 || space < dash || !nuint.TryParse(line.AsSpan(0, dash), System.Globalization.NumberStyles.AllowHexSpecifier, null, out nuint start)
            || !nuint.TryParse(line.AsSpan(dash + 1, space - dash - 1), System.Globalization.NumberStyles.AllowHexSpecifier, null, out nuint end))
        {
            return null;
        }

        ReadOnlySpan<char> rights = line.AsSpan(space + 1, 4);
        return rights is "r-xp" or "r--p" && line.Contains(" /", StringComparison.Ordinal) ? (start, end) : (0, 0);
    }

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nuint start, nuint length, int advice);
}
