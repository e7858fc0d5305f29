using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SecureChat.Ledger.Storage;
using SecureChat.UnitTests.Keys;
using SecureChat.UnitTests.Projections;
using SecureChat.Web.Api;

namespace SecureChat.UnitTests.Web;

public class JoinRequestsApiTests
{
    [Fact]
    public async Task The_address_of_a_request_that_is_written_down_but_not_shown_yet_stays_taken()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        circle.Tables().Execute("CREATE TRIGGER planted BEFORE INSERT ON join_requests BEGIN SELECT RAISE(ABORT, 'planted'); END");
        JoinRequestsApi api = new(circle.Live, circle.Clock, () => "r");
        Task submitting = api.Submit(Asking("bob"));
        await Waiting.Until(() =>
        {
            circle.Clock.Advance(TimeSpan.FromSeconds(1));
            return submitting.IsCompleted;
        });

        await Should.ThrowAsync<LedgerUnavailableException>(submitting);
        circle.Tables().Execute("DROP TRIGGER planted");
        await Waiting.Until(() => circle.Live.FindJoinRequest("r") is not null);
        circle.Tables().Cell("SELECT requester_ip FROM join_requests").ShouldBe("203.0.113.7");
        circle.Reserve("203.0.113.7", "s").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_request_that_is_refused_leaves_no_address_behind()
    {
        await using SomeCircle circle = await SomeCircle.With("ada");
        DefaultHttpContext context = Asking("ada");
        await new JoinRequestsApi(circle.Live, circle.Clock, () => "r").Submit(context);
        context.Response.StatusCode.ShouldBe(400);
        circle.ShouldHoldNowhere("203.0.113.7");
    }

    private static DefaultHttpContext Asking(string id)
    {
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
        {
            ["id"] = id,
            ["display_name"] = "Somebody",
            ["public_key"] = SomeKeys.OpensslSpki,
        }));
        return context;
    }
}
