using Microsoft.AspNetCore.Http;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Circle.Names;
using SecureChat.Web.Api;
using SecureChat.Web.Security;

namespace SecureChat.FuzzTests;

/// <summary>What comes over HTTP: a body with all that is looked for in one, and the headers of a request that is signed as a whole.</summary>
internal static class RestTargets
{
    public static Target Body => new("rest-body", ReadBody, SeedsOfBody);

    /// <summary>Three lines: <c>Signature-Input</c>, <c>Signature</c>, <c>Content-Digest</c>.</summary>
    public static Target Signature => new("request-signature", ReadSignature, SeedsOfSignature);

    private static void ReadBody(byte[] input)
    {
        DefaultHttpContext context = new();
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(input);
        (RequestBody? body, ApiError? error) = RequestBody.ReadAsync(context).GetAwaiter().GetResult();
        Target.Must(body is null == error is not null, "there is a body or an error");
        if (body is null)
        {
            return;
        }

        using (body)
        {
            body.Boolean("approved");
            SignedFields.Read(body, ref error);
            Newcomer? newcomer = NewcomerFields.Read(body, out error);
            Target.Must(newcomer is null == error is not null, "there is a newcomer or an error");
            Target.Must(newcomer is null || (MemberId.IsValid(newcomer.Profile!.MemberId) && DisplayName.Judge(newcomer.Profile.DisplayName) is null),
                "who comes in has an id and a name by the rules");
        }
    }

    private static void ReadSignature(byte[] input)
    {
        string[] lines = Target.Text(input).Split('\n');
        DefaultHttpContext context = new();
        HttpRequest request = context.Request;
        request.Method = "POST";
        request.Headers["Signature-Input"] = lines[0];
        request.Headers["Signature"] = lines.ElementAtOrDefault(1);
        request.Headers["Content-Digest"] = lines.ElementAtOrDefault(2);
        request.Headers["x-member-id"] = "ada";
        RequestSignature.IsOn(request);
        RequestSignature? signature = RequestSignature.Read(request, out string problem);
        Target.Must(signature is null == problem.Length > 0, "there is a signature or a sentence");
        if (signature is not null)
        {
            signature.Base(request, "/api/ratify?x=1", "relay.example");
            Target.Must(signature.Expires is var expires && expires > signature.Created && expires <= signature.Created + 60, "it holds for a minute at most");
        }

        RequestSignature.Digest(request)?.IsOf(input);
    }

    private static IEnumerable<byte[]> SeedsOfBody()
    {
        string pem = KeyTargets.SomePem.Replace("\n", "\\n", StringComparison.Ordinal);
        string person = $$"""{"id":"ada","display_name":"Ada","public_key":"{{pem}}","curve25519_public_key":"{{KeyTargets.SomeCurve25519}}"}""";
        yield return Target.Bytes(person);
        yield return Target.Bytes(person[..^1] + ""","statement":"securechat-request/v1\n","statement_signature":"AA==","addenda":{"profile":"e30=","keys":"e30="}}""");
        yield return """{"approved":true,"unknown":[1e400,null,{"a":-0}]}"""u8.ToArray();
        yield return """{"display_name":"\ud83d\udc69\u200d\ud83d\ude80","id":"\ud800"}"""u8.ToArray();
    }

    private static IEnumerable<byte[]> SeedsOfSignature()
    {
        const string parameters = ";created=1790000000;expires=1790000060;nonce=\"abcdefghijklmnop\";keyid=\"k\";alg=\"rsa-v1_5-sha256\";tag=\"securechat-api/v1\"";
        const string digest = "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:";
        yield return Target.Bytes($"sc=(\"@method\" \"@authority\" \"@path\" \"@query\" \"x-member-id\"){parameters}\nsc=:AAAA:\n");
        yield return Target.Bytes(
            $"a=(\"x\"), sc=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\" \"content-type\" \"x-member-id\"){parameters}\nsc=:AAAA:\n{digest}");
    }
}
