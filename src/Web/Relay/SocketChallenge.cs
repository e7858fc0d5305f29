using System.Globalization;
using SecureChat.Ledger.Keys;

namespace SecureChat.Web.Relay;

/// <summary>
/// What a client of the subprotocol <c>securechat.v2</c> has to sign to log in: a challenge that was made for this one connection, so
/// that what it signs is good for nothing else. The text, in ASCII lines with LF:
/// <code>
/// securechat-auth/v1 LF
/// origin &lt;origin&gt; LF
/// host &lt;host&gt; LF
/// member &lt;member id&gt; LF
/// challenge &lt;base64&gt; LF
/// time &lt;ms&gt; LF
/// </code>
/// </summary>
/// <param name="Challenge">32 random bytes in base64.</param>
/// <param name="Origin">The name of the ledger: of this circle and no other.</param>
/// <param name="Host">The host that the client addressed.</param>
public sealed record SocketChallenge(string Challenge, string Origin, string Host)
{
    /// <summary>The subprotocol.</summary>
    public const string Subprotocol = "securechat.v2";

    /// <summary>How many random bytes there are in a challenge.</summary>
    public const int Length = 32;

    /// <summary>Whether a statement answers this challenge; if so, when it was signed.</summary>
    /// <param name="statement">The text that was signed.</param>
    /// <param name="memberId">Who must have signed it.</param>
    /// <param name="time">Milliseconds since the Unix epoch.</param>
    /// <returns>Null, or a sentence that names the line that is wrong.</returns>
    public string? Refuse(string statement, string memberId, out long time)
    {
        time = 0;
        string[] lines = statement.Split('\n');
        string[] expected = ["securechat-auth/v1", $"origin {Origin}", $"host {Host}", $"member {memberId}", $"challenge {Challenge}"];
        for (int index = 0; index < expected.Length; index++)
        {
            if (index >= lines.Length || lines[index] != expected[index])
            {
                string line = expected[index].Split(' ')[0];
                return string.Create(CultureInfo.InvariantCulture, $"Line {index + 1} of the statement must be \"{(index == 0 ? line : line + " …")}\" as it is for this connection");
            }
        }

        return lines.Length == expected.Length + 2
            && lines[^1].Length == 0
            && lines[^2].StartsWith("time ", StringComparison.Ordinal)
            && Timestamp.TryParse(lines[^2].AsSpan("time ".Length), out time)
                ? null
                : "The last line of the statement must be \"time …\", in milliseconds, and end with LF";
    }
}

/// <summary>Checks the answer to a challenge. What is missing in the frame, or no string, comes as an empty string.</summary>
/// <param name="challenge">What was asked of this connection.</param>
/// <param name="memberId">Who it claims to be.</param>
/// <param name="statement">What was signed.</param>
/// <param name="signature">Base64.</param>
public delegate SocketLogin AuthenticateChallenged(SocketChallenge challenge, string memberId, string statement, string signature);

/// <summary>Who checks logins, of both kinds.</summary>
/// <param name="Authenticate">Of clients of old, who sign the time.</param>
/// <param name="Challenge">Makes a challenge for a client that wants one.</param>
/// <param name="AuthenticateChallenged">Of clients who were challenged.</param>
public sealed record SocketLogins(
    Authenticate Authenticate, Func<HttpContext, SocketChallenge> Challenge, AuthenticateChallenged AuthenticateChallenged);
