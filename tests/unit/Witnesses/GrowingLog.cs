using SecureChat.Ledger.Transparency;
using SecureChat.UnitTests.Transparency;

namespace SecureChat.UnitTests.Witnesses;

/// <summary>A log in memory, with every node and a signed newest checkpoint. Two with different words have different histories under one key.</summary>
internal sealed class GrowingLog(string word = "entry")
{
    private readonly Lock _gate = new();
    private readonly CompactRange _range = new();
    private readonly Dictionary<(int Level, long Index), Hash> _nodes = [];

    public static GrowingLog Of(int entries, string word = "entry")
    {
        var log = new GrowingLog(word);
        log.Append(entries);
        return log;
    }

    /// <summary>Appends and returns the new size.</summary>
    public long Append(int entries = 1)
    {
        lock (_gate)
        {
            for (var i = 0; i < entries; i++)
            {
                List<TreeNode> completed = [];
                _range.Append(Some.Hash($"{word} {_range.Size}"), completed);
                completed.ForEach(node => _nodes.Add((node.Level, node.Index), node.Hash));
            }

            return _range.Size;
        }
    }

    public SignedCheckpoint Newest()
    {
        lock (_gate)
        {
            var checkpoint = new Checkpoint(Some.Origin, _range.Size, _range.Root());
            return new SignedCheckpoint(checkpoint, checkpoint.Sign(Some.LogKey));
        }
    }

    public Hash[] ConsistencyProof(long from, long to)
    {
        lock (_gate)
        {
            return MerkleTree.ConsistencyProof(from, to, (level, index) => _nodes[(level, index)]);
        }
    }
}
