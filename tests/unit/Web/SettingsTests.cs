using System.Net;
using SecureChat.Web.Start;

namespace SecureChat.UnitTests.Web;

public class SettingsTests
{
    [Fact]
    public void With_nothing_set_everything_has_its_default()
    {
        Settings settings = Settings.Read(_ => null);
        settings.Port.ShouldBe(3000);
        settings.Host.ShouldBeNull();
        settings.FounderKey.ShouldBeNull();
        settings.ServerName.ShouldBe("SecureChat Server");
        settings.DataDir.ShouldBe("data");
        settings.TlsCertificate.ShouldBeNull();
        settings.TlsKey.ShouldBeNull();
        settings.PublicUrl.ShouldBeNull();
        settings.MaxMessageBytes.ShouldBe(16 * 1024 * 1024);
        settings.MaxOutboxBytes.ShouldBe(4 * 1024 * 1024);
        settings.MaxConnections.ShouldBe(10_000);
        settings.MaxConnectionsPerAddress.ShouldBe(1000);
        settings.PingAfter.ShouldBe(TimeSpan.FromSeconds(120));
        settings.RateLimitPerMinute.ShouldBe(1000);
        settings.TrustedProxies.Select(network => network.ToString()).ShouldBe(
            ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]);
    }

    [Fact]
    public void Set_to_nothing_or_blanks_is_not_set()
    {
        Settings.Read(_ => "").ShouldBeEquivalentTo(Settings.Read(_ => null));
        Settings.Read(_ => " \t").ShouldBeEquivalentTo(Settings.Read(_ => null));
    }

    public static TheoryData<string> Numbers => new(SettingCatalogue.All.Where(setting => setting.Least is not null).Select(setting => setting.Name));

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_number_is_taken_from_its_least_to_its_most_and_refused_beyond(string name)
    {
        Setting setting = SettingCatalogue.All.Single(setting => setting.Name == name);
        Should.NotThrow(() => With(name, $"{setting.Least}"));
        Should.NotThrow(() => With(name, $" {setting.Most} "));
        foreach (string wrong in (string[])[$"{(long)setting.Most! + 1}", $"{(long)setting.Least! - 1}", "+80", "8e3", "0x50", "80.0", "1,000", "ten", "١٢٣", "99999999999999999999"])
        {
            Refusal(name, wrong).ShouldBe($"{name} must be a whole number from {setting.Least} to {setting.Most}.");
        }
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("localhost", "127.0.0.1")]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("::", "::")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    [InlineData("*", null)]
    public void HOST_is_an_address(string value, string? address) =>
        With("HOST", value).Host.ShouldBe(address is null ? null : IPAddress.Parse(address));

    [Theory]
    [InlineData("3000")]
    [InlineData("127.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("127.0.0.1:80")]
    [InlineData("chat.example.org")]
    public void HOST_is_nothing_else(string value) => Refusal("HOST", value).ShouldStartWith("HOST must be an IP address");

    [Fact]
    public void SERVER_NAME_is_one_line_of_at_most_100_characters()
    {
        string longest = string.Concat(Enumerable.Repeat("\U0001F389", 100));
        With("SERVER_NAME", longest).ServerName.ShouldBe(longest);
        Refusal("SERVER_NAME", longest + "x").ShouldBe("SERVER_NAME must be one line of at most 100 characters.");
        Refusal("SERVER_NAME", "one\ntwo").ShouldBe("SERVER_NAME must be one line of at most 100 characters.");
    }

    [Theory]
    [InlineData("https://chat.example.org", "https://chat.example.org")]
    [InlineData("https://chat.example.org/", "https://chat.example.org")]
    [InlineData("http://10.0.0.1:8080", "http://10.0.0.1:8080")]
    [InlineData("HTTPS://Chat.example.org:443", "https://chat.example.org")]
    [InlineData("http://[::1]:3000", "http://[::1]:3000")]
    public void PUBLIC_URL_is_scheme_and_host(string value, string url) => With("PUBLIC_URL", value).PublicUrl.ShouldBe(url);

    [Theory]
    [InlineData("chat.example.org")]
    [InlineData("wss://chat.example.org")]
    [InlineData("https://chat.example.org/path")]
    [InlineData("https://chat.example.org/?q")]
    [InlineData("https://chat.example.org/#f")]
    [InlineData("https://user@chat.example.org")]
    [InlineData("https://chat.example.org:99999")]
    [InlineData("https://")]
    public void PUBLIC_URL_is_nothing_else(string value) => Refusal("PUBLIC_URL", value).ShouldStartWith("PUBLIC_URL must be");

    [Theory]
    [InlineData("none", "")]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("2001:db8::1", "2001:db8::1/128")]
    [InlineData("10.0.0.0/8, 192.168.0.0/16", "10.0.0.0/8 192.168.0.0/16")]
    [InlineData("10.0.0.0/8 fc00::/7,", "10.0.0.0/8 fc00::/7")]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("0.0.0.0/0,::/0", "0.0.0.0/0 ::/0")]
    public void TRUSTED_PROXIES_are_addresses_and_ranges(string value, string networks) =>
        string.Join(' ', With("TRUSTED_PROXIES", value).TrustedProxies).ShouldBe(networks);

    [Theory]
    [InlineData("10")]
    [InlineData("10/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("/8")]
    [InlineData("::/129")]
    [InlineData("[::1]")]
    [InlineData("proxy.example.org")]
    [InlineData("none,10.0.0.0/8")]
    [InlineData(",")]
    public void TRUSTED_PROXIES_are_nothing_else(string value) => Refusal("TRUSTED_PROXIES", value).ShouldStartWith("TRUSTED_PROXIES ");

    [Theory]
    [InlineData("TLS_CERT")]
    [InlineData("TLS_KEY")]
    public void Certificate_and_key_belong_together(string name)
    {
        Refusal(name, "file.pem").ShouldStartWith("TLS_CERT and TLS_KEY belong together");
        Settings both = Settings.Read(asked => asked.StartsWith("TLS_", StringComparison.Ordinal) ? $"{asked}.pem" : null);
        both.TlsCertificate.ShouldBe("TLS_CERT.pem");
        both.TlsKey.ShouldBe("TLS_KEY.pem");
    }

    [Fact]
    public void Texts_are_taken_as_they_are()
    {
        With("SERVER_NAME", "Ünser \"Kreis\"").ServerName.ShouldBe("Ünser \"Kreis\"");
        With("DATA_DIR", "/var/lib/secure chat").DataDir.ShouldBe("/var/lib/secure chat");
        With("FOUNDER_KEY", "correct horse $battery").FounderKey.ShouldBe("correct horse $battery");
    }

    private static Settings With(string name, string value) => Settings.Read(asked => asked == name ? value : null);

    private static string Refusal(string name, string value) => Should.Throw<SettingException>(() => With(name, value)).Message;
}
