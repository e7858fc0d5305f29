namespace SecureChat.Ledger.Transparency;

/// <summary>
/// Gives the nodes of a tree of which only the tiles are at hand, in a folder or in rows: reads the tile that a node lies in and hashes
/// upwards inside it. A proof in a tree of a million leaves takes five tiles or fewer. The tiles that were read are kept, so one reader
/// serves one proof or one comparison, not a lifetime.
/// </summary>
/// <param name="size">The size of the tree; its partial tiles are asked for with the width they have at this size.</param>
/// <param name="fetch">Gives the hashes of a tile, as many as its width. Nothing here checks them: a proof or root computed from them does.</param>
public sealed class TileNodeReader(long size, Func<TilePath, Hash[]> fetch)
{
    private readonly Dictionary<TilePath, Hash[]> _tiles = [];

    /// <summary>The root of a complete subtree, see <see cref="NodeReader"/>.</summary>
    public Hash Read(int level, long index)
    {
        (int tileLevel, int levelsAbove) = Math.DivRem(level, Tiles.Height);
        long first = index << levelsAbove;
        Hash[] tile = Tile(tileLevel, first / TilePath.FullWidth);
        return Join(tile.AsSpan((int)(first % TilePath.FullWidth), 1 << levelsAbove));
    }

    private Hash[] Tile(int level, long index)
    {
        long count = Tiles.HashCount(level, size) - (index * TilePath.FullWidth);
        TilePath path = new TilePath(level, index, (int)Math.Min(count, TilePath.FullWidth));
        if (_tiles.TryGetValue(path, out Hash[]? hashes))
        {
            return hashes;
        }

        hashes = fetch(path);
        if (hashes.Length != path.Width)
        {
            throw new FormatException($"{path.Format()} does not have {path.Width} hashes");
        }

        _tiles.Add(path, hashes);
        return hashes;
    }

    private static Hash Join(ReadOnlySpan<Hash> hashes)
    {
        if (hashes.Length == 1)
        {
            return hashes[0];
        }

        int half = hashes.Length / 2;
        return MerkleHashing.Node(Join(hashes[..half]), Join(hashes[half..]));
    }
}
