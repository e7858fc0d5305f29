namespace SecureChat.Ledger.Transparency;

/// <summary>
/// What a witness answers to add-checkpoint (C2SP tlog-witness).
/// <code>
/// 200   1*sigline                     the cosignatures, see <see cref="SignedNote.ParseLines"/>
/// 409   &lt;decimal size&gt; LF            text/x.tlog.size: where the proof has to start
/// </code>
/// </summary>
public static class WitnessAnswer
{
    /// <summary>The content type of a 409.</summary>
    public const string SizeContentType = "text/x.tlog.size";

    /// <summary>The body of a 409.</summary>
    public static string FormatSize(long size) => $"{Canonical.Decimal(size)}\n";

    /// <summary>The size in the body of a 409.</summary>
    public static Parsed<long> ParseSize(ReadOnlySpan<char> body) =>
        body is [.. var digits, '\n'] && Canonical.TryDecimal(digits, out long size)
            ? size
            : new Invalid("a witness names its size in decimal, on one line");
}
