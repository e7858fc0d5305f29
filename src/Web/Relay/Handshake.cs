using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using SecureChat.Web.Transport;

namespace SecureChat.Web.Relay;

/// <summary>
/// The server's side of the opening handshake (RFC 6455 section 4.2). No extension is negotiated, compression above all, and
/// of subprotocols only <see cref="SocketChallenge.Subprotocol"/>.
/// </summary>
internal static class Handshake
{
    private const string Version = "13";
    private const int NonceLength = 16;
    private const string AcceptSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Whether a request wants to become a WebSocket.</summary>
    public static bool IsAskedFor(HttpContext context) => Lists(context.Request.Headers.Upgrade, "websocket");

    /// <summary>Why a request can't become one, or null.</summary>
    public static FrameError? Refuse(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        bool isHandshake = HttpMethods.IsGet(context.Request.Method)
            && HttpProtocol.IsHttp11(context.Request.Protocol)
            && IsAskedFor(context)
            && Lists(headers.Connection, "upgrade")
            && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && headers.SecWebSocketVersion.Count == 1;
        return !isHandshake ? UpgradeErrors.BadHandshake
            : headers.SecWebSocketVersion != Version ? UpgradeErrors.UnsupportedVersion
            : !IsNonce(headers.SecWebSocketKey) ? UpgradeErrors.BadHandshake
            : null;
    }

    /// <summary>Whether the client wants to be challenged. Clients of old offer nothing, or something that we do not know.</summary>
    public static bool OffersChallenge(HttpContext context) =>
        string.Join(',', context.Request.Headers.SecWebSocketProtocol.AsEnumerable()).Split(',', StringSplitOptions.TrimEntries).Contains(SocketChallenge.Subprotocol);

    /// <summary>
    /// Accepts a request that was not refused; gives the bytes that follow. Where they are the socket's own, a <see cref="SocketStream"/>, the
    /// request may end before the connection does.
    /// </summary>
    public static async Task<Stream> AcceptAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        if (OffersChallenge(context))
        {
            headers.SecWebSocketProtocol = SocketChallenge.Subprotocol;
        }

        headers.Upgrade = "websocket";
        headers.Connection = HeaderNames.Upgrade;
        headers.SecWebSocketAccept = AcceptFor(context.Request.Headers.SecWebSocketKey.ToString());
        Stream upgraded = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return context.Features.Get<SocketConnection>()?.TakeOver() ?? upgraded;
    }

    /// <summary>Answers a refused upgrade: <c>{"error", "code"}</c>, in one piece of a known length like all other answers.</summary>
    public static async Task AnswerAsync(HttpContext context, FrameError error, int status)
    {
        if (status == StatusCodes.Status426UpgradeRequired)
        {
            context.Response.Headers.SecWebSocketVersion = Version;
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new UpgradeRefusal(error.Reason, error.Code), UpgradeRefusalJson.Default.UpgradeRefusal);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    // SHA-1 is what RFC 6455 section 4.2.2 says; it guards nothing here.
#pragma warning disable CA5350
    private static string AcceptFor(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSalt)));
#pragma warning restore CA5350

    private static bool IsNonce(StringValues key) =>
        key.Count == 1
        && Convert.TryFromBase64String(key.ToString(), stackalloc byte[NonceLength], out int length)
        && length == NonceLength;

    private static bool Lists(StringValues header, string token)
    {
        foreach (string? line in header)
        {
            foreach (string part in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (part.Equals(token, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}

/// <summary>The body of a refused upgrade.</summary>
internal sealed record UpgradeRefusal(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("code")] string Code);

/// <summary>Writes it without reflection.</summary>
[JsonSerializable(typeof(UpgradeRefusal))]
internal sealed partial class UpgradeRefusalJson : JsonSerializerContext;
