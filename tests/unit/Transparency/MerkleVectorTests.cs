using System.Text.Json;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Transparency;

/// <summary>RFC 6962 trees, proofs and hashers of Certificate Transparency, and 196 probes of its verifiers.</summary>
public class MerkleVectorTests
{
    private static readonly JsonElement s_tree = Vectors.Section("rfc6962_tree");
    private static readonly byte[][] s_inputs = [.. s_tree.List("leaf_inputs_hex").Select(input => Convert.FromHexString(input.GetString()!))];
    private static readonly Hash[][] s_nodes =
        [.. s_tree.List("node_hashes_hex_by_level").Select(level => level.EnumerateArray().Select(Vectors.HexHash).ToArray())];

    [Fact]
    public void Roots_of_the_published_tree_come_out_at_every_size()
    {
        MerkleHashing.EmptyRoot.ShouldBe(s_tree.HexHash("empty_root_hex"));
        var roots = s_tree.HexHashes("roots_hex_by_size_1_to_8");
        roots.Length.ShouldBe(8);
        var range = new CompactRange();
        range.Root().ShouldBe(MerkleHashing.EmptyRoot);
        foreach (var (input, root) in s_inputs.Zip(roots))
        {
            range.Append(MerkleHashing.Leaf(input));
            range.Root().ShouldBe(root);
            MerkleTree.Root(range.Size, ReadPublished).ShouldBe(root);
        }
    }

    [Fact]
    public void Nodes_of_the_published_tree_are_those_that_appending_completes()
    {
        var range = new CompactRange();
        var nodes = new List<TreeNode>();
        foreach (var input in s_inputs)
        {
            range.Append(MerkleHashing.Leaf(input), nodes);
        }

        nodes.Count.ShouldBe(8 + 4 + 2 + 1);
        foreach (var (level, index, hash) in nodes)
        {
            hash.ShouldBe(s_nodes[level][index]);
        }
    }

    [Fact]
    public void Published_inclusion_paths_are_made_and_verified()
    {
        var cases = Vectors.Section("rfc6962_inclusion").List("cases").ToList();
        cases.Count.ShouldBe(5);
        foreach (var vector in cases)
        {
            var (index, size) = (vector.Number("leaf_index"), vector.Number("tree_size"));
            var path = vector.HexHashes("path_hex");
            MerkleTree.InclusionProof(index, size, ReadPublished).ShouldBe(path);
            MerkleProofs.VerifyInclusion(MerkleHashing.Leaf(vector.Hex("leaf_input_hex")), index, size, path, vector.HexHash("root_hex")).ShouldBeTrue();
        }
    }

    [Fact]
    public void Published_consistency_proofs_are_made_and_verified()
    {
        var cases = Vectors.Section("rfc6962_consistency").List("cases").ToList();
        cases.Count.ShouldBe(4);
        foreach (var vector in cases)
        {
            var (oldSize, newSize) = (vector.Number("size1"), vector.Number("size2"));
            var proof = vector.HexHashes("proof_hex");
            MerkleTree.ConsistencyProof(oldSize, newSize, ReadPublished).ShouldBe(proof);
            MerkleProofs.VerifyConsistency(oldSize, vector.HexHash("root1_hex"), newSize, vector.HexHash("root2_hex"), proof).ShouldBeTrue();
        }
    }

    [Fact]
    public void Published_leaf_and_node_hashes_come_out()
    {
        var hasher = Vectors.Section("rfc6962_hasher");
        foreach (var vector in hasher.List("leaf"))
        {
            MerkleHashing.Leaf(vector.Hex("input_hex")).ShouldBe(vector.HexHash("hash_hex"));
        }

        var nodes = hasher.List("node").ToList();
        nodes.Count.ShouldBe(2);

        // The other vector joins children of four bytes. That tests a hasher of byte strings; here a child is a Hash, and has 32.
        var children = nodes.Single(node => node.Hex("left_hex").Length == Hash.ByteLength);
        MerkleHashing.Node(children.HexHash("left_hex"), children.HexHash("right_hex")).ShouldBe(children.HexHash("hash_hex"));
        Should.Throw<ArgumentException>(() => new Hash(nodes.Single(node => node.Hex("left_hex").Length == 4).Hex("left_hex")));
    }

