namespace SecureChat.Ledger.Transparency;

/// <summary>
/// A statement as its lines stand in a text, with nothing copied out of it: a verifier reads one for each signature, and has
/// only to compare it.
/// </summary>
internal ref struct StatementDraft
{
    public ReadOnlySpan<char> Origin;
    public ReadOnlySpan<char> Request;
    public StatementKind Kind;
    public long Time;
    public long MemberIndex;
    public long SeenSize;
    public bool Choice;
    public Hash Profile;
    public Hash Keys;
    public Hash Subject;
    public Hash MemberHash;
    public Hash SeenRoot;

    /// <summary>The head that the signer had seen.</summary>
    public readonly Seen Seen => new(SeenSize, SeenRoot);

    /// <summary>Whether it says what was expected. What it has seen, and when, it may say itself.</summary>
    public readonly bool Says(Statement expected) =>
        Kind == expected.Kind
        && Choice == expected.Choice
        && MemberIndex == expected.Member.Index
        && MemberHash == expected.Member.LeafHash
        && Subject == expected.Subject
        && Profile == expected.Profile
        && Keys == expected.Keys
        && Request.SequenceEqual(expected.Request)
        && Origin.SequenceEqual(expected.Origin);

    /// <summary>The statement, independent of the text.</summary>
    public readonly Statement Complete() => new(Kind, Origin.ToString(), Time)
    {
        Profile = Profile,
        Keys = Keys,
        Request = Request.ToString(),
        Subject = Subject,
        Member = new Handle(MemberIndex, MemberHash),
        Choice = Choice,
        Seen = Seen,
    };
}
