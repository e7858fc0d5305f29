using System.Globalization;

namespace SecureChat.Bench.Allocations;

/// <summary>Holds what was measured against the file of budgets.</summary>
internal static class AllocationBudgets
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "allocation-budgets.txt");

    /// <summary>Prints each figure beside its budget; whether all keep to theirs.</summary>
    public static bool Hold(IEnumerable<(string Name, long Bytes)> figures, TextWriter output)
    {
        Dictionary<string, long> budgets = System.IO.File.ReadLines(File)
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(fields => fields[1], fields => long.Parse(fields[0], CultureInfo.InvariantCulture));
        bool all = true;
        output.WriteLine($"{"bytes allocated for",-34}{"measured",10}{"budget",10}");
        foreach ((string name, long bytes) in figures)
        {
            // A figure without a budget would never fail: it needs one.
            bool holds = budgets.Remove(name, out long budget) && bytes <= budget;
            all &= holds;
            output.WriteLine($"{name,-34}{bytes,10:N0}{budget,10:N0}{(holds ? "" : "  EXCEEDED")}");
        }

        foreach (string unmeasured in budgets.Keys)
        {
            all = false;
            output.WriteLine($"{unmeasured,-34}  has a budget, and nothing measures it");
        }

        return all;
    }
}
