using System.Net;
using Microsoft.AspNetCore.Http;
using SecureChat.Web.Security;

namespace SecureChat.UnitTests.Web;

public class RateLimitsTests
{
    [Fact]
    public async Task After_twenty_wrong_founder_keys_an_address_waits_and_no_other_does()
    {
        using RateLimits limits = new();
        for (int wrong = 0; wrong < RateLimits.WrongFounderKeys; wrong++)
        {
            (await limits.MayTryKeyAsync(From("203.0.113.7"))).ShouldBeTrue();
            limits.CountWrongKey(From("203.0.113.7"));
        }

        HttpContext refused = From("::ffff:203.0.113.7");
        (await limits.MayTryKeyAsync(refused)).ShouldBeFalse();
        refused.Response.StatusCode.ShouldBe(429);
        int.Parse(refused.Response.Headers.RetryAfter.ToString(), System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        (await limits.MayTryKeyAsync(From("203.0.113.8"))).ShouldBeTrue();
    }

    [Fact]
    public async Task Asking_whether_one_may_try_costs_nothing()
    {
        using RateLimits limits = new();
        for (int right = 0; right < 10 * RateLimits.WrongFounderKeys; right++)
        {
            (await limits.MayTryKeyAsync(From("2001:db8::1"))).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_whole_IPv6_network_counts_as_one_address()
    {
        using RateLimits limits = new();
        for (int wrong = 0; wrong < RateLimits.WrongFounderKeys; wrong++)
        {
            limits.CountWrongKey(From($"2001:db8::{wrong + 1:x}"));
        }

        (await limits.MayTryKeyAsync(From("2001:db8::ffff"))).ShouldBeFalse();
        (await limits.MayTryKeyAsync(From("2001:db8:0:1::1"))).ShouldBeTrue();
    }

    private static DefaultHttpContext From(string address)
    {
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return context;
    }
}
