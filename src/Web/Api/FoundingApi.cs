using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Projections;
using SecureChat.Web.Security;
using SecureChat.Web.Start;

namespace SecureChat.Web.Api;

/// <summary><c>POST /api/register</c>: the founder, once in the life of the data.</summary>
internal sealed class FoundingApi(LiveCircle circle, Settings settings, FounderKey? founderKey, RateLimits limits)
{
    public async Task Register(HttpContext context)
    {
        (RequestBody? body, ApiError? error) = await RequestBody.ReadAsync(context);
        using (body)
        {
            if (body is null)
            {
                await Answer.ErrorAsync(context, error!);
                return;
            }

            if (circle.Roster.HasFounder || founderKey is null)
            {
                await Answer.ErrorAsync(context, ApiError.Of(Refusals.FounderAlreadyRegistered));
                return;
            }

            if (await MayRegisterAsync(context, founderKey, body))
            {
                await RegisterAsync(context, body);
            }
        }
    }

    // Before the other fields are looked at: whoever has no key learns nothing else.
    private async Task<bool> MayRegisterAsync(HttpContext context, FounderKey key, RequestBody body)
    {
        if (!await limits.MayTryKeyAsync(context))
        {
            return false;
        }

        ApiError? wrongType = null;
        if (key.Is(body.Text("founder_key", ref wrongType)))
        {
            return true;
        }

        limits.CountWrongKey(context);
        await Answer.ErrorAsync(context, ApiErrors.InvalidFounderKey);
        return false;
    }

    private async Task RegisterAsync(HttpContext context, RequestBody body)
    {
        Newcomer? founder = NewcomerFields.Read(body, out ApiError? error);
        if (founder is null)
        {
            await Answer.ErrorAsync(context, error!);
            return;
        }

        Outcome outcome = await circle.ExecuteAsync(new RegisterFounder(founder));
        if (outcome.Refusal is { } refusal)
        {
            await Answer.ErrorAsync(context, ApiError.Of(refusal));
            return;
        }

        ForgetKey();
        RegisteredBody registered = new(Success: true, IsFounder: true, founder.Profile!.MemberId);
        await Answer.OkAsync(context, registered, AnswerJson.Default.RegisteredBody);
    }

    private void ForgetKey()
    {
        try
        {
            FounderKey.Forget(settings.DataDir);
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            // The founder is registered all the same, and the key is void; the next start tries again.
        }
    }
}
