using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Transparency;
using SecureChat.Projections;
using SecureChat.Web.Security;

namespace SecureChat.Web.Api;

/// <summary>
/// The ledger for those who check it: the newest head and the log's key for everybody, the rest for members and for auditors who
/// hold the audit token.
/// </summary>
/// <param name="circle">The circle.</param>
/// <param name="logins">Who asks.</param>
/// <param name="auditToken">The setting AUDIT_TOKEN, or null when there are no auditors.</param>
internal sealed class LedgerApi(LiveCircle circle, Logins logins, string? auditToken)
{
    private const string Plain = "text/plain; charset=utf-8";
    private const string Binary = "application/octet-stream";
    private const string Bearer = "Bearer ";

    private readonly byte[]? auditHash = auditToken is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(auditToken));

    public Task Checkpoint(HttpContext context) => Answer.BytesAsync(context, circle.Ledger.Checkpoint().Format(), Plain);

    public Task VerifierKey(HttpContext context) =>
        Answer.BytesAsync(context, Encoding.UTF8.GetBytes(circle.VerifierKey.Format() + "\n"), Plain);

    public Task Tile(HttpContext context) => ForReaders(context, () =>
    {
        string path = $"tile/{context.Request.RouteValues["path"]}";
        return !TilePath.Parse(path).TryGet(out TilePath tile, out _) ? Answer.ErrorAsync(context, ApiErrors.MalformedTile)
            : !tile.ExistsIn(circle.Ledger.Size()) ? Answer.ErrorAsync(context, ApiErrors.BeyondTheLedger)
            : Answer.BytesAsync(context, circle.Ledger.Tile(tile), Binary);
    });

    public Task Addendum(HttpContext context) => ForReaders(context, () =>
    {
        RouteValueDictionary route = context.Request.RouteValues;
        string hex = (string)route["hex"]!;
        bool inPlace = hex.Length == 2 * Hash.ByteLength
            && (string)route["first"]! == hex[..2]
            && (string)route["second"]! == hex[2..4];
        return inPlace && Hash.ParseHex(hex).TryGet(out Hash digest, out _) && circle.Ledger.Addendum(digest) is { } bytes
            ? Answer.BytesAsync(context, bytes, "application/json")
            : Answer.ErrorAsync(context, ApiErrors.AddendumNotFound);
    });

    public Task AddendaVersion(HttpContext context) => ForReaders(context, () => Answer.BytesAsync(context, [], Plain));

    public Task Proof(HttpContext context) => ForReaders(context, () =>
        !TryNumber(context, "leaf", out long? leaf) || leaf is null ? Answer.ErrorAsync(context, ApiErrors.NotANumber("leaf"))
        : circle.Ledger.Inclusion(leaf.Value) is { } proof ? Answer.BytesAsync(context, proof.Format(), Plain)
        : Answer.ErrorAsync(context, ApiErrors.BeyondTheLedger));

    public Task Consistency(HttpContext context) => ForReaders(context, () =>
        !TryNumber(context, "from", out long? from) || from is null ? Answer.ErrorAsync(context, ApiErrors.NotANumber("from"))
        : !TryNumber(context, "to", out long? to) ? Answer.ErrorAsync(context, ApiErrors.NotANumber("to"))
        : circle.Ledger.Consistency(from.Value, to) is { } proof ? Answer.BytesAsync(context, proof.Format(), Plain)
        : Answer.ErrorAsync(context, ApiErrors.BeyondTheLedger));

    public Task Me(HttpContext context)
    {
        if (logins.Reader(context, out ApiError? error) is not { Member: var member })
        {
            return Answer.ErrorAsync(context, error!);
        }

        HandleBody body = new(member.Handle, circle.Ledger.Leaf(member.Handle)!.Value.ToBase64());
        return Answer.OkAsync(context, body, AnswerJson.Default.HandleBody);
    }

    private Task ForReaders(HttpContext context, Func<Task> answer)
    {
        if (IsAuditor(context))
        {
            return answer();
        }

        return logins.Reader(context, out ApiError? error) is null ? Answer.ErrorAsync(context, error!) : answer();
    }

    private bool IsAuditor(HttpContext context)
    {
        string authorization = context.Request.Headers.Authorization.ToString();
        return auditHash is not null
            && authorization.StartsWith(Bearer, StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(auditHash, SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Bearer.Length..])));
    }

    /// <summary>A number of the query in decimal digits without leading zeroes; null when it is not there.</summary>
    private static bool TryNumber(HttpContext context, string name, out long? number)
    {
        Microsoft.Extensions.Primitives.StringValues values = context.Request.Query[name];
        number = null;
        if (values.Count == 0)
        {
            return true;
        }

        string text = values.ToString();
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            && value.ToString(CultureInfo.InvariantCulture) == text)
        {
            number = value;
        }

        return number is not null;
    }
}
