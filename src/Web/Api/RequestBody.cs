using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;
using SecureChat.Web.Security;

namespace SecureChat.Web.Api;

/// <summary>
/// The JSON object that a client sent: strict about what it is (no duplicate names, 16 levels, UTF-8), lenient about names that
/// nobody asks for.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>The largest body, in bytes.</summary>
    public const int MaxBytes = 65536;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private readonly JsonDocument document;

    private RequestBody(JsonDocument document) => this.document = document;

    /// <summary>Reads the whole body.</summary>
    /// <returns>The object, or the error that refuses it.</returns>
    public static async Task<(RequestBody? Body, ApiError? Error)> ReadAsync(HttpContext context)
    {
        if (!IsJson(context.Request))
        {
            return (null, ApiErrors.UnsupportedMediaType);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxBytes + 1);
        try
        {
            int length = await context.Request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, MaxBytes + 1), MaxBytes + 1, throwOnEndOfStream: false, context.RequestAborted);
            return length > MaxBytes ? (null, ApiErrors.BodyTooLarge)
                : context.Features.Get<ContentDigest>() is { } signed && !signed.IsOf(buffer.AsSpan(0, length))
                    ? (null, ApiErrors.BadRequestSignature("The body is not the one of the Content-Digest."))
                : Parse(buffer.AsSpan(0, length).ToArray());
        }
        catch (BadHttpRequestException refused)
        {
            return (null, ApiError.Of(refused));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static (RequestBody? Body, ApiError? Error) Parse(byte[] json)
    {
        // The parser looks at the bytes of a string only when somebody reads it.
        if (!Utf8.IsValid(json))
        {
            return (null, ApiErrors.InvalidJson);
        }

        try
        {
            JsonDocument parsed = JsonDocument.Parse(json, Strict);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object)
            {
                return (new RequestBody(parsed), null);
            }

            parsed.Dispose();
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name with half of a surrogate pair, which cannot be compared.
        }

        return (null, ApiErrors.InvalidJson);
    }

    // Nothing said is taken for JSON, as the old server did for bodies without a type; anything else said is not.
    private static bool IsJson(HttpRequest request)
    {
        if (string.IsNullOrEmpty(request.ContentType))
        {
            return true;
        }

        return MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A text field; absent and null are the empty text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="error">Set when it is of another type, or no valid Unicode; an earlier error stays.</param>
    public string Text(string name, ref ApiError? error) => Text(document.RootElement, name, ref error);

    private static string Text(JsonElement parent, string name, ref ApiError? error)
    {
        if (!parent.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return "";
        }

        try
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                return value.GetString()!;
            }
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
        }

        error ??= ApiErrors.NotAString(name);
        return "";
    }

    /// <summary>Whether there is a field of this name, other than null.</summary>
    /// <param name="name">Its name.</param>
    public bool Has(string name) => document.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A text field of an object in this one; absent and null are the empty text.</summary>
    /// <param name="parent">The object's name.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="error">Set when either is of another type; an earlier error stays.</param>
    public string Text(string parent, string name, ref ApiError? error)
    {
        if (document.RootElement.TryGetProperty(parent, out JsonElement inner) && inner.ValueKind == JsonValueKind.Object)
        {
            return Text(inner, name, ref error);
        }

        error ??= ApiErrors.NotAString($"{parent}.{name}");
        return "";
    }

    /// <summary>A boolean field, or null when it is absent or of another type.</summary>
    /// <param name="name">Its name.</param>
    public bool? Boolean(string name) =>
        document.RootElement.TryGetProperty(name, out JsonElement value)
            ? value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null }
            : null;

    public void Dispose() => document.Dispose();
}
