using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.UnitTests.Storage;

/// <summary>Whatever the lengths of the appends, every complete node is found again.</summary>
public class LogTreeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Every_complete_node_is_found_whatever_the_lengths_of_the_appends(int length)
    {
        const int Size = 1000;
        List<TreeNode> nodes = [];
        using LedgerFolder folder = new();
        var ledger = folder.Check();
        CompactRange naive = new();
        using (LedgerTransaction transaction = new(ledger.File.Open(), ledger.Range, ledger.Key))
        {
            foreach (Entry[] batch in Entries(Size).Chunk(length))
            {
                transaction.Commit(batch, [], [], SomeEntry.Time);
                foreach (Entry entry in batch)
                {
                    naive.Append(entry.LeafHash, nodes);
                }
            }
        }

        using LogTree tree = new(folder.File.OpenForReading());
        nodes.ShouldAllBe(node => tree.Read(node.Level, node.Index) == node.Hash);
        LogTree.NodesOf(Size).ShouldBe(nodes.Count - Size);
        tree.RootAt(Size).ShouldBe(naive.Root());
        Should.Throw<LedgerDamagedException>(() => tree.Read(1, Size / 2)).Message.ShouldContain($"lacks its node over entry {Size} (level 1)");
    }

    private static IEnumerable<Entry> Entries(int size)
    {
        for (int position = 0; position < size; position++)
        {
            yield return Entry.Write(new RequestsLockChanged(0, Locked: true), SomeEntry.Time + position, destination => destination.Fill(1));
        }
    }
}
