using System.Text.Json;
using System.Text.RegularExpressions;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>
/// What docs/protocol.md says a relay answers, taken from its tables: anything else is a complaint. A code can be withheld, so that a
/// test of the tests sees one.
/// </summary>
internal sealed partial class Documented
{
    private static readonly Dictionary<string, string[]> Frames = new()
    {
        ["MESSAGE"] = ["channel_id", "message_id?", "encrypted_blob", "sender_id", "sender_name", "sender_curve25519_public_key"],
        ["DELIVERED"] = ["message_id"],
        ["UNDELIVERED"] = ["message_id"],
        ["KEY_DISTRIBUTION"] = ["from_member_id", "channel_id", "encrypted_key_blob"],
        ["JOIN_REQUEST"] = ["request_id", "requester_id", "requester_name", "requester_public_key", "expires_at"],
        ["JOIN_REQUEST_RESOLVED"] = ["request_id", "status"],
        ["MEMBER_JOINED"] = ["member_id", "display_name", "public_key", "curve25519_public_key"],
        ["MEMBER_LEFT"] = ["member_id"],
        ["REQUESTS_LOCK_CHANGED"] = ["locked"],
        ["CHALLENGE"] = ["challenge", "origin"],
        ["AUTH_OK"] = ["member_id", "limits"],
        ["AUTH_FAILED"] = ["reason"],
        ["ERROR"] = ["code", "reason", "message_id?", "request_id?"],
        ["PONG"] = [],
    };

    private readonly Dictionary<string, int> seen = [];
    private readonly HashSet<string> calls;
    private readonly HashSet<string> errors;
    private readonly HashSet<string> reasons;

    public Documented(params string[] withheld)
    {
        var protocol = File.ReadAllText(Path.Combine(Root(), "docs/protocol.md"));
        calls = [.. Codes(protocol, "| code | status | when |").Where(row => !withheld.Contains(row.Code)).Select(row => $"{row.Next} {row.Code}")];
        errors = [.. Codes(protocol, "| code | when |").Select(row => row.Code).Except(withheld)];
        reasons = [.. Codes(protocol, "| reason | when |").Select(row => row.Code)];
        calls.Count.ShouldBeGreaterThan(40);
        errors.Count.ShouldBeGreaterThan(15);
        reasons.Count.ShouldBeGreaterThan(4);
    }

    /// <summary>What was judged so far: types of frames, codes, statuses, and how often each.</summary>
    public IReadOnlyDictionary<string, int> Seen => seen;

    /// <summary>What is wrong with a text frame of the relay, or null.</summary>
    public string? Judge(JsonElement frame)
    {
        if (frame.ValueKind != JsonValueKind.Object || !frame.TryGetProperty("type", out var type) || !Frames.TryGetValue(type.GetString() ?? "", out var fields))
        {
            return $"A frame of no documented type: {frame}";
        }

        var payload = frame.TryGetProperty("payload", out var given) ? given.EnumerateObject().Select(field => field.Name).ToList() : [];
        var required = fields.Where(field => !field.EndsWith('?'));
        if (required.Except(payload).Any() || payload.Except(fields.Select(field => field.TrimEnd('?'))).Any() || payload.Distinct().Count() != payload.Count)
        {
            return $"A frame with other fields than documented: {frame}";
        }

        Count(type.GetString() is "ERROR" ? $"ERROR {given.Text("code")}" : type.GetString()!);
        return type.GetString() switch
        {
            "ERROR" when !errors.Contains(given.Text("code")) => $"An ERROR of no documented code: {frame}",
            "AUTH_FAILED" when !reasons.Contains(given.Text("reason")) && !LineOfAStatement().IsMatch(given.Text("reason")) => $"AUTH_FAILED for no documented reason: {frame}",
            _ => null,
        };
    }

    /// <summary>What is wrong with an answer over HTTP, or null.</summary>
    public string? Judge(RawAnswer answer, string method)
    {
        var header = answer.Head.Split("\r\n");
        if (answer.Status < 400 || answer.Body.Length == 0)
        {
            Count($"{answer.Status} to {method}");
        }

        if (answer.Status is 101 or 204)
        {
            return answer.Status == 101 || method == "OPTIONS" ? null : $"204 to {method}";
        }

        if (answer.Status == 200 || method == "HEAD")
        {
            return answer.Status is 200 or (>= 400 and < 500) ? null : $"{answer.Status} to {method}";
        }

        if (answer.Body.Length == 0)
        {
            // What is no HTTP at all is answered without a body, by the web server itself, and ends the connection.
            var closes = header.Contains("Connection: close");
            return answer.Status is 400 or 405 or 408 or 413 or 414 or 431 or 505 && closes ? null : $"An answer without a body: {answer.Head}";
        }

        try
        {
            var error = JsonDocument.Parse(answer.Body).RootElement;
            var code = $"{answer.Status} {error.Text("code")}";
            Count(code);
            return !header.Any(line => line.StartsWith("Content-Type: application/json", StringComparison.Ordinal)) ? $"An error that is no JSON: {answer.Head}"
                : error.Text("error").Length == 0 ? $"An error without a sentence: {error}"
                : code.EndsWith(" internal_error", StringComparison.Ordinal) || !calls.Contains(code) ? $"{code} is no documented answer"
                : null;
        }
        catch (JsonException)
        {
            return $"{answer.Status} with something that is no JSON";
        }
    }

    private void Count(string what) => seen[what] = seen.GetValueOrDefault(what) + 1;

    private static IEnumerable<(string Code, string Next)> Codes(string document, string titles)
    {
        var lines = document.Split('\n');
        return Enumerable.Range(0, lines.Length).Where(line => lines[line] == titles)
            .SelectMany(line => lines.Skip(line + 2).TakeWhile(row => row.StartsWith('|')))
            .Select(row => row.Split('|'))
            .SelectMany(cells => cells[1].Split('`').Where((_, index) => index % 2 == 1).Select(code => (code, cells[2].Trim())));
    }

    /// <summary>The folder of the solution, found upwards from the test binary.</summary>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SecureChat.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests do not run from inside the repository: no SecureChat.sln above them.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("^(Line \\d of the statement must be |The last line of the statement must be |The challenge was answered already$)")]
    private static partial Regex LineOfAStatement();
}
