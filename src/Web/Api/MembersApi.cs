using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.Web.Relay;
using SecureChat.Web.Security;

namespace SecureChat.Web.Api;

/// <summary>Who is in the circle, in which channels, and leaving it.</summary>
internal sealed class MembersApi(LiveCircle circle, Logins logins, Hub hub)
{
    private readonly WrittenLists lists = new(hub.IsOnline);

    public Task Members(HttpContext context)
    {
        if (logins.Reader(context, out ApiError? error) is null)
        {
            return Answer.ErrorAsync(context, error!);
        }

        return Answer.WrittenAsync(context, lists.Members(circle.Roster));
    }

    public Task Channels(HttpContext context)
    {
        if (logins.Reader(context, out ApiError? error) is not { Member: var caller })
        {
            return Answer.ErrorAsync(context, error!);
        }

        return Answer.WrittenAsync(context, lists.Channels(circle.Roster, caller));
    }

    public async Task Leave(HttpContext context)
    {
        if (logins.Changer(context, out ApiError? error) is not { } login)
        {
            await Answer.ErrorAsync(context, error!);
            return;
        }

        Proof? proof = null;
        if (context.Request.Headers.ContainsKey(SignedFields.StatementHeader) || context.Request.Headers.ContainsKey(SignedFields.SignatureHeader))
        {
            proof = SignedFields.Read(context.Request, ref error);
        }

        error = (string)context.Request.RouteValues["id"]! != login.Member.Id ? ApiErrors.NotYourself
            : error is not null ? error
            : !logins.TryUse(login) ? ApiErrors.SignatureAlreadyUsed
            : null;
        if (error is not null)
        {
            await Answer.ErrorAsync(context, error);
            return;
        }

        Outcome outcome = await circle.ExecuteAsync(new Leave(login.Member.Id) { Proof = proof }, login.Signature);
        await (outcome.Refusal is { } refusal
            ? Answer.ErrorAsync(context, ApiError.Of(refusal))
            : Answer.OkAsync(context, new SuccessBody(Success: true), AnswerJson.Default.SuccessBody));
    }
}
