using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Bench;

/// <summary>A ledger on disk in which the lively circle has lived for long, and nobody has signed.</summary>
internal static class LargeLedger
{
    private const int TransactionLength = 65_536;

    /// <summary>Makes it in an empty data folder, with the key of its log.</summary>
    /// <returns>How many entries it has.</returns>
    public static long FillFolder(string data, int entries)
    {
        long size = Fill(LedgerFile.In(data), entries);
        File.WriteAllText(Path.Combine(data, LogKey.FileName), LivelyCircle.LogKey.FormatSecret() + "\n");
        return size;
    }

    /// <summary>Fills an empty file. The relay's own transaction, in steps of many thousand entries: a sync for each step is all that it costs.</summary>
    /// <returns>How many entries it has.</returns>
    public static long Fill(DatabaseFile file, int entries)
    {
        file.Prepare();
        using LedgerTransaction transaction = new(file.Open(), new CompactRange(), LivelyCircle.LogKey);
        LivelyCircle circle = new([MemberKey.Make()], signed: false);
        List<Entry> waiting = [];
        while (transaction.Range.Size + waiting.Count < entries)
        {
            waiting.AddRange(circle.Next());
            if (waiting.Count >= TransactionLength || transaction.Range.Size + waiting.Count >= entries)
            {
                transaction.Commit(waiting, [], [], now: 0);
                waiting.Clear();
            }
        }

        return transaction.Range.Size;
    }
}
