using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using SecureChat.Floor;

// The floor: what the web server, the sockets and the kernel cost, and nothing else. It speaks the same frames as the relay and checks
// nothing: no signature, no channel, no limit, no deadline; it keeps nothing and clears nothing. Nobody should run it for anything else.
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
    kestrel.Listen(IPAddress.Loopback, int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "3000", CultureInfo.InvariantCulture)));
WebApplication app = builder.Build();
FanOut relay = new();
CountedCircle circle = new();
app.Run(async context =>
{
    if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
    {
        context.Response.Headers.SecWebSocketAccept = FanOut.Accept(context.Request.Headers.SecWebSocketKey.ToString());
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.Connection = "Upgrade";
        await relay.ServeAsync(await upgrade.UpgradeAsync());
        return;
    }

    string? answer = await circle.AnswerAsync(context.Request);
    context.Response.StatusCode = answer is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
    context.Response.ContentType = "application/json";
    context.Response.ContentLength = answer?.Length ?? 0;
    await context.Response.WriteAsync(answer ?? "");
});
app.Run();
