using System.Buffers;
using System.Text.Json;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

public class TilesTests
{
    private static readonly JsonElement s_vectors = Vectors.Section("tiles");

    [Fact]
    public void Published_paths_are_read_and_written_back()
    {
        var cases = s_vectors.List("c2sp_paths").ToList();
        cases.Count.ShouldBe(3);
        foreach (var vector in cases)
        {
            var level = vector.GetProperty("L").ValueKind == JsonValueKind.String ? TilePath.EntriesLevel : (int)vector.Number("L");
            var tile = new TilePath(level, vector.Number("N"), (int)vector.Number("W"));
            TilePath.Parse(vector.Text("path")).Value.ShouldBe(tile);
            tile.Format().ShouldBe(vector.Text("path"));
        }
    }

    [Fact]
    public void Paths_of_the_Go_checksum_database_name_the_same_tiles_once_their_height_is_taken_out()
    {
        // Go writes tile/<height>/<level>/<index> and calls entries "data"; tlog-tiles has one height, 8, and leaves it out.
        // What both share is how index and width are written. A full tile is 2^height wide there and 256 here.
        var cases = s_vectors.List("go_paths").ToList();
        cases.Count.ShouldBe(6);
        foreach (var vector in cases)
        {
            var (height, level) = ((int)vector.Number("H"), (int)vector.Number("L"));
            var width = vector.Number("W") == 1 << height ? TilePath.FullWidth : (int)vector.Number("W");
            var path = WithoutHeight(vector.Text("path")).Replace("data", "entries", StringComparison.Ordinal);
            TilePath.Parse(path).Value.ShouldBe(new TilePath(level, vector.Number("N"), width));
        }

        foreach (var path in s_vectors.List("go_invalid").Select(path => path.GetString()!))
        {
            TilePath.Parse(WithoutHeight(path)).TryGet(out _, out _).ShouldBeFalse(path);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("tile")]
    [InlineData("tile/")]
    [InlineData("tile/0")]
    [InlineData("tile/0/")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/0/000/")]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/Entries/000")]
    [InlineData("tile/0/x000/000")]
    [InlineData("tile/0/001/234")]
    [InlineData("tile/0/x001/x234")]
    [InlineData("tile/0/X001/234")]
    [InlineData("tile/0/x001//234")]
    [InlineData("tile/0/0a0")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p/5/")]
    [InlineData("tile/0/000.p/5.p/5")]
    [InlineData("tile/0/../000")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("tile/0/x001/x000/x000/x000/x000/x000/x000/000")]
    [InlineData("tile/0/000\n")]
    public void A_tile_has_one_name(string path) => TilePath.Parse(path).TryGet(out _, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, "tile/0/000")]
    [InlineData(999, "tile/0/999")]
    [InlineData(1000, "tile/0/x001/000")]
    [InlineData(1_000_000, "tile/0/x001/x000/000")]
    [InlineData(long.MaxValue, "tile/0/x009/x223/x372/x036/x854/x775/807")]
    public void The_index_stands_in_groups_of_three_digits(long index, string path)
    {
        new TilePath(0, index, TilePath.FullWidth).Format().ShouldBe(path);
        TilePath.Parse(path).Value.Index.ShouldBe(index);
    }

    [Fact]
    public void The_published_trees_have_the_published_tiles()
    {
        var expected = s_vectors.GetProperty("tree_70000");
        var tiles = Tiles.OfTree(70_000).ToList();
        tiles.Count(tile => tile is { Level: 0, IsFull: true }).ShouldBe((int)expected.Number("full_level0"));
        tiles.Count(tile => tile is { Level: 1, IsFull: true }).ShouldBe((int)expected.Number("full_level1"));
        tiles.Where(tile => !tile.IsFull).Select(tile => (tile.Level, (long)tile.Width)).ShouldBe(
        [
            (0, expected.Number("partial_level0_width")),
            (1, expected.Number("partial_level1_width")),
            (2, expected.Number("partial_level2_width")),
        ]);
        Tiles.BundlesOfTree(70_000).Count().ShouldBe(274);

        expected = s_vectors.GetProperty("tree_256");
        Tiles.OfTree(256).Select(tile => tile.Format()).ShouldBe(["tile/0/000", $"tile/1/000.p/{expected.Number("partial_level1_width")}"]);
        expected.Number("full_level0").ShouldBe(1);
        Tiles.OfTree(0).ShouldBeEmpty();
        Tiles.BundlesOfTree(0).ShouldBeEmpty();
    }

