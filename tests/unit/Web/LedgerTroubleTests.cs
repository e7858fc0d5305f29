using Microsoft.Extensions.Logging;
using SecureChat.Ledger.Storage;
using SecureChat.Web;

namespace SecureChat.UnitTests.Web;

/// <summary>A full disk does not fill the log as well.</summary>
public sealed class LedgerTroubleTests
{
    private readonly Lines log = new();

    [Fact]
    public void That_changes_fail_is_said_once_until_they_work_again()
    {
        LedgerTrouble trouble = new(log);
        trouble.Over();
        trouble.Report(new LedgerUnavailableException("The disk is full."));
        trouble.Report(new LedgerUnavailableException("The disk is full."));
        log.ShouldHaveSingleItem().ShouldContain("The disk is full.");

        trouble.Over();
        trouble.Over();
        trouble.Report(new LedgerUnavailableException("The disk is full again."));
        log.Count.ShouldBe(3);
        log[^1].ShouldContain("full again");
    }

    [Fact]
    public void Each_defect_is_said_without_its_message()
    {
        LedgerTrouble trouble = new(log);
        trouble.Report(new InvalidOperationException("ann"));
        trouble.Report(new InvalidOperationException("bob"));
        log.Count.ShouldBe(2);
        log.ShouldAllBe(line => line.Contains("InvalidOperationException") && !line.Contains("ann") && !line.Contains("bob"));
    }

    private sealed class Lines : List<string>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add(formatter(state, exception));
    }
}
