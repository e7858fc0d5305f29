using System.Globalization;
using System.Runtime.InteropServices;

namespace SecureChat.Bench;

/// <summary>What the benchmark prints: for each figure minimum, median and maximum, and what was asked for.</summary>
internal sealed class Table(TextWriter output)
{
    private const int NameWidth = 62;

    public void Head()
    {
        output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");
        output.WriteLine();
        output.WriteLine($"{"",-NameWidth}{"minimum",12}{"median",12}{"maximum",12}  target");
    }

    /// <summary>A figure without a target: it explains the next one.</summary>
    public void Add(string name, IReadOnlyList<double> values) => Row(name, values, target: "");

    /// <summary>A figure whose median may be so large and no larger.</summary>
    public void AtMost(string name, IReadOnlyList<double> values, double limit) =>
        Row(name, values, $"at most {Number(limit)}: {(Median(values) <= limit ? "met" : "MISSED")}");

    /// <summary>A figure whose median must be so large.</summary>
    public void AtLeast(string name, IReadOnlyList<double> values, double limit) =>
        Row(name, values, $"at least {Number(limit)}: {(Median(values) >= limit ? "met" : "MISSED")}");

    private void Row(string name, IReadOnlyList<double> values, string target) =>
        output.WriteLine($"{name,-NameWidth}{Number(values.Min()),12}{Number(Median(values)),12}{Number(values.Max()),12}  {target}".TrimEnd());

    private static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Number(double value) => value.ToString(value >= 1000 ? "N0" : "0.###", CultureInfo.InvariantCulture);
}
