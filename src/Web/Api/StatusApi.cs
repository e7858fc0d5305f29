using SecureChat.Projections;
using SecureChat.Web.Start;

namespace SecureChat.Web.Api;

/// <summary><c>GET /</c> and <c>GET /api/status</c>: that the server lives, and what a client shows before it knows anybody.</summary>
internal sealed class StatusApi(LiveCircle circle, Settings settings)
{
    private static readonly HealthBody Healthy = new("SecureChat server running");

    public static Task Health(HttpContext context) => Answer.OkAsync(context, Healthy, AnswerJson.Default.HealthBody);

    public Task Status(HttpContext context)
    {
        Roster roster = circle.Roster;
        StatusBody body = new(
            Online: true,
            settings.ServerName,
            settings.PublicUrl ?? UrlAsReached(context.Request),
            roster.Members.Count,
            roster.HasFounder,
            roster.RequestsLocked);
        return Answer.OkAsync(context, body, AnswerJson.Default.StatusBody);
    }

    // Whoever asks chooses these; only what is a host and nothing else comes back.
    private string UrlAsReached(HttpRequest request)
    {
        string scheme = request.Scheme is "https" ? "https" : "http";

        // The header itself: the framework's reading of it turns punycode into Unicode, and throws on punycode that is none.
        string host = request.Headers.Host.ToString();
        bool valid = host.Length is > 0 and <= 255
            && Uri.TryCreate($"{scheme}://{host}/", UriKind.Absolute, out Uri? url)
            && url.PathAndQuery == "/" && url.UserInfo.Length == 0 && url.Fragment.Length == 0
            && Uri.CheckHostName(url.DnsSafeHost) != UriHostNameType.Unknown
            && host.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or ':' or '[' or ']' or '_');
        return valid ? $"{scheme}://{host}" : $"{scheme}://localhost:{settings.Port}";
    }
}