    [Fact]
    public void A_tree_has_every_width_up_to_its_own_and_nothing_beyond()
    {
        foreach (var size in (long[])[1, 255, 256, 257, 65_535, 65_536, 65_537])
        {
            Tiles.OfTree(size).Concat(Tiles.BundlesOfTree(size)).ShouldAllBe(tile => tile.ExistsIn(size));
            var partial = Tiles.OfTree(size).Last();
            (partial with { Width = 1 }).ExistsIn(size).ShouldBeTrue();
            (partial with { Width = partial.Width + 1 }).ExistsIn(size).ShouldBeFalse();
            (partial with { Index = partial.Index + 1 }).ExistsIn(size).ShouldBeFalse();
            (partial with { Level = partial.Level + 1 }).ExistsIn(size).ShouldBeFalse();
        }

        // The second tile of 257 leaves holds one hash.
        new TilePath(0, 1, 1).ExistsIn(257).ShouldBeTrue();
        new TilePath(0, 1, 2).ExistsIn(257).ShouldBeFalse();
        new TilePath(TilePath.EntriesLevel, 1, TilePath.FullWidth).ExistsIn(257).ShouldBeFalse();
        new TilePath(0, long.MaxValue, 1).ExistsIn(long.MaxValue).ShouldBeFalse();
        new TilePath(63, 0, 1).ExistsIn(long.MaxValue).ShouldBeFalse();
        new TilePath(7, 0, 127).ExistsIn(long.MaxValue).ShouldBeTrue();
        new TilePath(0, 0, 1).ExistsIn(0).ShouldBeFalse();
    }

    [Fact]
    public void A_tile_holds_the_hashes_of_the_complete_subtrees_at_its_level()
    {
        var content = Tiles.Content(new TilePath(1, 2, 3), (level, index) => Some.Hash($"{level} {index}"));
        Tiles.Parse(content, 3).Value.ShouldBe([Some.Hash("8 512"), Some.Hash("8 513"), Some.Hash("8 514")]);
        Tiles.Parse(content, 2).TryGet(out _, out _).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => Tiles.Content(new TilePath(TilePath.EntriesLevel, 0, 1), (_, _) => default));
    }

    [Fact]
    public void A_tile_that_is_too_short_is_named()
    {
        var reader = new TileNodeReader(5, _ => []);
        Should.Throw<FormatException>(() => reader.Read(0, 0)).Message.ShouldContain("tile/0/000.p/5");
    }

    [Fact]
    public void A_bundle_gives_its_entries_back_and_refuses_another_number_of_them()
    {
        byte[][] entries = [[], [1], Enumerable.Repeat((byte)2, 65_535).ToArray()];
        var bundle = new ArrayBufferWriter<byte>();
        foreach (var entry in entries)
        {
            EntryBundle.Append(bundle, entry);
        }

        bundle.WrittenSpan[..5].ToArray().ShouldBe([0, 0, 0, 1, 1]);
        EntryBundle.Parse(bundle.WrittenMemory, 3).Value.Select(entry => entry.ToArray()).ShouldBe(entries);
        Some.Refusal(EntryBundle.Parse(bundle.WrittenMemory, 2)).ShouldBe("the bundle has more bytes than its entries");
        Some.Refusal(EntryBundle.Parse(bundle.WrittenMemory, 4)).ShouldBe("the bundle has too few entries");
        Some.Refusal(EntryBundle.Parse(bundle.WrittenMemory[..^1], 3)).ShouldBe("the bundle ends inside an entry");
        Should.Throw<ArgumentException>(() => EntryBundle.Append(bundle, new byte[65_536]));
    }

    private static string WithoutHeight(string path)
    {
        var parts = path.Split('/');
        return string.Join('/', [parts[0], .. parts[2..]]);
    }
}
