using SecureChat.Ledger.Circle;

namespace SecureChat.Web.Api;

/// <summary>An error as REST clients see it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable, snake_case, for programs.</param>
/// <param name="Text">For people; it says what to do.</param>
public sealed record ApiError(int Status, string Code, string Text)
{
    /// <summary>The id of the request that it is about, where the client can go on with it.</summary>
    public string? RequestId { get; init; }

    /// <summary>What the web server does not take for a request.</summary>
    public static ApiError Of(BadHttpRequestException refused) => refused.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => ApiErrors.BodyTooLarge,
        StatusCodes.Status408RequestTimeout => ApiErrors.RequestTimeout,
        _ => ApiErrors.BadRequest,
    };

    /// <summary>A refusal by the rules of the circle.</summary>
    public static ApiError Of(Refusal refusal) =>
        refusal == Refusals.MemberNotFound
            ? ApiErrors.MemberNotFound
            : new ApiError(StatusCodes.Status400BadRequest, refusal.Code, refusal.Sentence) { RequestId = refusal.Request };
}

/// <summary>
/// Every error of the REST interface that is not a refusal by the rules of the circle (<see cref="Refusals"/>). The texts that old
/// clients compare are part of the wire.
/// </summary>
public static class ApiErrors
{
    /// <summary>Not all three headers are there.</summary>
    public static readonly ApiError MissingAuthHeaders = new(401, "missing_auth_headers", "Missing auth headers");

    /// <summary>A header is there more than once.</summary>
    public static readonly ApiError AuthHeadersDoubled =
        new(401, "auth_headers_doubled", "An auth header was sent more than once. Send each of the three once.");

    /// <summary>Whoever signs is not an active member.</summary>
    public static readonly ApiError MemberNotFound = new(401, Refusals.MemberNotFound.Code, Refusals.MemberNotFound.Sentence);

    /// <summary>The timestamp is no number, or over a minute away from the server's clock.</summary>
    public static readonly ApiError TimestampOutOfRange = new(401, "timestamp_out_of_range", "Timestamp out of range");

    /// <summary>The signature is not the member's, or not over this id and timestamp.</summary>
    public static readonly ApiError SignatureMismatch = new(401, "signature_mismatch", "Signature mismatch");

    /// <summary>The pair of member and timestamp was used before.</summary>
    public static readonly ApiError SignatureAlreadyUsed = new(401, "signature_already_used", "Signature already used");

    /// <summary>The timestamp is from before the start of the process.</summary>
    public static readonly ApiError SignatureTooOld =
        new(401, "signature_too_old", "This signature is from before the server's last start. Sign again with the time of now.");

    /// <summary>A departure of somebody else.</summary>
    public static readonly ApiError NotYourself = new(403, "not_yourself", "You can only remove yourself");

    /// <summary>The founder key is wrong or missing.</summary>
    public static readonly ApiError InvalidFounderKey = new(400, "invalid_founder_key", "Invalid founder key");

    /// <summary>id, display_name or public_key is absent or empty.</summary>
    public static readonly ApiError MissingFields = new(400, "missing_fields", "Missing required fields");

    /// <summary>The id is not one that a member can have.</summary>
    public static readonly ApiError InvalidMemberId =
        new(400, "invalid_member_id", "id must be 1 to 64 characters from A-Z, a-z, 0-9, dot, underscore and hyphen, and not begin with erased-.");

    /// <summary>The polled request is unknown.</summary>
    public static readonly ApiError RequestNotFound = new(404, "request_not_found", "Request not found");

    /// <summary>approved is missing or of another type.</summary>
    public static readonly ApiError ApprovedNotBoolean = new(400, "approved_not_boolean", "approved must be a boolean");

    /// <summary>locked is missing or of another type.</summary>
    public static readonly ApiError LockedNotBoolean = new(400, "locked_not_boolean", "locked must be a boolean");

    /// <summary>The body is no JSON object, or not one without duplicate names.</summary>
    public static readonly ApiError InvalidJson = new(
        400, "invalid_json", "The body must be one JSON object in UTF-8, at most 16 levels deep, with no name twice.");

    /// <summary>There is no such path.</summary>
    public static readonly ApiError NotFound = new(404, "not_found", "There is nothing at this path.");

    /// <summary>The path does not take this method.</summary>
    public static readonly ApiError MethodNotAllowed =
        new(405, "method_not_allowed", "This path does not take this method; the header Allow names those that it takes.");

    /// <summary>The body took too long.</summary>
    public static readonly ApiError RequestTimeout = new(408, "request_timeout", "The request arrived too slowly. Send it again.");

    /// <summary>The body is over the limit.</summary>
    public static readonly ApiError BodyTooLarge = new(413, "body_too_large", "The body must have at most 65536 bytes.");