    [Fact]
    public void An_entry_of_a_real_certificate_log_is_proved()
    {
        var vector = Vectors.Section("rfc6962_real_ct_proof");
        var leaf = MerkleHashing.Leaf(vector.Hex("leaf_input_hex"));
        leaf.ShouldBe(vector.HexHash("leaf_hash_hex"));
        var (index, size) = (vector.Number("leaf_index"), vector.Number("tree_size"));
        MerkleProofs.VerifyInclusion(leaf, index, size, vector.HexHashes("path_hex"), vector.HexHash("root_hex")).ShouldBeTrue();
        MerkleProofs.VerifyInclusion(leaf, index + 1, size, vector.HexHashes("path_hex"), vector.HexHash("root_hex")).ShouldBeFalse();
    }

    [Fact]
    public void A_record_of_the_Go_checksum_database_has_its_hash()
    {
        var vector = Vectors.Section("tlog_tree_note");
        MerkleHashing.Leaf(System.Text.Encoding.UTF8.GetBytes(vector.Text("record"))).ToBase64().ShouldBe(vector.Text("record_hash_b64"));
    }

    [Fact]
    public void Ninety_eight_inclusion_probes_are_judged_as_published()
    {
        var cases = Vectors.Section("merkle_probes_inclusion").List("cases").ToList();
        cases.Count.ShouldBe(98);
        foreach (var probe in cases)
        {
            IsIncluded(probe).ShouldBe(!probe.GetProperty("wantErr").GetBoolean(), probe.Text("file"));
        }
    }

    [Fact]
    public void Ninety_eight_consistency_probes_are_judged_as_published()
    {
        var cases = Vectors.Section("merkle_probes_consistency").List("cases").ToList();
        cases.Count.ShouldBe(98);

        // One accepted probe has the text "don't care 2" for both roots: Go compares byte strings. Here a root is a Hash, and such bytes
        // never become one. That two equal roots of one size need no proof is shown with roots that are hashes.
        const string RootsThatAreNone = "testdata/consistency/additional/sizes-are-equal-one-and-proof-is-empty.json";
        foreach (var probe in cases)
        {
            IsConsistent(probe).ShouldBe(!probe.GetProperty("wantErr").GetBoolean() && probe.Text("file") != RootsThatAreNone, probe.Text("file"));
        }

        var root = MerkleHashing.Leaf(cases.Single(probe => probe.Text("file") == RootsThatAreNone).Base64("root1"));
        MerkleProofs.VerifyConsistency(1, root, 1, root, []).ShouldBeTrue();
    }

    // Some probes hold hashes that are none. Such bytes are refused where they become a Hash, before any verifier sees them.
    private static bool IsIncluded(JsonElement probe) =>
        TryHashes(probe, out var proof)
        && TryHash(probe.GetProperty("leafHash"), out var leaf)
        && TryHash(probe.GetProperty("root"), out var root)
        && MerkleProofs.VerifyInclusion(leaf, Size(probe, "leafIdx"), Size(probe, "treeSize"), proof, root);

    private static bool IsConsistent(JsonElement probe) =>
        TryHashes(probe, out var proof)
        && TryHash(probe.GetProperty("root1"), out var oldRoot)
        && TryHash(probe.GetProperty("root2"), out var newRoot)
        && MerkleProofs.VerifyConsistency(Size(probe, "size1"), oldRoot, Size(probe, "size2"), newRoot, proof);

    // The probes count to 2^64 - 1; sizes here are below 2^63, and what is above wraps to a negative number.
    private static long Size(JsonElement probe, string name) => unchecked((long)probe.GetProperty(name).GetUInt64());

    private static bool TryHash(JsonElement base64, out Hash hash) => Hash.Parse(base64.GetString() ?? "").TryGet(out hash, out _);

    private static bool TryHashes(JsonElement probe, out Hash[] hashes)
    {
        var all = true;
        hashes = [.. probe.List("proof").Select(element =>
        {
            all &= TryHash(element, out var hash);
            return hash;
        })];
        return all;
    }

    private static Hash ReadPublished(int level, long index) => s_nodes[level][index];
}
