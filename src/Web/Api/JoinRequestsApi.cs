using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.Projections.Tables;
using SecureChat.Web.Security;

namespace SecureChat.Web.Api;

/// <summary>Asking to be let in, and waiting for the answer: the public side of a join request.</summary>
/// <param name="circle">The circle.</param>
/// <param name="clock">The server's clock.</param>
/// <param name="newId">Gives a fresh UUID.</param>
internal sealed class JoinRequestsApi(LiveCircle circle, TimeProvider clock, Func<string> newId)
{
    private const long Minute = 60_000;

    public async Task Submit(HttpContext context)
    {
        (RequestBody? body, ApiError? error) = await RequestBody.ReadAsync(context);
        using (body)
        {
            Newcomer? newcomer = body is null ? null : NewcomerFields.Read(body, out error);
            if (newcomer is null)
            {
                await Answer.ErrorAsync(context, error!);
                return;
            }

            (SubmittedBody? submitted, error) = await SubmitAsync(new SubmitRequest(newId(), newcomer), ClientAddress.Of(context));
            await (submitted is null
                ? Answer.ErrorAsync(context, error!)
                : Answer.OkAsync(context, submitted, AnswerJson.Default.SubmittedBody));
        }
    }

    // The address guard is durable before the request is, so it is reserved first; but not for a request that the rules refuse
    // anyway, which a look at the committed circle tells.
    private async Task<(SubmittedBody? Body, ApiError? Error)> SubmitAsync(SubmitRequest command, string address)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        Decision ahead = Decisions.Decide(circle.State, command, now);
        if (ahead.Refusal is { } foreseen && ahead.Overdue == 0)
        {
            return (null, ApiError.Of(foreseen));
        }

        AddressGuard guard = circle.AddressGuard;
        long expires = now + Decisions.RequestLifetime;
        if (guard.Reserve(address, command.Request, now, expires, id => circle.State.RequestOf(id) is not null) is { } until)
        {
            return (null, ApiErrors.AddressHasPendingRequest(((until - now) / Minute) + 1));
        }

        bool submitted = false;
        try
        {
            Outcome outcome = await circle.ExecuteAsync(command);
            submitted = outcome.Refusal is null;
            return submitted
                ? (new SubmittedBody(command.Request, circle.FindJoinRequest(command.Request)!.ExpiresAt), null)
                : (null, ApiError.Of(outcome.Refusal!));
        }
        finally
        {
            // Written down although it cannot be shown yet: the address is taken until the request is resolved.
            if (submitted || circle.State.RequestOf(command.Request) is not null)
            {
                guard.Submitted(command.Request);
            }
            else
            {
                guard.Release(command.Request);
            }
        }
    }

    public Task Poll(HttpContext context)
    {
        string id = (string)context.Request.RouteValues["request_id"]!;
        return circle.FindJoinRequest(id) is { } request
            ? Answer.OkAsync(
                context,
                new JoinRequestBody(request.Id, request.Status, request.RequesterName, request.ExpiresAt),
                AnswerJson.Default.JoinRequestBody)
            : Answer.ErrorAsync(context, ApiErrors.RequestNotFound);
    }
}
