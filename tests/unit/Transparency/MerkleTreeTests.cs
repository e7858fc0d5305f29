using System.Text;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

/// <summary>Every size to 300, against a tree that is written differently.</summary>
public class MerkleTreeTests
{
    private const int Largest = 300;

    private static readonly NaiveTree s_naive = new([.. Enumerable.Range(0, Largest).Select(i => Encoding.ASCII.GetBytes($"entry {i}"))]);
    private static readonly Dictionary<(int, long), Hash> s_nodes = Build(Largest);

    [Fact]
    public void Every_root_is_that_of_the_naive_tree()
    {
        var range = new CompactRange();
        for (var size = 0; size <= Largest; size++)
        {
            range.Size.ShouldBe(size);
            range.Root().ShouldBe(s_naive.Root(size));
            MerkleTree.Root(size, Read).ShouldBe(s_naive.Root(size));
            CompactRange.Resume(size, Read).Root().ShouldBe(s_naive.Root(size));
            if (size < Largest)
            {
                range.Append(s_naive.Leaf(size));
            }
        }
    }

    [Fact]
    public void Every_inclusion_proof_is_that_of_the_naive_tree_and_verifies()
    {
        for (var size = 1; size <= Largest; size++)
        {
            var root = s_naive.Root(size);
            for (var index = 0; index < size; index++)
            {
                var path = MerkleTree.InclusionProof(index, size, Read);
                path.AsSpan().SequenceEqual([.. s_naive.Path(index, size)]).ShouldBeTrue();
                MerkleProofs.VerifyInclusion(s_naive.Leaf(index), index, size, path, root).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void Every_consistency_proof_is_that_of_the_naive_tree_and_verifies()
    {
        for (var newSize = 1; newSize <= Largest; newSize++)
        {
            var newRoot = s_naive.Root(newSize);
            for (var oldSize = 1; oldSize <= newSize; oldSize++)
            {
                var proof = MerkleTree.ConsistencyProof(oldSize, newSize, Read);
                proof.AsSpan().SequenceEqual([.. s_naive.Proof(oldSize, newSize)]).ShouldBeTrue();
                MerkleProofs.VerifyConsistency(oldSize, s_naive.Root(oldSize), newSize, newRoot, proof).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void Every_proof_and_root_can_be_computed_from_tiles_alone()
    {
        // 256 is where a second level of tiles begins.
        foreach (var size in (int[])[1, 2, 3, 7, 8, 9, 100, 255, 256, 257, 258, 300])
        {
            var tiles = Tiles.OfTree(size).ToDictionary(tile => tile, tile => Tiles.Parse(Tiles.Content(tile, Read), tile.Width).Value);
            var reader = new TileNodeReader(size, tile => tiles[tile]);
            MerkleTree.Root(size, reader.Read).ShouldBe(s_naive.Root(size));
            for (var index = 0; index < size; index++)
            {
                MerkleTree.InclusionProof(index, size, reader.Read).AsSpan().SequenceEqual([.. s_naive.Path(index, size)]).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void A_proof_that_was_tampered_with_is_refused()
    {
        foreach (var size in Sample)
        {
            for (var index = 0; index < size; index++)
            {
                var (leaf, path, root) = (s_naive.Leaf(index), MerkleTree.InclusionProof(index, size, Read), s_naive.Root(size));
                foreach (var tampered in Tamper(path))
                {
                    MerkleProofs.VerifyInclusion(leaf, index, size, tampered, root).ShouldBeFalse();
                }

                MerkleProofs.VerifyInclusion(Flip(leaf), index, size, path, root).ShouldBeFalse();
                MerkleProofs.VerifyInclusion(leaf, index, size, path, Flip(root)).ShouldBeFalse();
                MerkleProofs.VerifyInclusion(leaf, index + 1, size, path, root).ShouldBeFalse();
                MerkleProofs.VerifyInclusion(leaf, index - 1, size, path, root).ShouldBeFalse();
            }

            for (var oldSize = 1; oldSize < size; oldSize++)
            {
                var (oldRoot, newRoot) = (s_naive.Root(oldSize), s_naive.Root(size));
                var proof = MerkleTree.ConsistencyProof(oldSize, size, Read);
                foreach (var tampered in Tamper(proof))
                {
                    MerkleProofs.VerifyConsistency(oldSize, oldRoot, size, newRoot, tampered).ShouldBeFalse();
                }

                MerkleProofs.VerifyConsistency(oldSize, Flip(oldRoot), size, newRoot, proof).ShouldBeFalse();
                MerkleProofs.VerifyConsistency(oldSize, oldRoot, size, Flip(newRoot), proof).ShouldBeFalse();
                MerkleProofs.VerifyConsistency(size, newRoot, oldSize, oldRoot, proof).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void Nothing_is_proved_about_the_empty_tree_and_trees_of_the_same_size_need_no_proof()
    {
        MerkleProofs.VerifyConsistency(0, MerkleHashing.EmptyRoot, 5, s_naive.Root(5), []).ShouldBeFalse();
        MerkleProofs.VerifyConsistency(5, s_naive.Root(5), 5, s_naive.Root(5), []).ShouldBeTrue();
        MerkleProofs.VerifyConsistency(5, s_naive.Root(5), 5, s_naive.Root(5), [s_naive.Root(5)]).ShouldBeFalse();
        MerkleProofs.VerifyConsistency(5, s_naive.Root(5), 5, s_naive.Root(4), []).ShouldBeFalse();
    }

    [Fact]
    public void A_proof_outside_the_tree_cannot_be_asked_for()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => MerkleTree.InclusionProof(5, 5, Read));
        Should.Throw<ArgumentOutOfRangeException>(() => MerkleTree.InclusionProof(-1, 5, Read));
        Should.Throw<ArgumentOutOfRangeException>(() => MerkleTree.InclusionProof(0, 0, Read));
        Should.Throw<ArgumentOutOfRangeException>(() => MerkleTree.ConsistencyProof(0, 5, Read));
        Should.Throw<ArgumentOutOfRangeException>(() => MerkleTree.ConsistencyProof(6, 5, Read));
    }

    [Fact]
    public void Appending_completes_each_node_once_and_a_copy_grows_on_its_own()
    {
        s_nodes.Count.ShouldBe(Enumerable.Range(0, 9).Sum(level => Largest >> level));
        var original = CompactRange.Resume(7, Read);
        var copy = original.Copy();
        copy.Append(s_naive.Leaf(7));
        copy.Root().ShouldBe(s_naive.Root(8));
        original.Root().ShouldBe(s_naive.Root(7));
    }

    [Fact]
    public void A_proof_from_a_million_leaves_reads_few_nodes_and_at_most_five_tiles()
    {
        const long Million = 1_000_000;
        var reads = 0;
        var path = MerkleTree.InclusionProof(123_456, Million, (level, index) =>
        {
            reads++;
            (((index + 1) << level) <= Million).ShouldBeTrue("only complete subtrees are read");
            return MerkleHashing.EmptyRoot;
        });
        path.Length.ShouldBe(20);
        reads.ShouldBeLessThanOrEqualTo(40);

        var tiles = new List<TilePath>();
        var reader = new TileNodeReader(Million, tile =>
        {
            tile.ExistsIn(Million).ShouldBeTrue();
            tiles.Add(tile);
            return new Hash[tile.Width];
        });
        MerkleTree.InclusionProof(123_456, Million, reader.Read);
        tiles.Count.ShouldBeInRange(3, 5);
    }

    private static int[] Sample => [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65];

    private static IEnumerable<Hash[]> Tamper(Hash[] proof)
    {
        for (var i = 0; i < proof.Length; i++)
        {
            Hash[] flipped = [.. proof];
            flipped[i] = Flip(flipped[i]);
            yield return flipped;
            yield return [.. proof[..i], .. proof[(i + 1)..]];
        }

        yield return [.. proof, MerkleHashing.EmptyRoot];
        yield return [MerkleHashing.EmptyRoot, .. proof];
        if (proof.Length > 1)
        {
            yield return [.. Enumerable.Reverse(proof)];
        }
    }

    private static Hash Flip(Hash hash)
    {
        var bytes = hash.Bytes.ToArray();
        bytes[^1] ^= 1;
        return new Hash(bytes);
    }

    private static Dictionary<(int, long), Hash> Build(int size)
    {
        var completed = new List<TreeNode>();
        var range = new CompactRange();
        for (var i = 0; i < size; i++)
        {
            range.Append(s_naive.Leaf(i), completed);
        }

        return completed.ToDictionary(node => (node.Level, node.Index), node => node.Hash);
    }

    private static Hash Read(int level, long index) => s_nodes[(level, index)];
}
