using System.Text;
using Microsoft.Extensions.Primitives;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Keys;
using SecureChat.Ledger.Storage;

namespace SecureChat.Web.Api;

/// <summary>
/// What a client that can sign adds to a call: a statement with its signature, and where it comes in, the addenda that the
/// statement is about. What a statement says is judged where the call is decided; here only that it is there as a whole.
/// </summary>
internal static class SignedFields
{
    /// <summary>The header with a departure's statement, base64 of its text.</summary>
    public const string StatementHeader = "x-statement";

    /// <summary>The header with its signature.</summary>
    public const string SignatureHeader = "x-statement-signature";

    private const int MaxAddendumBytes = 16 * 1024;

    /// <summary>The statement of a body, or null when there is none.</summary>
    public static Proof? Read(RequestBody body, ref ApiError? error)
    {
        string statement = body.Text("statement", ref error);
        string signature = body.Text("statement_signature", ref error);
        return Pair(statement, signature, ref error);
    }

    /// <summary>The statement in the headers of a call without a body, or null when there is none.</summary>
    public static Proof? Read(HttpRequest request, ref ApiError? error)
    {
        StringValues statement = request.Headers[StatementHeader];
        StringValues signature = request.Headers[SignatureHeader];
        if (statement.Count > 1 || signature.Count > 1 || !CanonicalBase64.TryDecode(statement.ToString(), out byte[] text) || !Ascii.IsValid(text))
        {
            error = ApiErrors.BadStatement($"{StatementHeader} must be there once: the statement in canonical base64.");
            return null;
        }

        return Pair(Encoding.ASCII.GetString(text), signature.ToString(), ref error);
    }

    /// <summary>The newcomer with the statement and addenda of a body, or as it was when there are none.</summary>
    public static Newcomer Seal(Newcomer newcomer, RequestBody body, ref ApiError? error)
    {
        Proof? proof = Read(body, ref error);
        SealedAddenda? signed = Addenda(body, ref error);
        if (error is not null || (proof is null && signed is null))
        {
            return newcomer;
        }

        if (proof is null || signed is null)
        {
            error = ApiErrors.BadStatement("addenda, statement and statement_signature belong together: send all three, or none.");
            return newcomer;
        }

        error = Disagreement(newcomer, signed);
        return newcomer with { Proof = proof, Sealed = signed };
    }

    private static Proof? Pair(string statement, string signature, ref ApiError? error)
    {
        if ((statement.Length == 0) != (signature.Length == 0))
        {
            error ??= ApiErrors.BadStatement("A statement and its signature belong together: send both, or none.");
        }

        return error is null && statement.Length > 0 ? new Proof(statement, signature) : null;
    }

    private static SealedAddenda? Addenda(RequestBody body, ref ApiError? error)
    {
        if (!body.Has("addenda"))
        {
            return null;
        }

        string profile = body.Text("addenda", Addendum.ProfileName, ref error);
        string keys = body.Text("addenda", Addendum.KeysName, ref error);
        if (error is null
            && CanonicalBase64.TryDecode(profile, out byte[] profileBytes)
            && CanonicalBase64.TryDecode(keys, out byte[] keysBytes)
            && profileBytes.Length is > 0 and <= MaxAddendumBytes
            && keysBytes.Length is > 0 and <= MaxAddendumBytes)
        {
            return new SealedAddenda(profileBytes, keysBytes);
        }

        error ??= ApiErrors.BadStatement("addenda must hold profile and keys: the bytes of each in canonical base64.");
        return null;
    }

    // What is signed by its digest must say what the call says, and in the one form that a verifier will accept.
    private static ApiError? Disagreement(Newcomer newcomer, SealedAddenda signed)
    {
        try
        {
            return Addendum.ReadProfile(signed.Profile) != newcomer.Profile || !Addendum.IsCanonical(signed.Profile)
                    ? ApiErrors.BadStatement("The profile addendum does not say what id and display_name say, or is not written with sorted keys and no blanks.")
                : Addendum.ReadKeys(signed.Keys) != newcomer.Keys || !Addendum.IsCanonical(signed.Keys)
                    ? ApiErrors.BadStatement("The keys addendum does not say what public_key and curve25519_public_key say, or is not written with sorted keys and no blanks.")
                : null;
        }
        catch (FormatException malformed)
        {
            return ApiErrors.BadStatement($"An addendum cannot be used: {malformed.Message}.");
        }
    }
}
