using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Web.Security;

namespace SecureChat.UnitTests.Web;

public class RateLimitsTests
{
    [Fact]
    public async Task After_twenty_wrong_founder_keys_an_address_waits_and_no_other_does()
    {
        RateLimits limits = Limits();
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
        RateLimits limits = Limits();
        for (int right = 0; right < 10 * RateLimits.WrongFounderKeys; right++)
        {
            (await limits.MayTryKeyAsync(From("2001:db8::1"))).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_whole_IPv6_network_counts_as_one_address()
    {
        RateLimits limits = Limits();
        for (int wrong = 0; wrong < RateLimits.WrongFounderKeys; wrong++)
        {
            limits.CountWrongKey(From($"2001:db8::{wrong + 1:x}"));
        }

        (await limits.MayTryKeyAsync(From("2001:db8::ffff"))).ShouldBeFalse();
        (await limits.MayTryKeyAsync(From("2001:db8:0:1::1"))).ShouldBeTrue();
    }

    [Fact]
    public async Task After_a_minute_the_count_begins_again()
    {
        FakeTimeProvider clock = new();
        RateLimits limits = Limits(clock);
        for (int wrong = 0; wrong < RateLimits.WrongFounderKeys; wrong++)
        {
            limits.CountWrongKey(From("203.0.113.7"));
        }

        clock.Advance(TimeSpan.FromSeconds(59));
        (await limits.MayTryKeyAsync(From("203.0.113.7"))).ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(1));
        (await limits.MayTryKeyAsync(From("203.0.113.7"))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_public_endpoint_answers_as_often_as_it_may_and_then_says_how_long_to_wait()
    {
        FakeTimeProvider clock = new();
        RequestDelegate endpoint = new RateLimits(callsPerMinute: 3, clock, new byte[32]).Limited(context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        clock.Advance(TimeSpan.FromSeconds(1));
        (await Statuses(4)).ShouldBe([204, 204, 204, 429]);
        clock.Advance(TimeSpan.FromSeconds(20));
        DefaultHttpContext refused = From("203.0.113.7");
        await endpoint(refused);
        refused.Response.Headers.RetryAfter.ToString().ShouldBe("40");
        clock.Advance(TimeSpan.FromSeconds(40));
        (await Statuses(1)).ShouldBe([204]);

        async Task<List<int>> Statuses(int calls)
        {
            List<int> statuses = [];
            for (int call = 0; call < calls; call++)
            {
                DefaultHttpContext context = From("203.0.113.7");
                await endpoint(context);
                statuses.Add(context.Response.StatusCode);
            }

            return statuses;
        }
    }

    [Fact]
    public void Addresses_that_do_not_come_back_are_forgotten()
    {
        FakeTimeProvider clock = new();
        AddressCounter counter = new(limit: 1, clock, new byte[32]);
        counter.Count("203.0.113.7").ShouldBeNull();
        counter.Count("203.0.113.7").ShouldBe(AddressCounter.Window);
        counter.Count("203.0.113.8").ShouldBeNull();
        counter.Addresses.ShouldBe(2);
        clock.Advance(AddressCounter.Window);
        counter.Count("203.0.113.9").ShouldBeNull();
        counter.Addresses.ShouldBe(1);
    }

    private static RateLimits Limits(TimeProvider? clock = null) => new(callsPerMinute: 0, clock ?? TimeProvider.System, new byte[32]);

    private static DefaultHttpContext From(string address)
    {
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        return context;
    }
}
