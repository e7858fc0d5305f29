using System.Globalization;
using SecureChat.Bench;
using SecureChat.Bench.Allocations;
using SecureChat.Bench.Load;
using SecureChat.Bench.Micro;
using SecureChat.Web;

const string Usage = """
    dotnet run -c Release --project bench -- ledger [--only FIGURE] [--quick] [--entries N] [--folder PATH]
    dotnet run -c Release --project bench -- admin-verify

      --only FIGURE  append, unsigned, signed, proof or start
      --quick        a tenth of the work: to see that it runs, not to quote
      --entries N    length of the unsigned ledger that is verified (200000), or started on (1000000)
      --folder PATH  where the temporary files go (the system's folder for them)

    dotnet run -c Release --project bench -- admin --program PATH [--quick] [--entries N] [--folder PATH]

      --program PATH a published securechat-admin
      --entries N    length of the ledger that it is asked about (100000)

    dotnet run -c Release --project bench -- relay --server NAME=COMMAND... [--node FOLDER] [--only SCENARIO,...] [--rounds N] [--seconds N] [--large] [--quick] [--profile FOLDER] [--folder PATH]

      --server NAME=COMMAND  a server to start: PORT, FOUNDER_KEY, SERVER_NAME, DATA_DIR stand in its environment; the first is what the others are compared with
      --server NAME=URL      a server that runs on this machine, with an empty circle and the founder key the-founder-key-of-a-benchmark
      --node FOLDER          the Node.js server in this folder, under the name node
      --only SCENARIO,...    of those that bench/README.md names
      --rounds N             how often each server is measured (5)
      --large                10,000 idle connections, too
      --seconds N            how long each load is measured (3)
      --quick                a tenth of everything
      --profile FOLDER       where perf puts what it samples meanwhile (what relays needs DOTNET_PerfMapEnabled=1 in its command to be readable)

    dotnet run -c Release --project bench -- allocations

      fails when the relay allocates more than bench/allocation-budgets.txt allows

    dotnet run -c Release --project bench -- micro [OPTIONS OF BENCHMARKDOTNET]

      the hot pieces by themselves; --filter *Verify* for some of them
    """;

if (args is ["micro", .. var filters])
{
    using TemporaryFolder place = new(Path.GetTempPath());
    MicroCommand.Run(filters, place.Make("micro"));
    return 0;
}

if (args is ["allocations"])
{
    using TemporaryFolder place = new(Path.GetTempPath());
    (RelayHost relay, int port, Task running) = await AllocationFigures.StartAsync(place);
    await using (relay)
    {
        using AllocationFigures figures = new(place, port);
        return !running.IsCompleted && AllocationBudgets.Hold(figures.Measure(), Console.Out) ? 0 : 1;
    }
}

if (args is ["relay", .. var wishes])
{
    if (LoadArguments.Read(wishes) is not { } load)
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }

    load.Run(Console.Out);
    return 0;
}

if (args is ["admin-verify"])
{
    using TemporaryFolder place = new(Path.GetTempPath());
    Table figures = new(Console.Out);
    figures.Head();
    await VotesBesideVerify.MeasureAsync(figures, place);
    return 0;
}

if (args is not ["ledger" or "admin", .. var options])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

bool quick = false;
int? entries = null;
string? only = null;
string? program = null;
string folder = Path.GetTempPath();
for (int index = 0; index < options.Length; index++)
{
    switch (options[index])
    {
        case "--quick":
            quick = true;
            break;
        case "--only" when index + 1 < options.Length && options[index + 1] is "append" or "unsigned" or "signed" or "proof" or "start":
            only = options[++index];
            break;
        case "--entries" when index + 1 < options.Length
            && int.TryParse(options[index + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) && wanted > 0:
            entries = wanted;
            index++;
            break;
        case "--folder" when index + 1 < options.Length:
            folder = options[++index];
            break;
        case "--program" when index + 1 < options.Length && args[0] == "admin":
            program = options[++index];
            break;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}

if (args[0] == "admin" && program is null)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

using TemporaryFolder temporary = new(folder);
Table table = new(Console.Out);
table.Head();
if (program is not null)
{
    AdminFigures.Measure(table, temporary, program, entries ?? (quick ? 10_000 : 100_000), rounds: quick ? 3 : 7);
    return 0;
}

if (only is null or "append")
{
    AppendFigure.Measure(table, temporary, rounds: quick ? 30 : 1_000);
}

if (only is null or "unsigned")
{
    VerifyFigures.Unsigned(table, entries ?? (quick ? 20_000 : 200_000), rounds: quick ? 3 : 7);
}

if (only is null or "signed")
{
    VerifyFigures.Signed(table, quick ? 500 : 4_000, rounds: quick ? 5 : 20);
}

if (only is null or "proof")
{
    ProofFigure.Measure(table, temporary, quick ? 100_000 : 1_000_000, proofs: quick ? 500 : 5_000);
}

if (only is null or "start")
{
    StartFigure.Measure(table, temporary, entries ?? (quick ? 50_000 : 1_000_000), rounds: quick ? 2 : 5);
}

return 0;
