using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Bench.Micro;

/// <summary>What a vote costs the writer before its disk: the entry, its hash, the tree.</summary>
public class LedgerPieces
{
    private readonly CompactRange tree = new();
    private readonly List<TreeNode> completed = [];
    private readonly VoteCast vote = new("00000000-0000-4000-a000-000000000001", 17, Approve: true);
    private Hash leaf;

    [GlobalSetup]
    public void Prepare() => leaf = EncodeAndHash().LeafHash;

    /// <summary>An event to the bytes of its entry, and their leaf hash.</summary>
    [Benchmark]
    public Entry EncodeAndHash() => Entry.Write(vote, 1_790_000_000_000, RandomNumberGenerator.Fill);

    /// <summary>A leaf put into the tree, whatever its size.</summary>
    [Benchmark]
    public void AppendToTree()
    {
        completed.Clear();
        tree.Append(leaf, completed);
    }
}
