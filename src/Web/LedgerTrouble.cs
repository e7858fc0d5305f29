using SecureChat.Ledger.Storage;
using SecureChat.Web.Start;

namespace SecureChat.Web;

/// <summary>
/// Says in the log that changes fail. That they cannot be written down is said once, and once that they can again: on a full disk
/// each call would otherwise make the log a line longer.
/// </summary>
/// <param name="log">The log.</param>
internal sealed class LedgerTrouble(ILogger log)
{
    private bool said;

    /// <summary>A change was not made.</summary>
    /// <param name="failed">Why; anything but a <see cref="LedgerUnavailableException"/> is a defect.</param>
    public void Report(Exception failed)
    {
        if (failed is not LedgerUnavailableException)
        {
            LogLines.Unexpected(log, failed);
        }
        else if (!Interlocked.Exchange(ref said, true))
        {
            LogLines.LedgerUnavailable(log, failed.Message);
        }
    }

    /// <summary>A change was made.</summary>
    public void Over()
    {
        if (Interlocked.Exchange(ref said, false))
        {
            LogLines.LedgerAvailable(log);
        }
    }
}
