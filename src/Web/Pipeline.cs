using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using SecureChat.Ledger.Storage;
using SecureChat.Web.Api;
using SecureChat.Web.Relay;
using SecureChat.Web.Security;
using SecureChat.Web.Start;

namespace SecureChat.Web;

/// <summary>The way of a request: whose it is, failures as JSON, CORS, sockets on any path, and then the endpoints.</summary>
internal static class Pipeline
{
    private const string Get = "GET";
    private const string Head = "HEAD";

    /// <summary>Every endpoint of the REST interface.</summary>
    public static void MapEndpoints(
        IEndpointRouteBuilder app, RateLimits limits, StatusApi status, FoundingApi founding, JoinRequestsApi joinRequests, VotingApi voting, MembersApi members, LedgerApi ledger)
    {
        Read("/", limits.Limited(StatusApi.Health));
        Read("/api/status", limits.Limited(status.Status));
        app.MapPost("/api/register", limits.Limited(founding.Register));
        app.MapPost("/api/join-request", limits.Limited(joinRequests.Submit));
        Read("/api/join-request/{request_id}", limits.Limited(joinRequests.Poll));

        Read("/api/members", members.Members);
        Read("/api/channels", members.Channels);
        Read("/api/join-requests", voting.Pending);
        app.MapPost("/api/approve/{request_id}", voting.Approve);
        app.MapPost("/api/lock-requests", voting.ChangeLock);
        app.MapDelete("/api/members/{id}", members.Leave);
        app.MapPost("/api/ratify", voting.Ratify);
        app.MapPost("/api/require-statements", voting.RequireStatements);

        Read("/ledger/checkpoint", limits.Limited(ledger.Checkpoint));
        Read("/ledger/vkey", limits.Limited(ledger.VerifierKey));
        Read("/ledger/tile/{**path}", ledger.Tile);
        Read("/ledger/addenda/{first}/{second}/{hex}", ledger.Addendum);
        Read("/ledger/addenda.v1", ledger.AddendaVersion);
        Read("/ledger/proof", ledger.Proof);
        Read("/ledger/consistency", ledger.Consistency);
        Read("/ledger/me", ledger.Me);

        void Read(string path, RequestDelegate handler) => app.MapMethods(path, [Get, Head], handler);
    }

    /// <summary>What stands around the endpoints, from the outside in.</summary>
    public static void Use(WebApplication app, Settings settings, Hub hub, LedgerTrouble trouble)
    {
        app.Use(next => context =>
        {
            DropUnreadableHost(context.Request.Headers);
            return next(context);
        });
        app.UseForwardedHeaders(Forwarding(settings));
        app.Use(next => context => FailuresAsJsonAsync(context, next, trouble));
        app.Use(next => context => Cors(context) ? Task.CompletedTask : next(context));
        app.Use(next => context => Hub.IsUpgrade(context) ? hub.ServeAsync(context, ClientAddress.Of(context)) : next(context));
        app.UseStatusCodePages(async answered => await EmptyErrorAsync(answered.HttpContext));
        app.UseRouting();
    }

    /// <summary>
    /// The framework throws on a forwarded host in punycode that is none, and on the host of the request when it puts a forwarded one in
    /// its place, before anything of ours could answer. Without the forwarded one nobody reads the other in this way.
    /// </summary>
    internal static void DropUnreadableHost(IHeaderDictionary headers)
    {
        string forwarded = ForwardedHeadersDefaults.XForwardedHostHeaderName;
        if (headers.ContainsKey(forwarded) && !headers.GetCommaSeparatedValues(forwarded).Append(headers.Host.ToString()).All(IsReadable))
        {
            headers.Remove(forwarded);
        }
    }

    private static bool IsReadable(string host)
    {
        try
        {
            HostString.FromUriComponent(host).ToUriComponent();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static ForwardedHeadersOptions Forwarding(Settings settings)
    {
        ForwardedHeadersOptions options = new()
        {
            ForwardedHeaders = settings.TrustedProxies.Count == 0 ? ForwardedHeaders.None
                : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (System.Net.IPNetwork network in settings.TrustedProxies)
        {
            options.KnownIPNetworks.Add(network);
        }

        return options;
    }

    private static async Task FailuresAsJsonAsync(HttpContext context, RequestDelegate next, LedgerTrouble trouble)
    {
        try
        {
            await next(context);
        }
        catch (Exception gone) when (context.RequestAborted.IsCancellationRequested || gone is ConnectionResetException or ConnectionAbortedException)
        {
            // The client has gone; nobody is there to be answered.
        }
        catch (LedgerUnavailableException unavailable)
        {
            trouble.Report(unavailable);
            await AnswerAsync(context, ApiErrors.LedgerUnavailable);
        }
        catch (BadHttpRequestException refused)
        {
            await AnswerAsync(context, ApiError.Of(refused));
        }
        catch (Exception unexpected)
        {
            trouble.Report(unexpected);
            await AnswerAsync(context, ApiErrors.InternalError);
        }
    }

    private static Task AnswerAsync(HttpContext context, ApiError error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return Answer.ErrorAsync(context, error);
    }

    /// <summary>
    /// Any origin may call. On every answer, also to callers who send no Origin, as the old server did; the framework's own
    /// middleware answers those without.
    /// </summary>
    /// <returns>Whether it was a preflight, which is answered by this.</returns>
    private static bool Cors(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Retry-After, x-ledger-index, x-ledger-size, Accept-Signature";
        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            return false;
        }

        headers.AccessControlAllowMethods = "GET, POST, DELETE, OPTIONS";
        headers.AccessControlAllowHeaders =
            $"Content-Type, {Logins.MemberIdHeader}, {Logins.SignatureHeader}, {Logins.TimestampHeader}, "
            + $"{SignedFields.StatementHeader}, {SignedFields.SignatureHeader}, Authorization, Signature-Input, Signature, Content-Digest";
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    private static Task EmptyErrorAsync(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Answer.ErrorAsync(context, ApiErrors.NotFound),
        StatusCodes.Status405MethodNotAllowed => Answer.ErrorAsync(context, ApiErrors.MethodNotAllowed),
        StatusCodes.Status413PayloadTooLarge => Answer.ErrorAsync(context, ApiErrors.BodyTooLarge),
        _ => Task.CompletedTask,
    };
}
