using System.Globalization;
using System.Text.Json;
using SecureChat.Ledger.Storage;

namespace SecureChat.Admin.History;

/// <summary>A file of the data folder as the file system has it.</summary>
/// <param name="Name">Its name; <c>.</c> for the folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Mode">Who may what, in octal as chmod takes it; null where the system has no such thing.</param>
internal sealed record DataFile(string Name, long Size, string? Mode);

/// <summary>The last backup, as the backup command noted it.</summary>
/// <param name="Time">Milliseconds since the Unix epoch.</param>
/// <param name="Size">How many entries are in it.</param>
internal sealed record LastBackup(long Time, long Size);

/// <summary>What lies in a data folder, and what is not as it should be.</summary>
internal static class DataFolderFiles
{
    /// <summary>Written by the backup command.</summary>
    public const string LastBackupName = "last-backup.json";

    private const UnixFileMode Others = (UnixFileMode)0b000_111_111;
    private const int LargestNote = 4096;

    /// <summary>The folder and the files in it, in the order of their names.</summary>
    public static IReadOnlyList<DataFile> List(string folder) =>
    [
        new DataFile(".", 0, Mode(folder)),
        .. new DirectoryInfo(folder).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => new DataFile(file.Name, file.Length, Mode(file.FullName))),
    ];

    /// <summary>The last backup, or null when none is noted.</summary>
    public static LastBackup? LastBackup(string folder)
    {
        FileInfo note = new(Path.Combine(folder, LastBackupName));
        if (!note.Exists || note.Length > LargestNote)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(note.FullName));
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("time", out JsonElement time) && time.TryGetInt64(out long milliseconds)
                && root.TryGetProperty("size", out JsonElement size) && size.TryGetInt64(out long entries)
                ? new LastBackup(milliseconds, entries)
                : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What is not as it should be with the files themselves.</summary>
    public static IEnumerable<string> Warnings(string folder, IReadOnlyList<DataFile> files)
    {
        foreach (DataFile file in files)
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path.Combine(folder, file.Name)) & Others) != UnixFileMode.None)
            {
                yield return file.Name == "."
                    ? $"The folder is open to other users of the machine (mode {file.Mode}): chmod 700"
                    : $"{file.Name} is open to other users of the machine (mode {file.Mode}): chmod 600";
            }

            if (file.Name.StartsWith($"{LedgerFile.FileName}.v", StringComparison.Ordinal))
            {
                yield return $"{file.Name} was kept when the ledger was upgraded, and holds what was erased since: delete it when all is well.";
            }
        }

        if (files.All(file => file.Name != LogKey.FileName))
        {
            yield return $"{LogKey.FileName} is missing: a relay cannot go on with this ledger. Restore it from a backup.";
        }

        if (files.All(file => file.Name != SeenCheckpoint.FileName))
        {
            yield return $"{SeenCheckpoint.FileName} is missing: an old copy of the ledger that is put back here would not be noticed.";
        }

        if (files.Any(file => file.Name == "founder.key"))
        {
            yield return "founder.key is void, because there is a founder: delete it.";
        }
    }

    private static string? Mode(string path) => OperatingSystem.IsWindows()
        ? null
        : Convert.ToString((int)File.GetUnixFileMode(path), 8).PadLeft(3, '0').ToString(CultureInfo.InvariantCulture);
}
