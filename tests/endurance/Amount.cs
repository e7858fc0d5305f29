namespace SecureChat.EnduranceTests;

/// <summary>How much a test of this folder does: a share of it with every change, the whole figure when <c>tests/endurance/run</c> asks for it.</summary>
internal static class Amount
{
    /// <summary>Whether <c>ENDURANCE=full</c> is set, as <c>tests/endurance/run</c> does.</summary>
    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("ENDURANCE") == "full";

    public static int Of(int share, int full) => IsFull ? full : share;
}
