using System.Runtime.InteropServices;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// The tree cut into tiles of height 8 (C2SP tlog-tiles): which a tree has, and what stands in them.
/// <code>
/// hash i of tile (L, N) = MTH(D[(256 N + i) * 256^L : (256 N + i + 1) * 256^L])
/// </code>
/// </summary>
public static class Tiles
{
    /// <summary>The number of tree levels in a tile.</summary>
    public const int Height = 8;

    private const int MaximumLevels = 8;

    /// <summary>How many hashes the tiles of one level hold together in a tree of a size: floor(size / 256^level).</summary>
    public static long HashCount(int level, long size) => level < MaximumLevels ? size >> (Height * level) : 0;

    /// <summary>The tiles of a tree: level by level from the leaves, each from the left, the partial one of the level last.</summary>
    public static IEnumerable<TilePath> OfTree(long size)
    {
        for (int level = 0; HashCount(level, size) > 0; level++)
        {
            foreach (TilePath tile in OfLevel(level, HashCount(level, size)))
            {
                yield return tile;
            }
        }
    }

    /// <summary>The entry bundles of a tree, from the left.</summary>
    public static IEnumerable<TilePath> BundlesOfTree(long size) => OfLevel(TilePath.EntriesLevel, size);

    /// <summary>The bytes of a tile: its hashes, one after the other.</summary>
    /// <param name="tile">A tile of hashes that the tree has, see <see cref="TilePath.ExistsIn"/>.</param>
    /// <param name="read">Gives the stored nodes.</param>
    public static byte[] Content(TilePath tile, NodeReader read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (tile.IsEntries)
        {
            throw new ArgumentException("a bundle holds entries, see EntryBundle", nameof(tile));
        }

        Hash[] hashes = new Hash[tile.Width];
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = read(Height * tile.Level, (tile.Index * TilePath.FullWidth) + i);
        }

        return MemoryMarshal.AsBytes<Hash>(hashes).ToArray();
    }

    /// <summary>The hashes of a tile from its bytes.</summary>
    /// <param name="content">What was served or stored for the tile.</param>
    /// <param name="width">How many hashes the tile has to have.</param>
    public static Parsed<Hash[]> Parse(ReadOnlySpan<byte> content, int width) =>
        content.Length == width * Hash.ByteLength
            ? MemoryMarshal.Cast<byte, Hash>(content).ToArray()
            : new Invalid("a tile has 32 bytes for each of its hashes");

    private static IEnumerable<TilePath> OfLevel(int level, long count)
    {
        for (long index = 0L; index < count / TilePath.FullWidth; index++)
        {
            yield return new TilePath(level, index, TilePath.FullWidth);
        }

        if (count % TilePath.FullWidth is > 0 and var width)
        {
            yield return new TilePath(level, count / TilePath.FullWidth, (int)width);
        }
    }
}
