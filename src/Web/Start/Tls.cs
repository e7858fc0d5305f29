using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace SecureChat.Web.Start;

/// <summary>The certificate with which the relay speaks https and wss itself. A new one is read at the next start.</summary>
internal static class Tls
{
    /// <summary>Reads certificate, chain and key.</summary>
    /// <exception cref="SettingException">A file cannot be read, or they do not belong together.</exception>
    public static HttpsConnectionAdapterOptions Options(string certificateFile, string keyFile)
    {
        try
        {
            X509Certificate2Collection chain = [];
            chain.ImportFromPemFile(certificateFile);
            return new HttpsConnectionAdapterOptions
            {
                ServerCertificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile),
                ServerCertificateChain = chain,
            };
        }
        catch (Exception unusable) when (unusable is IOException or CryptographicException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SettingException(
                "TLS_CERT and TLS_KEY must be readable PEM files, a certificate (with its chain) and the unencrypted private key of it.");
        }
    }
}
