namespace SecureChat.Ledger.Transparency;

/// <summary>The lines of each kind of statement, and the form of each value.</summary>
internal static class StatementLines
{
    private static readonly string[] Newcomer = ["origin", "profile", "keys", "time"];
    private static readonly string[] Vote = ["origin", "request", "subject", "voter", "decision", "seen", "time"];
    private static readonly string[] Plain = ["origin", "member", "seen", "time"];
    private static readonly string[] Lock = ["origin", "member", "locked", "seen", "time"];
    private static readonly string[] Require = ["origin", "member", "required", "seen", "time"];

    public static string Header(StatementKind kind) => kind switch
    {
        StatementKind.Founder => "securechat-founder/v1",
        StatementKind.Request => "securechat-request/v1",
        StatementKind.Vote => "securechat-vote/v1",
        StatementKind.Leave => "securechat-leave/v1",
        StatementKind.Lock => "securechat-lock/v1",
        StatementKind.Ratify => "securechat-ratify/v1",
        StatementKind.Require => "securechat-require/v1",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such statement."),
    };

    public static bool TryKind(ReadOnlySpan<char> header, out StatementKind kind)
    {
        foreach (StatementKind candidate in Enum.GetValues<StatementKind>())
        {
            if (header.SequenceEqual(Header(candidate)))
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }

    public static IReadOnlyList<string> Of(StatementKind kind) => kind switch
    {
        StatementKind.Founder or StatementKind.Request => Newcomer,
        StatementKind.Vote => Vote,
        StatementKind.Lock => Lock,
        StatementKind.Require => Require,
        _ => Plain,
    };

    public static string Value(Statement statement, string key) => key switch
    {
        "origin" => statement.Origin,
        "profile" => statement.Profile.ToBase64(),
        "keys" => statement.Keys.ToBase64(),
        "request" => statement.Request,
        "subject" => statement.Subject.ToBase64(),
        "voter" or "member" => $"{Canonical.Decimal(statement.Member.Index)} {statement.Member.LeafHash.ToBase64()}",
        "decision" => statement.Choice ? "approve" : "reject",
        "locked" or "required" => statement.Choice ? "true" : "false",
        "seen" => $"{Canonical.Decimal(statement.Seen.Size)} {statement.Seen.Root.ToBase64()}",
        "time" => Canonical.Decimal(statement.Time),
        _ => throw new ArgumentOutOfRangeException(nameof(key), key, "There is no such line."),
    };

    /// <summary>The statement with the value of one line, or null when it is not in the form of <see cref="Value"/>.</summary>
    public static Statement? With(Statement statement, string key, ReadOnlySpan<char> value)
    {
        switch (key)
        {
            case "origin":
                return value.Length <= Checkpoint.MaximumOriginBytes ? statement with { Origin = value.ToString() } : null;
            case "profile":
                return Hash.Parse(value).TryGet(out Hash profile, out _) ? statement with { Profile = profile } : null;
            case "keys":
                return Hash.Parse(value).TryGet(out Hash keys, out _) ? statement with { Keys = keys } : null;
            case "request":
                return value.Contains(' ') ? null : statement with { Request = value.ToString() };
            case "subject":
                return Hash.Parse(value).TryGet(out Hash subject, out _) ? statement with { Subject = subject } : null;
            case "voter" or "member":
                return TryNumberAndHash(value, out long index, out Hash leafHash)
                    ? statement with { Member = new Handle(index, leafHash) }
                    : null;
            case "decision":
                return Choice(statement, value, "approve", "reject");
            case "locked" or "required":
                return Choice(statement, value, "true", "false");
            case "seen":
                return TryNumberAndHash(value, out long size, out Hash root) ? statement with { Seen = new Seen(size, root) } : null;
            case "time":
                return Canonical.TryDecimal(value, out long time) ? statement with { Time = time } : null;
            default:
                throw new ArgumentOutOfRangeException(nameof(key), key, "There is no such line.");
        }
    }

    private static Statement? Choice(Statement statement, ReadOnlySpan<char> value, string yes, string no) =>
        value.SequenceEqual(yes) ? statement with { Choice = true }
        : value.SequenceEqual(no) ? statement with { Choice = false }
        : null;

    private static bool TryNumberAndHash(ReadOnlySpan<char> value, out long number, out Hash hash)
    {
        int blank = value.IndexOf(' ');
        number = 0;
        hash = default;
        return blank > 0
            && Canonical.TryDecimal(value[..blank], out number)
            && Hash.Parse(value[(blank + 1)..]).TryGet(out hash, out _);
    }
}
