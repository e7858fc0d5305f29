using System.Globalization;
using System.Threading.RateLimiting;
using SecureChat.Web.Api;

namespace SecureChat.Web.Security;

/// <summary>
/// How often one address may come: calls to the public endpoints, and wrong founder keys. No limit is global, because that would
/// let a stranger lock the founder out.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    /// <summary>The name of the policy for the public endpoints.</summary>
    public const string Public = "public";

    /// <summary>Wrong founder keys of one address in a minute.</summary>
    public const int WrongFounderKeys = 20;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> wrongKeys = PartitionedRateLimiter.Create<string, string>(
        address => RateLimitPartition.GetFixedWindowLimiter(address, _ => PerMinute(WrongFounderKeys)));

    /// <summary>Adds the limit on the public endpoints.</summary>
    public static void Add(IServiceCollection services, int callsPerMinute) => services.AddRateLimiter(options =>
    {
        options.AddPolicy(Public, context => callsPerMinute == 0
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetFixedWindowLimiter(ClientAddress.Of(context), _ => PerMinute(callsPerMinute)));
        options.OnRejected = async (rejected, _) => await RefuseAsync(rejected.HttpContext, rejected.Lease);
    });

    /// <summary>Whether the address may still try a founder key; otherwise it has been answered.</summary>
    public async Task<bool> MayTryKeyAsync(HttpContext context)
    {
        using RateLimitLease lease = wrongKeys.AttemptAcquire(ClientAddress.Of(context), permitCount: 0);
        if (!lease.IsAcquired)
        {
            await RefuseAsync(context, lease);
        }

        return lease.IsAcquired;
    }

    /// <summary>Counts a wrong key.</summary>
    public void CountWrongKey(HttpContext context) => wrongKeys.AttemptAcquire(ClientAddress.Of(context)).Dispose();

    private static Task RefuseAsync(HttpContext context, RateLimitLease lease)
    {
        TimeSpan wait = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan known) ? known : Window;
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return Answer.ErrorAsync(context, ApiErrors.TooManyRequests);
    }

    private static FixedWindowRateLimiterOptions PerMinute(int permits) => new() { PermitLimit = permits, Window = Window, QueueLimit = 0 };

    public void Dispose() => wrongKeys.Dispose();
}
