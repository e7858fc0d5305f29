using System.Globalization;
using System.Runtime.InteropServices;

namespace SecureChat.Bench.Load;

/// <summary>
/// The figures of several servers, round by round. What a figure is as a ratio to the first server is taken of each round and not of the medians:
/// what else the machine did in that round was done to both.
/// </summary>
internal sealed class Comparison(IReadOnlyList<string> servers)
{
    private readonly List<string> order = [];
    private readonly Dictionary<(string Figure, string Server), List<Round>> rounds = [];

    /// <summary>One round's value of a figure, and the latencies beside it.</summary>
    public void Add(string figure, string server, double value, Latencies? latencies = null)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        if (!order.Contains(figure))
        {
            order.Add(figure);
        }

        if (!rounds.TryGetValue((figure, server), out List<Round>? list))
        {
            rounds.Add((figure, server), list = []);
        }

        list.Add(new Round(value, latencies?.Percentile(0.5) ?? double.NaN, latencies?.Percentile(0.99) ?? double.NaN));
    }

    public void Print(TextWriter output)
    {
        output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors");
        foreach (string figure in order)
        {
            output.WriteLine();
            output.WriteLine($"{figure,-50}{"minimum",10}{"median",10}{"maximum",10}   ratio (minimum to maximum)    p50 us    p99 us");
            foreach (string server in servers.Where(server => rounds.ContainsKey((figure, server))))
            {
                List<Round> own = rounds[(figure, server)];
                output.WriteLine($"  {server,-48}{Three([.. own.Select(round => round.Value)])}   {Ratio(figure, own),-26}{Latency(own)}".TrimEnd());
            }
        }
    }

    private static string Three(double[] values) => $"{Number(values.Min())}{Number(Median(values))}{Number(values.Max())}";

    private static string Latency(List<Round> own) => double.IsNaN(own[0].Half)
        ? ""
        : $"{Number(Median([.. own.Select(round => round.Half)]))}{Number(Median([.. own.Select(round => round.Most)]))}";

    private string Ratio(string figure, List<Round> own)
    {
        if (!rounds.TryGetValue((figure, servers[0]), out List<Round>? first) || first == own)
        {
            return "";
        }

        double[] ratios = [.. own.Zip(first, (round, against) => round.Value / against.Value)];
        return !ratios.All(double.IsFinite) ? "" : string.Create(CultureInfo.InvariantCulture, $"{Median(ratios):0.000} ({ratios.Min():0.000} to {ratios.Max():0.000})");
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Number(double value) =>
        value.ToString(value >= 1000 ? "N0" : value >= 10 ? "0.0" : "0.000", CultureInfo.InvariantCulture).PadLeft(10);

    private sealed record Round(double Value, double Half, double Most);
}
