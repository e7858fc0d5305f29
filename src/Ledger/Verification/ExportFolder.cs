using System.Security.Cryptography;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>
/// A log as static files, the tree of C2SP tlog-tiles:
/// <code>
/// checkpoint   policy   tile/&lt;L&gt;/&lt;N&gt;[.p/&lt;W&gt;]   tile/entries/&lt;N&gt;[.p/&lt;W&gt;]   addenda/&lt;hex[0:2]&gt;/&lt;hex[2:4]&gt;/&lt;hex&gt;
/// </code>
/// Of the partial tiles, those with the width of the checkpoint's size are read.
/// </summary>
public static class ExportFolder
{
    private const int MaximumBundleBytes = TilePath.FullWidth * (sizeof(ushort) + EntryBundle.MaximumEntryBytes);
    private const int MaximumAddendumBytes = 1 << 20;

    /// <summary>The log in a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="policy">Whose log it must be; null for the file <c>policy</c> beside it, which the exporter wrote: that proves only that the log agrees with itself.</param>
    public static LogSource Source(string folder, WitnessPolicy? policy = null) => new(
        () => policy ?? Policy(folder),
        () => Read(folder, "checkpoint", SignedNote.MaximumBytes),
        size => Entries(folder, size),
        digest => Addendum(folder, digest))
    {
        Tile = tile => Read(folder, tile.Format(), tile.Width * Hash.ByteLength),
    };

    /// <summary>The path of an addendum below the folder, with slashes.</summary>
    /// <param name="digest">Its digest.</param>
    public static string AddendumPath(Hash digest)
    {
        string hex = digest.ToHex();
        return $"addenda/{hex[..2]}/{hex[2..4]}/{hex}";
    }

    private static WitnessPolicy Policy(string folder) =>
        WitnessPolicy.Parse(Read(folder, "policy", SignedNote.MaximumBytes)).TryGet(out WitnessPolicy? policy, out string? reason)
            ? policy
            : throw new LogDamagedException($"The file policy is none: {reason}.");

    private static IEnumerable<StoredEntry> Entries(string folder, long size)
    {
        foreach (TilePath bundle in Tiles.BundlesOfTree(size))
        {
            string place = bundle.Format();
            long first = bundle.Index * TilePath.FullWidth;
            TilePath leaves = bundle with { Level = 0 };
            byte[] content = Read(folder, place, MaximumBundleBytes, first);
            if (!EntryBundle.Parse(content, bundle.Width).TryGet(out ReadOnlyMemory<byte>[]? entries, out string? reason))
            {
                throw new LogDamagedException($"The file {place}, which starts with entry {first}, is damaged: {reason}.", first);
            }

            byte[] tile = Read(folder, leaves.Format(), leaves.Width * Hash.ByteLength, first);
            if (!Tiles.Parse(tile, leaves.Width).TryGet(out Hash[]? hashes, out reason))
            {
                throw new LogDamagedException($"The file {leaves.Format()}, which starts with entry {first}, is damaged: {reason}.", first);
            }

            for (int index = 0; index < entries.Length; index++)
            {
                yield return new StoredEntry(entries[index], hashes[index], place);
            }
        }
    }

    private static byte[]? Addendum(string folder, Hash digest)
    {
        string path = AddendumPath(digest);
        if (!Path.Exists(Path.Combine(folder, path)))
        {
            return null;
        }

        byte[] bytes = Read(folder, path, MaximumAddendumBytes);
        return new Hash(SHA256.HashData(bytes)) == digest
            ? bytes
            : throw new LogDamagedException($"The file {path} is not the document of its digest.");
    }

    private static byte[] Read(string folder, string path, int maximum, long? entry = null)
    {
        try
        {
            using FileStream file = new(Path.Combine(folder, path), FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > maximum)
            {
                throw new LogDamagedException($"The file {path} is larger than such a file can be.", entry);
            }

            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LogDamagedException(
                entry is null ? $"The file {path} is missing." : $"The file {path}, which starts with entry {entry}, is missing.", entry, unreadable);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new LogDamagedException($"The file {path} cannot be read.", entry, unreadable);
        }
    }
}
