using System.Net;

namespace SecureChat.Web.Start;

/// <summary><c>--health</c>: asks the relay on this machine whether it lives, for container images without a shell.</summary>
internal static class HealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>0 when <c>GET /</c> answers 200, and 1 otherwise.</summary>
    public static async Task<int> RunAsync(Settings settings)
    {
        // Our own certificate is made for the name that clients use, not for the loopback address; nothing secret is sent.
#pragma warning disable CA5359
        using SocketsHttpHandler handler = new() { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
#pragma warning restore CA5359
        using HttpClient client = new(handler) { Timeout = Patience };
        string scheme = settings.TlsCertificate is null ? "http" : "https";
        IPAddress host = settings.Host is null || settings.Host.Equals(IPAddress.Any) || settings.Host.Equals(IPAddress.IPv6Any)
            ? IPAddress.Loopback
            : settings.Host;
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(new UriBuilder(scheme, host.ToString(), settings.Port).Uri);
            return answer.StatusCode == HttpStatusCode.OK ? 0 : 1;
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
        {
            return 1;
        }
    }
}
