using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace SecureChat.Web.Start;

/// <summary>Log lines as sentences: people read them at the first start. Warnings and worse say so.</summary>
internal sealed class PlainConsole() : ConsoleFormatter(FormatterName)
{
    private const string FormatterName = "plain";

    /// <summary>
    /// Logs to the console in this way, and nothing but the lines of <see cref="LogLines"/>. A hard filter, not configuration: no level that
    /// somebody sets lets the framework write paths and addresses.
    /// </summary>
    public static void Only(ILoggingBuilder logging)
    {
        logging.AddConsole(options => options.FormatterName = FormatterName);
        logging.Services.AddSingleton<ConsoleFormatter, PlainConsole>();
        logging.AddFilter((category, _) => category == LogLines.Category);
    }

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (logEntry.LogLevel >= LogLevel.Warning)
        {
            textWriter.Write($"{logEntry.LogLevel}: ");
        }

        // One entry, one line, whatever is in it; an exception's message is no line of ours and stays out.
        textWriter.WriteLine(logEntry.Formatter(logEntry.State, null).ReplaceLineEndings(" "));
    }
}
