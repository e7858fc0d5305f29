using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Projections;

namespace SecureChat.Bench;

/// <summary>
/// The start on a large ledger without tables, verified, folded and with all tables rebuilt, beside what no start can do without: reading
/// the rows, hashing them, parsing their JSON. Both on the same file in turn; processor time of all threads, so that the collector counts.
/// </summary>
internal static class StartFigure
{
    /// <summary>Measures a folder of its own.</summary>
    /// <param name="table">Where the figures go.</param>
    /// <param name="folder">Where the ledger goes.</param>
    /// <param name="entries">How long it is.</param>
    /// <param name="rounds">How often both are measured.</param>
    public static void Measure(Table table, TemporaryFolder folder, int entries, int rounds)
    {
        string data = folder.Make("start");
        long size = LargeLedger.FillFolder(data, entries);
        DatabaseFile file = LedgerFile.In(data);
        List<double> bare = [];
        List<double> start = [];
        List<double> clock = [];
        List<double> peak = [];
        for (int round = -1; round < rounds; round++)
        {
            double alone = Spent.Seconds(() => Bare(file, size)).Processor;
            foreach (string old in Directory.GetFiles(data, "securechat.db*"))
            {
                File.Delete(old);
            }

            ForgetPeak();
            double before = PeakMebibytes();
            (double processor, double byClock) = Spent.Seconds(() => Start(data, size));
            if (round >= 0)
            {
                bare.Add(alone);
                start.Add(processor);
                clock.Add(byClock);
                peak.Add(PeakMebibytes() - before);
            }
        }

        table.Add($"read, hash and parse {size:N0} entries and nothing else (s)", bare);
        table.Add("start: verify, fold, all tables rebuilt (s)", start);
        table.Add("the same by the clock (s)", clock);
        table.Add("by the clock, divided by bare, which is one thread's", [.. clock.Zip(bare, (one, other) => one / other)]);
        table.Add("by which the resident memory grows meanwhile (MiB)", peak);
        table.AtMost("start, divided by bare", [.. start.Zip(bare, (one, other) => one / other)], 1.5);
    }

    private static void Start(string data, long size)
    {
        LiveCircle circle = LiveCircle.Open(data, TimeProvider.System);
        if (circle.Roster.Size != size)
        {
            throw new InvalidOperationException($"The roster stands on {circle.Roster.Size} entries.");
        }

        circle.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Bare(DatabaseFile file, long size)
    {
        using SqliteConnection connection = file.OpenForReading();
        CompactRange tree = new();
        List<TreeNode> completed = [];
        foreach (byte[] entry in Blobs(connection, "SELECT bytes FROM entries ORDER BY position"))
        {
            completed.Clear();
            tree.Append(MerkleHashing.Leaf(entry), completed);
            Parse(entry);
        }

        foreach (byte[] addendum in Blobs(connection, "SELECT bytes FROM addenda"))
        {
            Addendum.DigestOf(addendum);
            Parse(addendum);
        }

        if (tree.Size != size)
        {
            throw new InvalidOperationException($"There are {tree.Size} entries.");
        }
    }

    private static IEnumerable<byte[]> Blobs(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return (byte[])rows[0];
        }
    }

    // Behind the JSON of an entry stand digests.
    private static void Parse(byte[] bytes)
    {
        Utf8JsonReader json = new(bytes);
        while (json.Read() && (json.TokenType != JsonTokenType.EndObject || json.CurrentDepth > 0))
        {
        }
    }

    // The kernel keeps the highest resident memory of a process until it is told to forget it (proc(5), clear_refs).
    private static void ForgetPeak()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText("/proc/self/clear_refs", "5");
    }

    private static double PeakMebibytes() => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) / 1024;
}
