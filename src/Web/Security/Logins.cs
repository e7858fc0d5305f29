using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.Web.Api;
using SecureChat.Web.Relay;

namespace SecureChat.Web.Security;

/// <summary>A signed request of an active member.</summary>
/// <param name="Member">Who it is.</param>
/// <param name="Timestamp">Milliseconds since the Unix epoch, as signed.</param>
/// <param name="Nonce">Of a request that is signed as a whole; empty for the headers of old clients.</param>
public sealed record Login(RosterMember Member, long Timestamp, string Nonce = "")
{
    /// <summary>What is written down with a change.</summary>
    public UsedSignature Signature => new(Member.Id, Timestamp, Nonce);
}

/// <summary>
/// Who asks: the checks of a login in their order (member, clock, signature, replay), for REST headers and for AUTH. A login that
/// fails one leaves no trace; neither does one whose body turns out to be wrong, because a pair is used only by <see cref="TryUse"/>.
/// </summary>
/// <param name="roster">Who is in the circle now.</param>
/// <param name="seen">The pairs that were used.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="started">When the process started: what readers and sockets had used before is forgotten.</param>
/// <param name="publicUrl">The setting PUBLIC_URL, or null: the host that a request signed as a whole has to name.</param>
public sealed class Logins(Func<Roster> roster, SeenSignatures seen, TimeProvider clock, DateTimeOffset started, string? publicUrl = null)
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
        if (login is null || seen.TryUse(login.Signature) || login.Nonce.Length == 0)
        {
            return login;
        }

        error = ApiErrors.SignatureAlreadyUsed;
        return null;
    }

    /// <summary>Checks a request that changes something. Its pair is used by <see cref="TryUse"/>, after the body was judged.</summary>
    public Login? Changer(HttpContext context, out ApiError? error)
    {
        Login? login = Check(context, out error);
        if (login is null || login.Nonce.Length > 0)
        {
            // A request that is signed as a whole was held against both already.
            return login;
        }

        error = seen.Contains(login.Signature) ? ApiErrors.SignatureAlreadyUsed
            : login.Timestamp < started.ToUnixTimeMilliseconds() ? ApiErrors.SignatureTooOld
            : null;
        return error is null ? login : null;
    }

    /// <summary>Uses the pair up; false when another request was faster.</summary>
    public bool TryUse(Login login) => seen.TryUse(login.Signature);

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

    /// <summary>
    /// Checks the answer to a challenge: member, statement, clock, signature. Nobody else was given that challenge, so the answer
    /// is good for one connection without being remembered, and before a restart is as old as after one.
    /// </summary>
    public Login? Challenged(SocketChallenge challenge, string memberId, string statement, string signature, out string? reason)
    {
        RosterMember? member = roster().MemberOf(memberId);
        reason = member is null ? ApiErrors.MemberNotFound.Text : challenge.Refuse(statement, memberId, out long time)
            ?? (!Timestamp.WithinWindow(time, clock.GetUtcNow()) ? ApiErrors.TimestampOutOfRange.Text
            : !CanonicalBase64.TryDecode(signature, out byte[] bytes) || !member.Verifier.Verify(Encoding.UTF8.GetBytes(statement), bytes)
                ? ApiErrors.SignatureMismatch.Text
            : null);
        return reason is null ? new Login(member!, 0) : null;
    }

    private Login? Check(HttpContext context, out ApiError? error) =>
        RequestSignature.IsOn(context.Request) ? CheckWhole(context, out error) : CheckHeaders(context, out error);

    // A request that says it is signed as a whole is never looked at in the old way: whoever strips a covered field gains nothing.
    private Login? CheckWhole(HttpContext context, out ApiError? error)
    {
        HttpRequest request = context.Request;
        bool hasBody = request.ContentLength is { } length ? length > 0 : request.Headers.TransferEncoding.Count > 0;
        RequestSignature? signature = RequestSignature.Read(request, out string problem);
        ContentDigest? digest = signature is { CoversBody: true } ? RequestSignature.Digest(request) : null;
        RosterMember? member = roster().MemberOf(request.Headers[MemberIdHeader].ToString());
        error = signature is null ? ApiErrors.BadRequestSignature(problem)
            : hasBody && !signature.CoversBody ? ApiErrors.BadRequestSignature("A request with a body must cover content-digest and content-type.")
            : signature.CoversBody && digest is null ? ApiErrors.BadRequestSignature("Content-Digest must name the body's sha-256 or sha-512, in canonical base64 between colons.")
            : member is null ? ApiErrors.MemberNotFound
            : signature.KeyId != Convert.ToBase64String(SHA256.HashData(member.Verifier.Key.CanonicalSpki.Span)) ? ApiErrors.BadRequestSignature("keyid must be the base64 SHA-256 of the member's key as SubjectPublicKeyInfo.")
            : !IsNow(signature) ? ApiErrors.TimestampOutOfRange
            : !Verifies(context, signature, member) ? ApiErrors.SignatureMismatch
            : seen.Contains(new UsedSignature(member.Id, signature.Created * 1000, signature.Nonce)) ? ApiErrors.SignatureAlreadyUsed
            // In whole seconds, as it is dated: what was executed in this very second, before the start, is known by its nonce.
            : signature.Created < started.ToUnixTimeSeconds() ? ApiErrors.SignatureTooOld
            : null;
        if (error is not null)
        {
            return null;
        }

        if (digest is not null)
        {
            context.Features.Set(digest);
        }

        return new Login(member!, signature!.Created * 1000, signature.Nonce);
    }

    private bool IsNow(RequestSignature signature)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return Timestamp.WithinWindow(signature.Created * 1000, now) && signature.Expires >= now.ToUnixTimeSeconds();
    }

    private bool Verifies(HttpContext context, RequestSignature signature, RosterMember member)
    {
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return target.StartsWith('/')
            && signature.Base(context.Request, target, Authority.Of(context.Request, publicUrl)) is { } text
            && member.Verifier.Verify(text, signature.Bytes);
    }

    private Login? CheckHeaders(HttpContext context, out ApiError? error)
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
