namespace SecureChat.EnduranceTests.Disk;

/// <summary>
/// A file as a disk without power has it: what was synced is there; of what was written since, each sector may be there or not, in any
/// order, and the length is one that the file had since.
/// </summary>
internal sealed class UnreliableFile
{
    private const int Sector = 512;

    private readonly List<DiskCall> unsynced = [];
    private byte[] synced = [];

    /// <summary>How a crash treats what was not synced.</summary>
    public enum Fate
    {
        AllLost,
        AllKept,
        CutShort,
        Scattered,
    }

    public bool IsUnsynced => unsynced.Count > 0;

    public void Do(DiskCall call) => unsynced.Add(call);

    public void Sync()
    {
        synced = After(synced, unsynced);
        unsynced.Clear();
    }

    /// <summary>What a crash leaves of it.</summary>
    public byte[] Crash(Dice dice, Fate fate) => fate switch
    {
        Fate.AllLost => synced,
        Fate.AllKept => After(synced, unsynced),
        Fate.CutShort => After(synced, CutShort(dice)),
        _ => Scattered(dice),
    };

    // In order up to somewhere, and of the last one some sectors.
    private List<DiskCall> CutShort(Dice dice)
    {
        List<DiskCall> kept = [.. unsynced.Take(dice.Below(unsynced.Count + 1))];
        if (kept.Count > 0 && kept[^1].Kind == DiskCallKind.Write)
        {
            DiskCall last = kept[^1];
            kept.RemoveAt(kept.Count - 1);
            kept.AddRange(Sectors(last).Where(_ => dice.Flip()));
        }

        return kept;
    }

    // Sectors reach the disk in any order or not at all; what the file system says about the length follows its own order.
    private byte[] Scattered(Dice dice)
    {
        int length = After(synced, [.. unsynced.Take(dice.Below(unsynced.Count + 1))]).Length;
        int likely = 1 + dice.Below(9);
        List<DiskCall> reached = [.. unsynced.Where(call => call.Kind == DiskCallKind.Write).SelectMany(Sectors).Where(_ => dice.Below(10) < likely)];
        for (int index = reached.Count - 1; index > 0; index--)
        {
            int other = dice.Below(index + 1);
            (reached[index], reached[other]) = (reached[other], reached[index]);
        }

        byte[] content = After(synced, reached);
        Array.Resize(ref content, length);
        return content;
    }

    private static IEnumerable<DiskCall> Sectors(DiskCall write)
    {
        for (int at = 0; at < write.Data.Length;)
        {
            int upTo = (int)Math.Min(write.Data.Length, at + Sector - ((write.Offset + at) % Sector));
            yield return write with { Offset = write.Offset + at, Data = write.Data[at..upTo] };
            at = upTo;
        }
    }

    private static byte[] After(byte[] before, IReadOnlyCollection<DiskCall> calls)
    {
        long length = before.Length;
        foreach (DiskCall call in calls)
        {
            length = call.Kind == DiskCallKind.Truncate ? Math.Max(length, call.Offset) : Math.Max(length, call.Offset + call.Data.Length);
        }

        byte[] content = new byte[length];
        before.CopyTo(content, 0);
        long end = before.Length;
        foreach (DiskCall call in calls)
        {
            if (call.Kind == DiskCallKind.Truncate)
            {
                // What was beyond comes back as zeros if the file grows again.
                Array.Clear(content, (int)Math.Min(call.Offset, length), (int)Math.Max(0, length - call.Offset));
                end = call.Offset;
            }
            else
            {
                call.Data.CopyTo(content, call.Offset);
                end = Math.Max(end, call.Offset + call.Data.Length);
            }
        }

        return content[..(int)end];
    }
}
