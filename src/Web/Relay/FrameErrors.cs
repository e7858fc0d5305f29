using SecureChat.Ledger.Circle;

namespace SecureChat.Web.Relay;

/// <summary>Why the relay refuses a frame or an upgrade.</summary>
/// <param name="Code">Stable, snake_case, for programs.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record FrameError(string Code, string Reason);

/// <summary>
/// Every <c>ERROR</c> that a frame after AUTH can be answered with. A vote is also refused with the circle's own
/// <see cref="Refusals"/>.
/// </summary>
public static class FrameErrors
{
    /// <summary>The frame is no JSON text, or nested deeper than 16 levels.</summary>
    public static readonly FrameError InvalidJson = new("invalid_json", "The frame is not valid JSON.");

    /// <summary>It is JSON, but no frame.</summary>
    public static readonly FrameError InvalidFrame =
        new("invalid_frame", "A frame is a JSON object with a string \"type\" and an object \"payload\".");

    /// <summary>A name that means something stands there twice.</summary>
    public static readonly FrameError DuplicateField = new("duplicate_field", "A field of the frame occurs twice.");

    /// <summary>A field that has to be a string with something in it is absent, empty or something else.</summary>
    public static readonly FrameError MissingFields = new("missing_fields", "Missing required fields");

    /// <summary><c>sender_curve25519_public_key</c> is neither a string nor null.</summary>
    public static readonly FrameError InvalidSenderKey =
        new("invalid_sender_key", "sender_curve25519_public_key must be a string");

    /// <summary><c>message_id</c> is no string, or longer than the relay remembers.</summary>
    public static readonly FrameError InvalidMessageId =
        new("invalid_message_id", "message_id must be a string of at most 1024 bytes");

    /// <summary><c>recipients</c> is no array.</summary>
    public static readonly FrameError InvalidRecipients = new("invalid_recipients", "recipients must be an array");

    /// <summary>The frame says that somebody else has sent it.</summary>
    public static readonly FrameError NotYourself = new("not_yourself", "You can only send as yourself");

    /// <summary>There is no such channel, or the sender is not in it.</summary>
    public static readonly FrameError ChannelNotFound = new("channel_not_found", "Channel not found");

    /// <summary>The sender has a pending message with this id.</summary>
    public static readonly FrameError DuplicateMessageId =
        new("duplicate_message_id", "A message with this message_id is still pending");

    /// <summary>A vote says neither yes nor no.</summary>
    public static readonly FrameError ApprovedNotBoolean = new("approved_not_boolean", "approved must be a boolean");

    /// <summary>A statement without its signature, or either of them no text.</summary>
    public static readonly FrameError BadStatement =
        new("bad_statement", "A statement and its signature belong together: send both as strings, or none.");

    /// <summary>Too many votes of this connection wait for the ledger.</summary>
    public static readonly FrameError TooManyVotes = new("too_many_votes", "Too many votes are waiting. Try again.");

    /// <summary>The vote could not be written down, and does not count.</summary>
    public static readonly FrameError LedgerUnavailable =
        new("ledger_unavailable", "Changes cannot be written down at present. Try again later.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FrameError> All { get; } =
    [
        InvalidJson, InvalidFrame, DuplicateField, MissingFields, InvalidSenderKey, InvalidMessageId, InvalidRecipients, NotYourself,
        ChannelNotFound, DuplicateMessageId, ApprovedNotBoolean, BadStatement, TooManyVotes, LedgerUnavailable,
    ];
}

/// <summary>Every reason of <c>AUTH_FAILED</c> that the relay gives by itself; the others come from who checks the login.</summary>
public static class LoginFailures
{
    /// <summary>Something else came before AUTH, or a second AUTH was somebody else's.</summary>
    public const string NotAuthenticated = "Not authenticated";

    /// <summary>A second AUTH on a connection that was challenged: each challenge is answered once.</summary>
    public const string ChallengeAnswered = "The challenge was answered already";

    /// <summary>AUTH did not come in time.</summary>
    public const string AuthenticationTimeout = "Authentication timeout";

    /// <summary>The member left while logging in.</summary>
    public const string MemberNotFound = "Member not found";
}

/// <summary>Every refusal of an upgrade, with its HTTP status.</summary>
public static class UpgradeErrors
{
    /// <summary>400: the request is not as RFC 6455 section 4.2.1 wants it.</summary>
    public static readonly FrameError BadHandshake = new("bad_websocket_handshake", "This is not a valid WebSocket handshake.");

    /// <summary>426: another version of the protocol than 13.</summary>
    public static readonly FrameError UnsupportedVersion =
        new("unsupported_websocket_version", "Only version 13 of the WebSocket protocol is spoken here.");

    /// <summary>503: the relay, or this address, has as many connections as it may have.</summary>
    public static readonly FrameError TooManyConnections = new("too_many_connections", "There are too many connections. Try again later.");

    /// <summary>503: the relay is about to end.</summary>
    public static readonly FrameError Stopping = new("stopping", "The relay is stopping. Try again in a moment.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<FrameError> All { get; } = [BadHandshake, UnsupportedVersion, TooManyConnections, Stopping];
}
