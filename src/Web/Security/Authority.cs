namespace SecureChat.Web.Security;

/// <summary>
/// The host that a client addressed, as it signs it (RFC 9421 section 2.2.3): in lower case, without the port that the scheme implies.
/// With PUBLIC_URL it must be that one, so that what a member signed for another relay is good for nothing here.
/// </summary>
internal static class Authority
{
    /// <summary>The authority of a request.</summary>
    /// <param name="request">After the forwarding headers were looked at.</param>
    /// <param name="publicUrl">The setting PUBLIC_URL, or null.</param>
    public static string Of(HttpRequest request, string? publicUrl)
    {
        if (publicUrl is not null)
        {
            return new Uri(publicUrl).Authority.ToLowerInvariant();
        }

        // The header itself: the framework's reading of it turns punycode into Unicode, and throws on punycode that is none.
        string host = request.Headers.Host.ToString().ToLowerInvariant();
        string implied = request.Scheme is "https" ? ":443" : ":80";
        return host.EndsWith(implied, StringComparison.Ordinal) ? host[..^implied.Length] : host;
    }
}
