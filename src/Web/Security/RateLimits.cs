using System.Globalization;
using SecureChat.Web.Api;

namespace SecureChat.Web.Security;

/// <summary>
/// How often one address may come: calls to the public endpoints, and wrong founder keys. No limit is global, because that would
/// let a stranger lock the founder out.
/// </summary>
/// <param name="callsPerMinute">Calls of one address to the public endpoints in a minute; 0 for any number.</param>
/// <param name="clock">Monotonic timestamps.</param>
/// <param name="secret">Random bytes that nobody else knows; addresses are counted under their hash.</param>
internal sealed class RateLimits(int callsPerMinute, TimeProvider clock, byte[] secret)
{
    /// <summary>Wrong founder keys of one address in a minute.</summary>
    public const int WrongFounderKeys = 20;

    private readonly AddressCounter? calls = callsPerMinute == 0 ? null : new AddressCounter(callsPerMinute, clock, secret);
    private readonly AddressCounter wrongKeys = new(WrongFounderKeys, clock, secret);

    /// <summary>A public endpoint behind its limit.</summary>
    public RequestDelegate Limited(RequestDelegate endpoint) => calls is null ? endpoint : context =>
        calls.Count(ClientAddress.Of(context)) is { } wait ? RefuseAsync(context, wait) : endpoint(context);

    /// <summary>Whether the address may still try a founder key; otherwise it has been answered.</summary>
    public async Task<bool> MayTryKeyAsync(HttpContext context)
    {
        if (wrongKeys.MustWait(ClientAddress.Of(context)) is { } wait)
        {
            await RefuseAsync(context, wait);
            return false;
        }

        return true;
    }

    /// <summary>Counts a wrong key.</summary>
    public void CountWrongKey(HttpContext context) => wrongKeys.Count(ClientAddress.Of(context));

    private static Task RefuseAsync(HttpContext context, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Answer.ErrorAsync(context, ApiErrors.TooManyRequests);
    }
}
