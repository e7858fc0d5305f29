namespace SecureChat.EnduranceTests.Disk;

/// <summary>
/// A data folder on a disk that may lose its power after any call. Names are kept only when the folder itself was synced; without that, what
/// happened to them is there up to some moment, in order, as file systems with a journal have it.
/// </summary>
/// <param name="ignoresSyncs">Whether a sync does nothing: a disk that lies, or a relay that does not ask.</param>
internal sealed class UnreliableFolder(bool ignoresSyncs = false)
{
    private readonly List<DiskCall> unsyncedNames = [];
    private readonly Dictionary<ulong, UnreliableFile> files = [];
    private readonly Dictionary<DiskCall, UnreliableFile> created = [];
    private readonly Dictionary<string, UnreliableFile> syncedNames = [];

    public void Do(DiskCall call)
    {
        switch (call.Kind)
        {
            case DiskCallKind.Create:
                // The number of a file that is gone may be given again.
                created[call] = files[call.File] = new UnreliableFile();
                unsyncedNames.Add(call);
                break;
            case DiskCallKind.Rename or DiskCallKind.Unlink:
                unsyncedNames.Add(call);
                break;
            case DiskCallKind.Write or DiskCallKind.Truncate:
                files[call.File].Do(call);
                break;
            case DiskCallKind.Sync when !ignoresSyncs:
                files[call.File].Sync();
                break;
            case DiskCallKind.SyncFolder when !ignoresSyncs:
                unsyncedNames.ForEach(change => Apply(change, syncedNames));
                unsyncedNames.Clear();
                break;
        }
    }

    /// <summary>Writes into an empty folder what a crash leaves.</summary>
    /// <returns>How it treated what was not synced.</returns>
    public UnreliableFile.Fate Crash(Dice dice, string folder)
    {
        UnreliableFile.Fate fate = (UnreliableFile.Fate)dice.Below(4);
        int kept = fate switch
        {
            UnreliableFile.Fate.AllLost => 0,
            UnreliableFile.Fate.AllKept => unsyncedNames.Count,
            _ => dice.Below(unsyncedNames.Count + 1),
        };
        Dictionary<string, UnreliableFile> names = new(syncedNames);
        foreach (DiskCall change in unsyncedNames.Take(kept))
        {
            Apply(change, names);
        }

        foreach ((string name, UnreliableFile file) in names)
        {
            File.WriteAllBytes(Path.Combine(folder, name), file.Crash(dice, fate));
        }

        return fate;
    }

    private void Apply(DiskCall change, Dictionary<string, UnreliableFile> names)
    {
        string[] of = change.Names;
        if (change.Kind == DiskCallKind.Create)
        {
            names[of[0]] = created[change];
        }
        else if (change.Kind == DiskCallKind.Unlink)
        {
            names.Remove(of[0]);
        }
        else if (names.Remove(of[0], out UnreliableFile? moved))
        {
            names[of[1]] = moved;
        }
    }
}
