namespace SecureChat.Admin;

/// <summary>What the program says to scripts.</summary>
internal static class ExitCode
{
    /// <summary>Everything is fine.</summary>
    public const int Fine = 0;

    /// <summary>Something is wrong with the ledger.</summary>
    public const int Wrong = 1;

    /// <summary>The command makes no sense as it was given, or was not confirmed; nothing was changed.</summary>
    public const int Usage = 2;

    /// <summary>The data cannot be read, or is in use.</summary>
    public const int Unreadable = 3;
}

/// <summary>A command ends here, with one sentence for whoever typed it.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="message">The sentence.</param>
/// <param name="inner">What was found.</param>
internal sealed class CommandRefusedException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int Code { get; } = exitCode;

    public static CommandRefusedException Usage(string message) => new(ExitCode.Usage, message);

    public static CommandRefusedException Unreadable(string message, Exception? inner = null) => new(ExitCode.Unreadable, message, inner);
}
