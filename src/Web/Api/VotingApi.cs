using System.Globalization;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
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
            roster.Members.Count,
            request.Position,
            circle.Ledger.Leaf(request.Position)!.Value.ToBase64(),
            Convert.ToBase64String(circle.Ledger.Entry(request.Position)!),
            Addenda(request.Position)))]);
        return Answer.OkAsync(context, body, AnswerJson.Default.PendingRequestsBody);
    }

    public Task Approve(HttpContext context) => ChangeAsync(
        context,
        "approved",
        ApiErrors.ApprovedNotBoolean,
        (login, approved) => new CastVote((string)context.Request.RouteValues["request_id"]!, login.Member.Id, approved),
        (_, outcome) =>
        {
            // What a voter needs to find its vote in the ledger, and to prove it.
            context.Response.Headers["x-ledger-index"] = outcome.Position?.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["x-ledger-size"] = outcome.Size.ToString(CultureInfo.InvariantCulture);
            return outcome.Tally! switch
            {
                { Result: VoteResult.Pending } tally => Answer.OkAsync(
                    context, new TallyBody(Success: true, "pending", tally.Approvals, tally.Members), AnswerJson.Default.TallyBody),
                var tally => Answer.OkAsync(
                    context,
                    new DecidedBody(Success: true, tally.Result == VoteResult.Approved ? "approved" : "rejected"),
                    AnswerJson.Default.DecidedBody),
            };
        });

    public Task ChangeLock(HttpContext context) => ChangeAsync(
        context,
        "locked",
        ApiErrors.LockedNotBoolean,
        (login, locked) => new ChangeRequestsLock(login.Member.Id, locked),
        (locked, _) => Answer.OkAsync(context, new LockBody(Success: true, locked), AnswerJson.Default.LockBody));

    public Task Ratify(HttpContext context) => SignAsync(
        context, StatementKind.Ratify, (login, _) => new RatifyHistory(login.Member.Id));

    public Task RequireStatements(HttpContext context) => SignAsync(
        context, StatementKind.Require, (login, statement) => new RequireStatements(login.Member.Id, statement.Choice));

    // These two are nothing but a statement: what they want is what it says.
    private async Task SignAsync(HttpContext context, StatementKind kind, Func<Login, Statement, MemberCommand> command)
    {
        if (logins.Changer(context, out ApiError? error) is not { } login)
        {
            await Answer.ErrorAsync(context, error!);
            return;
        }

        (RequestBody? body, error) = await RequestBody.ReadAsync(context);
        Proof? proof = body is null ? null : SignedFields.Read(body, ref error);
        body?.Dispose();
        Statement? statement = null;
        string? reason = null;
        error ??= proof is null ? ApiError.Of(Refusals.StatementRequired)
            : !Statement.Parse(proof.Statement).TryGet(out statement, out reason) ? ApiErrors.BadStatement($"The statement cannot be used: {reason}.")
            : statement.Kind != kind ? ApiErrors.BadStatement("The first line of the statement is that of another kind.")
            : !logins.TryUse(login) ? ApiErrors.SignatureAlreadyUsed
            : null;
        if (error is not null)
        {
            await Answer.ErrorAsync(context, error);
            return;
        }

        Outcome outcome = await circle.ExecuteAsync(command(login, statement!) with { Proof = proof }, login.Signature);
        await (outcome.Refusal is { } refusal
            ? Answer.ErrorAsync(context, ApiError.Of(refusal))
            : Answer.OkAsync(context, new SuccessBody(Success: true), AnswerJson.Default.SuccessBody));
    }

    private Dictionary<string, string> Addenda(long position) =>
        circle.Ledger.AddendaOf(position).ToDictionary(addendum => addendum.Name, addendum => Convert.ToBase64String(addendum.Bytes));

    // Both take one boolean: checks in the order of the protocol, then the command, then the answer.
    private async Task ChangeAsync(
        HttpContext context,
        string field,
        ApiError notBoolean,
        Func<Login, bool, MemberCommand> command,
        Func<bool, Outcome, Task> answer)
    {
        if (logins.Changer(context, out ApiError? error) is not { } login)
        {
            await Answer.ErrorAsync(context, error!);
            return;
        }

        (RequestBody? body, error) = await RequestBody.ReadAsync(context);
        bool? value = body?.Boolean(field);
        Proof? proof = body is null ? null : SignedFields.Read(body, ref error);
        body?.Dispose();
        error ??= value is null ? notBoolean
            : !logins.TryUse(login) ? ApiErrors.SignatureAlreadyUsed
            : null;
        if (error is not null)
        {
            await Answer.ErrorAsync(context, error);
            return;
        }

        Outcome outcome = await circle.ExecuteAsync(command(login, value!.Value) with { Proof = proof }, login.Signature);
        await (outcome.Refusal is { } refusal ? Answer.ErrorAsync(context, ApiError.Of(refusal)) : answer(value.Value, outcome));
    }
}
