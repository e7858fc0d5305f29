using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using SecureChat.Web.Security;

namespace SecureChat.Web.Api;

/// <summary>Writes answers: JSON in UTF-8, of exactly the documented fields.</summary>
internal static class Answer
{
    /// <summary>The header that says how a request can be signed as a whole.</summary>
    public const string AcceptSignature = "Accept-Signature";

    private const string ContentType = "application/json; charset=utf-8";

    public static Task OkAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) => WriteAsync(context, StatusCodes.Status200OK, value, type);

    public static Task ErrorAsync(HttpContext context, ApiError error)
    {
        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers[AcceptSignature] = RequestSignature.Wanted;
        }

        return WriteAsync(context, error.Status, new ErrorBody(error.Text, error.Code, error.RequestId), AnswerJson.Default.ErrorBody);
    }

    /// <summary>Bytes that are served as they stand.</summary>
    public static async Task BytesAsync(HttpContext context, byte[] body, string contentType)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <summary>A JSON document that was written before.</summary>
    public static Task WrittenAsync(HttpContext context, byte[] body) => BytesAsync(context, body, ContentType);

    // In one piece, so that the length is known and HEAD can tell it.
    private static Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        return WrittenAsync(context, JsonSerializer.SerializeToUtf8Bytes(value, type));
    }
}

internal sealed record ErrorBody(
    string Error, string Code, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RequestId);

internal sealed record HealthBody(string Status);

internal sealed record StatusBody(bool Online, string ServerName, string ServerUrl, int MemberCount, bool FounderSet, bool RequestsLocked);

internal sealed record RegisteredBody(bool Success, bool IsFounder, string MemberId);

internal sealed record SubmittedBody(string RequestId, long ExpiresAt);

internal sealed record JoinRequestBody(string RequestId, string Status, string RequesterName, long ExpiresAt);

internal sealed record DecidedBody(bool Success, string Status);

internal sealed record TallyBody(bool Success, string Status, int ApprovalsCount, int TotalMembers);

internal sealed record LockBody(bool Success, bool RequestsLocked);

internal sealed record SuccessBody(bool Success);

internal sealed record HandleBody(long Index, string LeafHash);

internal sealed record MembersBody(IReadOnlyList<MemberBody> Members);

internal sealed record MemberBody(
    string Id,
    string DisplayName,
    string PublicKey,
    [property: JsonPropertyName("curve25519_public_key")] string Curve25519PublicKey,
    long JoinedAt,
    bool Online);

internal sealed record ChannelsBody(IReadOnlyList<ChannelBody> Channels);

internal sealed record ChannelBody(string Id, string Type, IReadOnlyList<string> MemberIds);

internal sealed record PendingRequestsBody(IReadOnlyList<PendingRequestBody> Requests);

internal sealed record PendingRequestBody(
    string RequestId,
    string RequesterId,
    string RequesterName,
    string RequesterPublicKey,
    [property: JsonPropertyName("requester_curve25519_public_key")] string RequesterCurve25519PublicKey,
    long RequestedAt,
    long ExpiresAt,
    IReadOnlyList<string> Approvals,
    int TotalMembers,
    long LeafIndex,
    string LeafHash,
    string Entry,
    IReadOnlyDictionary<string, string> Addenda);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(StatusBody))]
[JsonSerializable(typeof(RegisteredBody))]
[JsonSerializable(typeof(SubmittedBody))]
[JsonSerializable(typeof(JoinRequestBody))]
[JsonSerializable(typeof(DecidedBody))]
[JsonSerializable(typeof(TallyBody))]
[JsonSerializable(typeof(LockBody))]
[JsonSerializable(typeof(SuccessBody))]
[JsonSerializable(typeof(HandleBody))]
[JsonSerializable(typeof(MembersBody))]
[JsonSerializable(typeof(ChannelsBody))]
[JsonSerializable(typeof(PendingRequestsBody))]
internal sealed partial class AnswerJson : JsonSerializerContext
{
    // The default encoder turns every "+" of a key into six bytes; these answers are never part of an HTML page.
    static AnswerJson() => Default = new AnswerJson(new JsonSerializerOptions(s_defaultOptions)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
