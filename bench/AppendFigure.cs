using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Bench;

/// <summary>
/// What the tree and the signed checkpoint add to an append: the relay's own transaction beside one that inserts the same entries and
/// addenda through the same SQL into a file with the same settings, and nothing else. They take turns in being first.
/// </summary>
internal static class AppendFigure
{
    private const int BatchLength = 32;

    // Until the runtime has compiled the signing for good, the first checkpoints cost five times as much as later ones.
    private const int WarmUp = 500;

    public static void Measure(Table table, TemporaryFolder folder, int rounds)
    {
        using LedgerTransaction whole = new(Create(folder.Make("whole")), new CompactRange(), LivelyCircle.LogKey);
        using BareAppend bare = new(Create(folder.Make("bare")));
        List<double> with = [];
        List<double> without = [];
        int round = 0;
        foreach (Entry[] batch in Batches().Take(WarmUp + rounds))
        {
            double first = round % 2 == 0 ? Milliseconds(() => whole.Commit(batch, [], [], now: 0)) : Milliseconds(() => bare.Commit(batch));
            double second = round % 2 == 1 ? Milliseconds(() => whole.Commit(batch, [], [], now: 0)) : Milliseconds(() => bare.Commit(batch));
            if (round >= WarmUp)
            {
                with.Add(round % 2 == 0 ? first : second);
                without.Add(round % 2 == 0 ? second : first);
            }

            round++;
        }

        table.Add($"append {BatchLength} entries, with tree and checkpoint (ms)", with);
        table.Add($"append {BatchLength} entries, without (ms)", without);
        table.AtMost("with, divided by without", [.. with.Zip(without, (one, other) => one / other)], 1.5);
    }

    private static IEnumerable<Entry[]> Batches()
    {
        LivelyCircle circle = new([MemberKey.Make()], signed: false);
        List<Entry> waiting = [];
        while (true)
        {
            waiting.AddRange(circle.Next());
            if (waiting.Count >= BatchLength)
            {
                yield return [.. waiting.Take(BatchLength)];
                waiting.RemoveRange(0, BatchLength);
            }
        }
    }

    private static SqliteConnection Create(string folder)
    {
        DatabaseFile file = LedgerFile.In(folder);
        file.Prepare();
        return file.Open();
    }

    private static double Milliseconds(Action append)
    {
        long start = Stopwatch.GetTimestamp();
        append();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}

/// <summary>The append of a ledger that has no tree.</summary>
internal sealed class BareAppend(SqliteConnection connection) : IDisposable
{
    private readonly PreparedCommand insertEntry = new(
        connection,
        "INSERT INTO entries (position, bytes, leaf_hash) VALUES ($position, $bytes, $leaf_hash)",
        "$position", "$bytes", "$leaf_hash");

    private readonly PreparedCommand insertAddendum = new(
        connection, "INSERT INTO addenda (digest, bytes) VALUES ($digest, $bytes)", "$digest", "$bytes");

    private long size;

    public void Commit(Entry[] entries)
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        foreach (Entry entry in entries)
        {
            insertEntry.Run(transaction, size++, entry.Bytes, entry.LeafHash.Bytes.ToArray());
            foreach (Addendum addendum in entry.Addenda)
            {
                insertAddendum.Run(transaction, addendum.Digest.Bytes.ToArray(), addendum.Bytes);
            }
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        insertEntry.Dispose();
        insertAddendum.Dispose();
        connection.Dispose();
    }
}
