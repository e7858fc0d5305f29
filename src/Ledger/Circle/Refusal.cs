namespace SecureChat.Ledger.Circle;

/// <summary>Why the rules of the circle say no. Expected, and therefore a value.</summary>
/// <param name="Code">Stable, snake_case, for programs.</param>
/// <param name="Sentence">For people; where old clients compare it, it is part of the wire.</param>
/// <param name="Request">The id of the request that it is about, where the caller can go on with it.</param>
public sealed record Refusal(string Code, string Sentence, string? Request = null);

/// <summary>Every refusal by the rules of the circle.</summary>
public static class Refusals
{
    /// <summary>Nothing can happen before there is a founder.</summary>
    public static readonly Refusal NoFounderYet =
        new("no_founder_yet", "This circle has no founder yet. It starts when its founder registers.");

    /// <summary>Registration works once in the life of the data.</summary>
    public static readonly Refusal FounderAlreadyRegistered =
        new("founder_already_registered", "Founder already registered. Registration is closed.");

    /// <summary>The id is an active member's.</summary>
    public static readonly Refusal AlreadyAMember = new("already_a_member", "Already a member");

    /// <summary>The name, or one that looks like it, is an active member's or a pending requester's.</summary>
    public static readonly Refusal DisplayNameTaken = new("display_name_taken", "Display name already taken.");

    /// <summary>A member closed the circle for requests.</summary>
    public static readonly Refusal RequestsLocked =
        new("requests_locked", "Join requests are currently closed by the server admin");

    /// <summary>A departed id comes back with another RSA key.</summary>
    public static readonly Refusal IdOfDepartedMember = new(
        "id_of_departed_member",
        "This id belongs to a member who left and can only come back with the same key. Ask with that key or with another id.");

    /// <summary>The request is unknown, approved or rejected.</summary>
    public static readonly Refusal RequestNotPending = new("request_not_pending", "Join request not found or not pending");

    /// <summary>The request's time is over.</summary>
    public static readonly Refusal RequestExpired = new("request_expired", "Join request has expired");

    /// <summary>A member votes once.</summary>
    public static readonly Refusal AlreadyVoted = new("already_voted", "Already voted on this request");

    /// <summary>Whoever acts is not, or no longer, an active member.</summary>
    public static readonly Refusal MemberNotFound = new("member_not_found", "Member not found");

    /// <summary>The call must be signed: by its nature, or because the member wants it so.</summary>
    public static readonly Refusal StatementRequired =
        new("statement_required", "This call must carry a signed statement: send statement and statement_signature.");

    /// <summary>The statement does not say what the call says, or is not signed by whom it should be.</summary>
    /// <param name="sentence">Which line is wrong, and what to do.</param>
    public static Refusal BadStatement(string sentence) => new("bad_statement", sentence);

    /// <summary>The id already asks; the answer names the request.</summary>
    /// <param name="request">The pending request's id.</param>
    public static Refusal RequestAlreadyPending(string request) =>
        new("request_already_pending", "Already has a pending join request", request);
}