    /// <summary>The content type is not JSON.</summary>
    public static readonly ApiError UnsupportedMediaType =
        new(415, "unsupported_media_type", "The content type must be application/json in UTF-8.");

    /// <summary>The request line or a header is not what HTTP allows.</summary>
    public static readonly ApiError BadRequest = new(400, "bad_request", "The request is not valid HTTP.");

    /// <summary>Over a rate limit.</summary>
    public static readonly ApiError TooManyRequests =
        new(429, "too_many_requests", "Too many attempts from this address. Wait as long as Retry-After says.");

    /// <summary>A defect of the server.</summary>
    public static readonly ApiError InternalError = new(500, "internal_error", "The server failed. Nothing is known to have changed; try again.");

    /// <summary>A change cannot be written down.</summary>
    public static readonly ApiError LedgerUnavailable = new(
        503, "ledger_unavailable", "Membership changes cannot be written down at present. Messages go on; try again later.");

    /// <summary>The path names no tile in its one spelling.</summary>
    public static readonly ApiError MalformedTile = new(
        400, "malformed_tile", "A tile is tile/<level>/<index> or tile/entries/<index>, the index in groups of three digits, with .p/<width> when it is not full.");

    /// <summary>The ledger is not that long, or has no signed head of that size.</summary>
    public static readonly ApiError BeyondTheLedger =
        new(404, "beyond_the_ledger", "The ledger has no such entry, tile or signed head; /ledger/checkpoint says how long it is.");

    /// <summary>There is no such addendum, or not any more.</summary>
    public static readonly ApiError AddendumNotFound =
        new(404, "addendum_not_found", "There is no addendum of this digest, or it was erased.");

    /// <summary>A number in the query is missing or not in its one spelling.</summary>
    /// <param name="name">Its name.</param>
    public static ApiError NotANumber(string name) =>
        new(400, "not_a_number", $"{name} must be a number in decimal digits without leading zeroes.");

    /// <summary>A statement, or an addendum that it names, is not in its form.</summary>
    /// <param name="sentence">What is wrong.</param>
    public static ApiError BadStatement(string sentence) => Of400(Refusals.BadStatement(sentence));

    /// <summary>A request that is signed as a whole is not in the form of <see cref="Security.RequestSignature"/>.</summary>
    /// <param name="sentence">What is wrong.</param>
    public static ApiError BadRequestSignature(string sentence) => new(StatusCodes.Status401Unauthorized, "bad_request_signature", sentence);

    private static ApiError Of400(Refusal refusal) => new(StatusCodes.Status400BadRequest, refusal.Code, refusal.Sentence);

    /// <summary>A field has another type than it should.</summary>
    /// <param name="field">Its name.</param>
    public static ApiError NotAString(string field) => new(400, "wrong_type", $"{field} must be a string of valid Unicode.");

    /// <summary>The name cannot be a display name.</summary>
    /// <param name="sentence">Why.</param>
    public static ApiError InvalidDisplayName(string sentence) => new(400, "invalid_display_name", sentence);

    /// <summary>The key is no RSA key of ours.</summary>
    /// <param name="sentence">Why.</param>
    public static ApiError InvalidPublicKey(string sentence) => new(400, "invalid_public_key", sentence);

    /// <summary>The key is no Curve25519 key.</summary>
    /// <param name="sentence">Why.</param>
    public static ApiError InvalidCurve25519PublicKey(string sentence) => new(400, "invalid_curve25519_public_key", sentence);

    /// <summary>The address asks already.</summary>
    /// <param name="minutes">How long it waits at the longest.</param>
    public static ApiError AddressHasPendingRequest(long minutes) => new(
        400,
        "address_has_pending_request",
        $"A join request from this address is pending. Try again when it is decided, at the latest in {minutes} minute(s).");

    /// <summary>All of them, for the documentation and its tests; those with a part that varies show an example.</summary>
    public static IReadOnlyList<ApiError> All { get; } =
    [
        MissingAuthHeaders, AuthHeadersDoubled, MemberNotFound, TimestampOutOfRange, SignatureMismatch, SignatureAlreadyUsed, SignatureTooOld,
        BadRequestSignature("…"),
        NotYourself, InvalidFounderKey, MissingFields, InvalidMemberId, InvalidDisplayName("…"), InvalidPublicKey("…"),
        InvalidCurve25519PublicKey("…"), NotAString("display_name"), AddressHasPendingRequest(2880), RequestNotFound, ApprovedNotBoolean,
        LockedNotBoolean, InvalidJson, BadRequest, NotFound, MethodNotAllowed, RequestTimeout, BodyTooLarge, UnsupportedMediaType,
        BadStatement("…"), MalformedTile, NotANumber("leaf"), BeyondTheLedger, AddendumNotFound, TooManyRequests, InternalError, LedgerUnavailable,
    ];
}
