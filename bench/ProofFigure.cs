using System.Diagnostics;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Bench;

/// <summary>
/// Inclusion proofs at random places of a large ledger on disk, as they are served, and what the view holds in memory for them.
/// </summary>
internal static class ProofFigure
{
    private const int WarmUp = 200;

    public static void Measure(Table table, TemporaryFolder folder, int entries, int proofs)
    {
        DatabaseFile file = LedgerFile.In(folder.Make("large"));
        long start = Stopwatch.GetTimestamp();
        long size = LargeLedger.Fill(file, entries);
        table.Add($"make a ledger of {size:N0} entries on disk (s)", [Stopwatch.GetElapsedTime(start).TotalSeconds]);

        double[] milliseconds = new double[proofs];
        SeededBytes random = new(7);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using LedgerView view = new(file);
        for (int proof = -WarmUp; proof < proofs; proof++)
        {
            long position = (long)(random.Next() % (ulong)size);
            start = Stopwatch.GetTimestamp();
            ProofFile? made = view.Inclusion(position);
            if (proof >= 0)
            {
                milliseconds[proof] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            Require(made, position);
        }

        double held = GC.GetTotalMemory(forceFullCollection: true) - before;
        table.AtMost($"inclusion proof from {size:N0} entries (ms)", milliseconds, 1);

        // A collection may free more than the view holds; then it holds nothing that can be seen.
        table.AtMost("managed memory held by the view, bytes an entry", [Math.Max(0, held / size)], 64);
        GC.KeepAlive(view);
    }

    private static void Require(ProofFile? made, long position)
    {
        if (made is null || made.Index != position)
        {
            throw new InvalidOperationException($"There is no proof for entry {position}.");
        }
    }
}
