using System.Text;

namespace SecureChat.Ledger.Transparency;

/// <summary>What a statement is about.</summary>
public enum StatementKind
{
    /// <summary>The founder says: this is my profile, and these are my keys.</summary>
    Founder,

    /// <summary>A newcomer says the same.</summary>
    Request,

    /// <summary>A member approves or rejects a request.</summary>
    Vote,

    /// <summary>A member leaves.</summary>
    Leave,

    /// <summary>A member closes or opens the circle for requests.</summary>
    Lock,

    /// <summary>A member stands by what was recorded in its name before it could sign.</summary>
    Ratify,

    /// <summary>A member wants, or no longer wants, that unsigned calls in its name are refused.</summary>
    Require,
}

/// <summary>Who somebody is in the log: the leaf that made them a member, by index and hash.</summary>
/// <param name="Index">The leaf index.</param>
/// <param name="LeafHash">The leaf hash.</param>
public readonly record struct Handle(long Index, Hash LeafHash);

/// <summary>The newest head of the log that a signer had verified.</summary>
/// <param name="Size">The number of entries.</param>
/// <param name="Root">The root of the tree of that size.</param>
public readonly record struct Seen(long Size, Hash Root);

/// <summary>
/// What a member signs: ASCII lines <c>key SP value LF</c>, for each kind exactly its own in their order. A vote, for example:
/// <code>
/// securechat-vote/v1 LF
/// origin &lt;origin&gt; LF
/// request &lt;request id&gt; LF
/// subject &lt;leaf hash of the RequestSubmitted entry&gt; LF
/// voter &lt;index&gt; &lt;leaf hash&gt; LF
/// decision approve|reject LF
/// seen &lt;size&gt; &lt;root&gt; LF
/// time &lt;ms&gt; LF
/// </code>
/// Hashes are canonical base64. Which of the properties a kind has, its lines tell; the others keep their default.
/// </summary>
public sealed record Statement(StatementKind Kind, string Origin, long Time)
{
    /// <summary>The longest text that is looked at; the origin, 255 bytes at most, is the longest value.</summary>
    public const int MaximumLength = 2048;

    /// <summary>SHA-256 of the profile addendum (founder, request).</summary>
    public Hash Profile { get; init; }

    /// <summary>SHA-256 of the keys addendum (founder, request).</summary>
    public Hash Keys { get; init; }

    /// <summary>The request's id (vote).</summary>
    public string Request { get; init; } = "";

    /// <summary>The leaf hash of the request's submission (vote).</summary>
    public Hash Subject { get; init; }

    /// <summary>The signer (line <c>voter</c> of a vote, <c>member</c> of leave, lock, ratify, require).</summary>
    public Handle Member { get; init; }

    /// <summary>Approve, locked or required (vote, lock, require).</summary>
    public bool Choice { get; init; }

    /// <summary>The newest verified head (all but founder and request).</summary>
    public Seen Seen { get; init; }

    /// <summary>Every line with its LF: the text that is signed.</summary>
    public string Format()
    {
        StringBuilder text = new();
        text.Append(StatementLines.Header(Kind)).Append('\n');
        foreach (string key in StatementLines.Of(Kind))
        {
            text.Append(key).Append(' ').Append(StatementLines.Value(this, key)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A statement from its text: exactly what <see cref="Format"/> writes. Nothing is verified; the reason names the line.</summary>
    /// <param name="text">The text as it was signed.</param>
    public static Parsed<Statement> Parse(string text) =>
        Read(text, out StatementDraft draft) is { } reason ? new Invalid(reason) : draft.Complete();

    /// <summary>Reads a text without copying anything out of it.</summary>
    /// <returns>Null, or what is wrong, as in <see cref="Parse"/>.</returns>
    internal static string? Read(string text, out StatementDraft draft)
    {
        ArgumentNullException.ThrowIfNull(text);
        draft = default;
        if (text.Length > MaximumLength || !Ascii.IsValid(text))
        {
            return $"a statement is ASCII text of at most {MaximumLength} characters";
        }

        ReadOnlySpan<char> rest = text;
        if (!Canonical.TryTakeLine(ref rest, out ReadOnlySpan<char> header) || !StatementLines.TryKind(header, out draft.Kind))
        {
            return "the first line of the statement is not that of a known kind";
        }

        foreach (string key in StatementLines.Of(draft.Kind))
        {
            if (!Canonical.TryTakeLine(ref rest, out ReadOnlySpan<char> line)
                || !line.StartsWith(key)
                || line.Length <= key.Length + 1
                || line[key.Length] != ' '
                || !StatementLines.TryRead(ref draft, key, line[(key.Length + 1)..]))
            {
                return $"the line \"{key}\" of the statement is missing or not in its form";
            }
        }

        return rest.IsEmpty ? null : "the statement goes on after its last line";
    }

    /// <summary>The key of the first line that says something else than <paramref name="expected"/>, or null when all agree.</summary>
    /// <param name="expected">What it should say; its kind is that of this statement.</param>
    public string? FirstDifference(Statement expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        return expected.Kind != Kind
            ? StatementLines.Header(expected.Kind)
            : StatementLines.Of(Kind).FirstOrDefault(key => StatementLines.Value(this, key) != StatementLines.Value(expected, key));
    }
}
