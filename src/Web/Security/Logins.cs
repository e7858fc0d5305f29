using Microsoft.Extensions.Primitives;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.Web.Api;

namespace SecureChat.Web.Security;

/// <summary>A signed request of an active member.</summary>
/// <param name="Member">Who it is.</param>
/// <param name="Timestamp">Milliseconds since the Unix epoch, as signed.</param>
public sealed record Login(RosterMember Member, long Timestamp)
{
    /// <summary>What is written down with a change.</summary>
    public UsedSignature Signature => new(Member.Id, Timestamp);
}

/// <summary>
/// Who asks: the checks of a login in their order (member, clock, signature, replay), for REST headers and for AUTH. A login that
/// fails one leaves no trace; neither does one whose body turns out to be wrong, because a pair is used only by <see cref="TryUse"/>.
/// </summary>
/// <param name="roster">Who is in the circle now.</param>
/// <param name="seen">The pairs that were used.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="started">When the process started: what readers and sockets had used before is forgotten.</param>
public sealed class Logins(Func<Roster> roster, SeenSignatures seen, TimeProvider clock, DateTimeOffset started)
{
    /// <summary>The header with the member's id.</summary>
    public const string MemberIdHeader = "x-member-id";

    /// <summary>The header with the signature, in base64.</summary>
    public const string SignatureHeader = "x-signature";

    /// <summary>The header with the signed timestamp.</summary>
    public const string TimestampHeader = "x-timestamp";

    /// <summary>Checks a request that reads; its pair is used up for changes.</summary>
    public Login? Reader(HttpContext context, out ApiError? error)
    {
        Login? login = Check(context, out error);
        if (login is not null)
        {
            seen.TryUse(login.Member.Id, login.Timestamp);
        }

        return login;
    }

    /// <summary>Checks a request that changes something. Its pair is used by <see cref="TryUse"/>, after the body was judged.</summary>
    public Login? Changer(HttpContext context, out ApiError? error)
    {
        Login? login = Check(context, out error);
        if (login is null)
        {
            return null;
        }

        error = seen.Contains(login.Member.Id, login.Timestamp) ? ApiErrors.SignatureAlreadyUsed
            : login.Timestamp < started.ToUnixTimeMilliseconds() ? ApiErrors.SignatureTooOld
            : null;
        return error is null ? login : null;
    }

    /// <summary>Uses the pair up; false when another request was faster.</summary>
    public bool TryUse(Login login) => seen.TryUse(login.Member.Id, login.Timestamp);

    /// <summary>Checks an AUTH and uses its pair.</summary>
    public Login? Socket(string memberId, string signature, string timestamp, out ApiError? error)
    {
        Login? login = Check(memberId, signature, timestamp, out error);
        if (login is not null && !TryUse(login))
        {
            error = ApiErrors.SignatureAlreadyUsed;
            return null;
        }

        return login;
    }

    private Login? Check(HttpContext context, out ApiError? error)
    {
        IHeaderDictionary headers = context.Request.Headers;
        StringValues memberId = headers[MemberIdHeader];
        StringValues signature = headers[SignatureHeader];
        StringValues timestamp = headers[TimestampHeader];

        // The framework would join two of them with a comma.
        error = memberId.Count > 1 || signature.Count > 1 || timestamp.Count > 1 ? ApiErrors.AuthHeadersDoubled
            : StringValues.IsNullOrEmpty(memberId) || StringValues.IsNullOrEmpty(signature) || StringValues.IsNullOrEmpty(timestamp)
                ? ApiErrors.MissingAuthHeaders
                : null;
        return error is null ? Check(memberId.ToString(), signature.ToString(), timestamp.ToString(), out error) : null;
    }

    private Login? Check(string memberId, string signature, string timestampText, out ApiError? error)
    {
        if (roster().MemberOf(memberId) is not { } member)
        {
            error = ApiErrors.MemberNotFound;
            return null;
        }

        if (!Timestamp.TryParse(timestampText, out long timestamp) || !Timestamp.WithinWindow(timestamp, clock.GetUtcNow()))
        {
            error = ApiErrors.TimestampOutOfRange;
            return null;
        }

        error = LoginSignature.Verify(member.Verifier, memberId, timestamp, signature) ? null : ApiErrors.SignatureMismatch;
        return error is null ? new Login(member, timestamp) : null;
    }
}
