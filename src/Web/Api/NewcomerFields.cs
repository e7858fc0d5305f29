using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Circle.Names;
using SecureChat.Ledger.Keys;

namespace SecureChat.Web.Api;

/// <summary>The person in a registration or join request, judged at the door: whatever comes past it is an id, a name and keys.</summary>
internal static class NewcomerFields
{
    /// <summary>Reads <c>id</c>, <c>display_name</c>, <c>public_key</c> and <c>curve25519_public_key</c>.</summary>
    public static Newcomer? Read(RequestBody body, out ApiError? error)
    {
        error = null;
        string id = body.Text("id", ref error);
        string name = body.Text("display_name", ref error);
        string publicKey = body.Text("public_key", ref error);
        string curve25519 = body.Text("curve25519_public_key", ref error);
        error ??= id.Length == 0 || name.Length == 0 || publicKey.Length == 0 ? ApiErrors.MissingFields
            : !MemberId.IsValid(id) ? ApiErrors.InvalidMemberId
            : JudgeName(name);
        if (error is not null)
        {
            return null;
        }

        if (!RsaPublicKey.TryParse(publicKey, out RsaPublicKey? rsa, out string problem))
        {
            error = ApiErrors.InvalidPublicKey(problem);
            return null;
        }

        if (curve25519.Length > 0 && !Curve25519PublicKey.TryParse(curve25519, out _, out problem))
        {
            error = ApiErrors.InvalidCurve25519PublicKey(problem);
            return null;
        }

        string spki = Convert.ToBase64String(rsa.CanonicalSpki.Span);
        Newcomer newcomer = new(new Profile(id, name), new MemberKeys(spki, curve25519, publicKey));
        newcomer = SignedFields.Seal(newcomer, body, ref error);
        return error is null ? newcomer : null;
    }

    private static ApiError? JudgeName(string name) => DisplayName.Judge(name) switch
    {
        null => null,
        { Rule: DisplayNameRule.Missing } => ApiErrors.MissingFields,
        var problem => ApiErrors.InvalidDisplayName(problem.Sentence),
    };
}
