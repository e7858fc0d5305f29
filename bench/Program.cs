using System.Globalization;
using SecureChat.Bench;

const string Usage = """
    dotnet run -c Release --project bench -- ledger [--only FIGURE] [--quick] [--entries N] [--folder PATH]

      --only FIGURE  append, unsigned, signed or proof
      --quick        a tenth of the work: to see that it runs, not to quote
      --entries N    length of the unsigned ledger that is verified (200000)
      --folder PATH  where the temporary files go (the system's folder for them)
    """;

if (args is not ["ledger", .. var options])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

bool quick = false;
int? entries = null;
string? only = null;
string folder = Path.GetTempPath();
for (int index = 0; index < options.Length; index++)
{
    switch (options[index])
    {
        case "--quick":
            quick = true;
            break;
        case "--only" when index + 1 < options.Length && options[index + 1] is "append" or "unsigned" or "signed" or "proof":
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
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}

using TemporaryFolder temporary = new(folder);
Table table = new(Console.Out);
table.Head();
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

return 0;
