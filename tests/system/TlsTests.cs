using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SecureChat.SystemTests;

/// <summary>https and wss by the relay itself, with a certificate made for the test.</summary>
public class TlsTests
{
    [Fact]
    public async Task The_relay_speaks_https_and_wss_with_a_certificate()
    {
        await using var relay = RelayProcess.Prepare();
        WriteCertificate(relay);
        await using var circle = await FoundOn(relay);
        (await relay.Get("/api/status")).Json.Text("server_url").ShouldBe($"https://127.0.0.1:{relay.Port}");

        await using var sender = await circle[0].Connects();
        await using var receiver = await circle[1].Connects();
        await sender.Send("MESSAGE", circle[0].Message("general", "m1", (circle[1], "over wss")));
        (await receiver.Expect("MESSAGE", Envelope.Fields)).Text("encrypted_blob").ShouldBe("over wss");

        using var plain = await RawConnection.Open(relay);
        await plain.Send("GET /api/status HTTP/1.1\r\nHost: relay\r\n\r\n");
        (await plain.ReadToEnd()).ShouldNotContain("server_name");
        await relay.Stop();
    }

    [Theory]
    [InlineData("TLS_CERT")]
    [InlineData("TLS_KEY")]
    public async Task A_certificate_needs_its_key(string missing)
    {
        await using var relay = RelayProcess.Prepare();
        WriteCertificate(relay);
        relay.Settings.Remove(missing);
        var (exitCode, lines) = await relay.StartInVain();
        exitCode.ShouldNotBe(0);
        lines.ShouldHaveSingleItem(string.Join('\n', lines)).ShouldContain(missing);
    }

    [Fact]
    public async Task A_key_of_another_certificate_is_refused()
    {
        await using var relay = RelayProcess.Prepare();
        WriteCertificate(relay);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(Path.Combine(relay.Folder, "key.pem"), other.ExportPkcs8PrivateKeyPem());
        var (exitCode, lines) = await relay.StartInVain();
        exitCode.ShouldNotBe(0);
        lines.ShouldHaveSingleItem(string.Join('\n', lines)).ShouldContain("TLS_");
    }

    private static async Task<Circle> FoundOn(RelayProcess relay)
    {
        await relay.Start();
        return await Circle.FoundOn(relay, 2);
    }

    private static void WriteCertificate(RelayProcess relay)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (certificateFile, keyFile) = (Path.Combine(relay.Folder, "certificate.pem"), Path.Combine(relay.Folder, "key.pem"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        relay.Settings["TLS_CERT"] = certificateFile;
        relay.Settings["TLS_KEY"] = keyFile;
    }
}
