namespace SecureChat.Ledger.Transparency;

/// <summary>The lines of each kind of statement, and the form of each value.</summary>
internal static class StatementLines
{
    private static readonly StatementKind[] Kinds = Enum.GetValues<StatementKind>();
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
        foreach (StatementKind candidate in Kinds)
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

    public static string[] Of(StatementKind kind) => kind switch
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

    /// <summary>Reads the value of one line; false when it is not in the form of <see cref="Value"/>.</summary>
    public static bool TryRead(ref StatementDraft draft, string key, ReadOnlySpan<char> value)
    {
        switch (key)
        {
            case "origin":
                draft.Origin = value;
                return value.Length <= Checkpoint.MaximumOriginBytes;
            case "profile":
                return Hash.Parse(value).TryGet(out draft.Profile, out _);
            case "keys":
                return Hash.Parse(value).TryGet(out draft.Keys, out _);
            case "request":
                draft.Request = value;
                return !value.Contains(' ');
            case "subject":
                return Hash.Parse(value).TryGet(out draft.Subject, out _);
            case "voter" or "member":
                return TryNumberAndHash(value, out draft.MemberIndex, out draft.MemberHash);
            case "decision":
                draft.Choice = value is "approve";
                return draft.Choice || value is "reject";
            case "locked" or "required":
                draft.Choice = value is "true";
                return draft.Choice || value is "false";
            case "seen":
                return TryNumberAndHash(value, out draft.SeenSize, out draft.SeenRoot);
            case "time":
                return Canonical.TryDecimal(value, out draft.Time);
            default:
                throw new ArgumentOutOfRangeException(nameof(key), key, "There is no such line.");
        }
    }

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
