using System.Globalization;

namespace SecureChat.Admin;

/// <summary>
/// How far long work is and how fast it goes, on standard error: one line that is written over on a terminal, and a new line
/// now and then elsewhere. Short work says nothing.
/// </summary>
internal sealed class Progress
{
    private static readonly TimeSpan OnTerminal = TimeSpan.FromSeconds(0.5);
    private const int BarLength = 20;
    private static readonly TimeSpan Elsewhere = TimeSpan.FromSeconds(10);

    private readonly Terminal terminal;
    private readonly string what;
    private readonly long? total;
    private readonly long started;
    private long shown;
    private bool isOpen;

    /// <summary>Starts the clock.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="what">What is being done, as the beginning of a line.</param>
    /// <param name="total">How many entries there are, if that is known.</param>
    public Progress(Terminal terminal, string what, long? total = null)
    {
        this.terminal = terminal;
        this.what = what;
        this.total = total;
        started = shown = terminal.Clock.GetTimestamp();
    }

    /// <summary>Tells how many entries are behind.</summary>
    public void Report(long done)
    {
        if (terminal.Clock.GetElapsedTime(shown) < (terminal.ShowsProgress ? OnTerminal : Elsewhere))
        {
            return;
        }

        shown = terminal.Clock.GetTimestamp();
        double seconds = terminal.Clock.GetElapsedTime(started).TotalSeconds;
        string line = string.Create(
            CultureInfo.InvariantCulture, $"{what}: {done:N0}{(total is null ? "" : $" of {total:N0}")} entries, {done / seconds:N0} per second");
        if (terminal.ShowsProgress)
        {
            terminal.Error.Write($"\r{Bar(done)}{line}   ");
            isOpen = true;
        }
        else
        {
            terminal.Error.WriteLine(line);
        }
    }

    private string Bar(long done)
    {
        if (total is not > 0)
        {
            return "";
        }

        int filled = (int)(BarLength * Math.Min(done, total.Value) / total.Value);
        return $"[{new string('#', filled)}{new string('.', BarLength - filled)}] ";
    }

    /// <summary>Ends the line.</summary>
    public void Finish()
    {
        if (isOpen)
        {
            terminal.Error.WriteLine();
        }
    }
}
