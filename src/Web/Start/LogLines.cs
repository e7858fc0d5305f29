namespace SecureChat.Web.Start;

/// <summary>
/// Every line that the relay logs. None has anything of a message, a key, a signature, an address, or a text that a client sent;
/// the framework's own lines are not let through at all.
/// </summary>
internal static partial class LogLines
{
    /// <summary>The category under which all of them are logged.</summary>
    public const string Category = "SecureChat";

    [LoggerMessage(1, LogLevel.Information, "SecureChat relay is running at {Url} ({Members} members, {Entries} ledger entries).")]
    public static partial void Running(ILogger log, string url, int members, long entries);

    [LoggerMessage(2, LogLevel.Information, "This circle has no founder yet. The founder key is in {File}.")]
    public static partial void FounderKeyMade(ILogger log, string file);

    [LoggerMessage(3, LogLevel.Information, "This circle has no founder yet. The founder key is the one in FOUNDER_KEY.")]
    public static partial void FounderKeySet(ILogger log);

    [LoggerMessage(4, LogLevel.Information, "Next: register the founder with a client, or with: dotnet run examples/tour.cs -- {Url} KEYFILE")]
    public static partial void RegisterNext(ILogger log, string url);

    [LoggerMessage(5, LogLevel.Information, "Stopping: connections are closed, what was accepted is written.")]
    public static partial void Stopping(ILogger log);

    [LoggerMessage(6, LogLevel.Warning, "Membership changes fail, and this is said once until they work again; messages go on. {Cause}")]
    public static partial void LedgerUnavailable(ILogger log, string cause);

    [LoggerMessage(8, LogLevel.Information, "Membership changes work again.")]
    public static partial void LedgerAvailable(ILogger log);

    [LoggerMessage(9, LogLevel.Critical, "The relay stops, because it cannot go on; the next start verifies the files. {Cause}")]
    public static partial void Broken(ILogger log, string cause);

    [LoggerMessage(7, LogLevel.Error, "Unexpected {Exception} at {Place}. This is a defect of the relay; please report it.")]
    public static partial void Unexpected(ILogger log, string exception, string place);

    [LoggerMessage(10, LogLevel.Information, "Verifying the ledger before anything listens: {Entries} entries so far.")]
    public static partial void Verifying(ILogger log, long entries);

    [LoggerMessage(11, LogLevel.Warning, "The ledger holds, with {Warnings} oddities that are allowed. They are named by: securechat-admin verify {Folder}")]
    public static partial void Oddities(ILogger log, int warnings, string folder);

    [LoggerMessage(12, LogLevel.Warning, "The disk is full. Membership changes work again when there is room; until the next start no other program can read the files in {Folder}.")]
    public static partial void StartedAlone(ILogger log, string folder);

    /// <summary>An exception without its message, which could quote what a client sent.</summary>
    public static void Unexpected(ILogger log, Exception exception) => Unexpected(
        log,
        exception.GetType().Name,
        exception.StackTrace?.Split('\n', 2)[0].Trim() ?? "an unknown place");
}
