using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.Web.Security;

namespace SecureChat.Web.Api;

/// <summary>What members decide: the pending requests, a vote on one, and the lock.</summary>
internal sealed class VotingApi(LiveCircle circle, Logins logins)
{
    public Task Pending(HttpContext context)
    {
        if (logins.Reader(context, out ApiError? error) is null)
        {
            return Answer.ErrorAsync(context, error!);
        }

        Roster roster = circle.Roster;
        PendingRequestsBody body = new([.. roster.Pending.Select(request => new PendingRequestBody(
            request.Id,
            request.RequesterId,
            request.RequesterName,
            request.RequesterPublicKey,
            request.RequesterCurve25519PublicKey,
            request.RequestedAt,
            request.ExpiresAt,
            request.Approvals,
            roster.Members.Count))]);
        return Answer.OkAsync(context, body, AnswerJson.Default.PendingRequestsBody);
    }

    public Task Approve(HttpContext context) => ChangeAsync(
        context,
        "approved",
        ApiErrors.ApprovedNotBoolean,
        (login, approved) => new CastVote((string)context.Request.RouteValues["request_id"]!, login.Member.Id, approved),
        (_, outcome) => outcome.Tally! switch
        {
            { Result: VoteResult.Pending } tally => Answer.OkAsync(
                context, new TallyBody(Success: true, "pending", tally.Approvals, tally.Members), AnswerJson.Default.TallyBody),
            var tally => Answer.OkAsync(
                context,
                new DecidedBody(Success: true, tally.Result == VoteResult.Approved ? "approved" : "rejected"),
                AnswerJson.Default.DecidedBody),
        });

    public Task ChangeLock(HttpContext context) => ChangeAsync(
        context,
        "locked",
        ApiErrors.LockedNotBoolean,
        (login, locked) => new ChangeRequestsLock(login.Member.Id, locked),
        (locked, _) => Answer.OkAsync(context, new LockBody(Success: true, locked), AnswerJson.Default.LockBody));

    // Both take one boolean: checks in the order of the protocol, then the command, then the answer.
    private async Task ChangeAsync(
        HttpContext context,
        string field,
        ApiError notBoolean,
        Func<Login, bool, CircleCommand> command,
        Func<bool, Outcome, Task> answer)
    {
        if (logins.Changer(context, out ApiError? error) is not { } login)
        {
            await Answer.ErrorAsync(context, error!);
            return;
        }

        (RequestBody? body, error) = await RequestBody.ReadAsync(context);
        bool? value = body?.Boolean(field);
        body?.Dispose();
        error ??= value is null ? notBoolean
            : !logins.TryUse(login) ? ApiErrors.SignatureAlreadyUsed
            : null;
        if (error is not null)
        {
            await Answer.ErrorAsync(context, error);
            return;
        }

        Outcome outcome = await circle.ExecuteAsync(command(login, value!.Value), login.Signature);
        await (outcome.Refusal is { } refusal ? Answer.ErrorAsync(context, ApiError.Of(refusal)) : answer(value.Value, outcome));
    }
}
