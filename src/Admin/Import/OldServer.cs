namespace SecureChat.Admin.Import;

/// <summary>A member of the old server, as its row says. A text that is no text, or longer than any that its clients could send, is null.</summary>
/// <param name="Row">Counted from 1, for those who cannot be named otherwise.</param>
/// <param name="Id">The column <c>id</c>.</param>
/// <param name="Name">The column <c>display_name</c>.</param>
/// <param name="PublicKey">The column <c>public_key</c>.</param>
/// <param name="Curve25519">The column <c>curve25519_public_key</c>; empty where there is none.</param>
/// <param name="JoinedAt">Milliseconds since the Unix epoch, or null where no time stands.</param>
internal sealed record OldMember(int Row, string? Id, string? Name, string? PublicKey, string? Curve25519, long? JoinedAt)
{
    /// <summary>How to name this member to a person.</summary>
    public string Called => Name is { Length: > 0 } name ? $"\"{name}\" ({Id ?? $"row {Row}"})" : Id is { Length: > 0 } id ? id : $"row {Row}";
}

/// <summary>Somebody who waits for the circle's decision on the old server.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Name">Under which name it was asked.</param>
internal sealed record OldRequest(string Id, string Name);

/// <summary>What stands in an old server's database, as far as an import looks at it. Addresses are only counted.</summary>
/// <param name="Active">The members.</param>
/// <param name="Left">Those whose status is anything else.</param>
/// <param name="FounderId">Whom <c>server_info</c> names as the founder, or null.</param>
/// <param name="ServerName">What <c>server_info</c> says of the name, or null: the old server had it from its environment.</param>
/// <param name="RequestsLocked">Whether join requests are refused.</param>
/// <param name="Pending">The requests that wait.</param>
/// <param name="Decided">How many requests are over.</param>
/// <param name="Addresses">How many addresses stand in the file.</param>
internal sealed record OldServer(
    IReadOnlyList<OldMember> Active,
    IReadOnlyList<OldMember> Left,
    string? FounderId,
    string? ServerName,
    bool RequestsLocked,
    IReadOnlyList<OldRequest> Pending,
    long Decided,
    long Addresses);
