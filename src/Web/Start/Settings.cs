using System.Globalization;
using System.Net;
using System.Net.Sockets;
using SecureChat.Ledger.Transparency;
using SecureChat.Web.Witnesses;

namespace SecureChat.Web.Start;

/// <summary>A setting makes no sense; the message is one line that names it and says what to do.</summary>
/// <param name="message">The line.</param>
public sealed class SettingException(string message) : Exception(message);

/// <summary>Everything that an operator can set, read and judged once at the start.</summary>
public sealed record Settings
{
    /// <summary>TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>Address to listen on; null means all interfaces.</summary>
    public required IPAddress? Host { get; init; }

    /// <summary>The key that registers the founder, or null to have one made.</summary>
    public required string? FounderKey { get; init; }

    /// <summary>The name that clients show.</summary>
    public required string ServerName { get; init; }

    /// <summary>Where the two databases stand.</summary>
    public required string DataDir { get; init; }

    /// <summary>PEM file of the certificate chain, or null for plain HTTP.</summary>
    public required string? TlsCertificate { get; init; }

    /// <summary>PEM file of the certificate's private key.</summary>
    public required string? TlsKey { get; init; }

    /// <summary>What clients are told as the server's URL, or null to tell them what they used.</summary>
    public required string? PublicUrl { get; init; }

    /// <summary>The largest WebSocket message, in bytes.</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary>What may wait for one connection, in bytes.</summary>
    public required int MaxOutboxBytes { get; init; }

    /// <summary>WebSocket connections in all.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>WebSocket connections of one address.</summary>
    public required int MaxConnectionsPerAddress { get; init; }

    /// <summary>Silence after which a connection is pinged.</summary>
    public required TimeSpan PingAfter { get; init; }

    /// <summary>Calls a minute of one address to the public endpoints; 0 means no limit.</summary>
    public required int RateLimitPerMinute { get; init; }

    /// <summary>Whose forwarding headers are believed.</summary>
    public required IReadOnlyList<IPNetwork> TrustedProxies { get; init; }

    /// <summary>The name of the log, chosen at its first start, or null for a random one.</summary>
    public required string? LedgerOrigin { get; init; }

    /// <summary>The token of auditors, or null when there are none.</summary>
    public required string? AuditToken { get; init; }

    /// <summary>How long the persons of rejected and expired requests are kept, or null for ever.</summary>
    public required TimeSpan? EraseRejectedAfter { get; init; }

    /// <summary>The witnesses of the ledger, or null when there are none.</summary>
    public required WitnessPolicy? WitnessPolicy { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <param name="values">The value of a name, or null when it is not set.</param>
    /// <exception cref="SettingException">The first one that makes no sense.</exception>
    public static Settings Read(Func<string, string?> values)
    {
        SettingReader read = new(values);
        Settings settings = new()
        {
            Port = read.Integer(SettingCatalogue.Port),
            Host = read.Address(SettingCatalogue.Host),
            FounderKey = read.Text(SettingCatalogue.FounderKey),
            ServerName = read.Line(SettingCatalogue.ServerName),
            DataDir = read.Text(SettingCatalogue.DataDir)!,
            TlsCertificate = read.Text(SettingCatalogue.TlsCertificate),
            TlsKey = read.Text(SettingCatalogue.TlsKey),
            PublicUrl = read.Url(SettingCatalogue.PublicUrl),
            MaxMessageBytes = read.Integer(SettingCatalogue.MaxMessageBytes),
            MaxOutboxBytes = read.Integer(SettingCatalogue.MaxOutboxBytes),
            MaxConnections = read.Integer(SettingCatalogue.MaxConnections),
            MaxConnectionsPerAddress = read.Integer(SettingCatalogue.MaxConnectionsPerAddress),
            PingAfter = TimeSpan.FromSeconds(read.Integer(SettingCatalogue.PingSeconds)),
            RateLimitPerMinute = read.Integer(SettingCatalogue.RateLimitPerMinute),
            TrustedProxies = read.Networks(SettingCatalogue.TrustedProxies),
            LedgerOrigin = read.Origin(SettingCatalogue.LedgerOrigin),
            AuditToken = read.Secret(SettingCatalogue.AuditToken),
            EraseRejectedAfter = read.Integer(SettingCatalogue.EraseRejectedAfterDays) is var days and > 0 ? TimeSpan.FromDays(days) : null,
            WitnessPolicy = read.Policy(SettingCatalogue.WitnessPolicy),
        };

        if ((settings.TlsCertificate is null) != (settings.TlsKey is null))
        {
            throw new SettingException("TLS_CERT and TLS_KEY belong together: set both to PEM files, or neither.");
        }

        return settings;
    }
}

/// <summary>Reads one setting after its row in the catalogue.</summary>
internal sealed class SettingReader(Func<string, string?> values)
{
    private const int MinSecretLength = 16;

    /// <summary>A value that is set to nothing counts as not set: compose files and templates write it so.</summary>
    public string? Text(Setting setting)
    {
        string? value = values(setting.Name)?.Trim();
        return string.IsNullOrEmpty(value) ? setting.Default : value;
    }

    /// <summary>A text that others are shown: one line, of a length that fits a title.</summary>
    public string Line(Setting setting)
    {
        string text = Text(setting)!;
        return new StringInfo(text).LengthInTextElements <= setting.Most && !text.Any(char.IsControl)
            ? text
            : throw Wrong(setting, $"must be one line of at most {setting.Most} characters");
    }

    public int Integer(Setting setting)
    {
        string text = Text(setting)!;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value >= setting.Least && value <= setting.Most
                ? value
                : throw Wrong(setting, $"must be a whole number from {setting.Least} to {setting.Most}");
    }

    public IPAddress? Address(Setting setting) =>
        Text(setting) switch
        {
            null or "*" => null,
            "localhost" => IPAddress.Loopback,
            var text => Exact(text) ?? throw Wrong(setting, "must be an IP address such as 127.0.0.1, or * for all interfaces"),
        };

    public string? Url(Setting setting)
    {
        if (Text(setting) is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url.PathAndQuery == "/" && url.UserInfo.Length == 0 && url.Fragment.Length == 0
                ? url.GetLeftPart(UriPartial.Authority)
                : throw Wrong(setting, "must be http:// or https:// and a host, such as https://chat.example.org");
    }

    public WitnessPolicy? Policy(Setting setting)
    {
        if (Text(setting) is not { } path)
        {
            return null;
        }

        try
        {
            return !WitnessPolicy.Parse(File.ReadAllBytes(path)).TryGet(out WitnessPolicy? policy, out string? reason)
                    ? throw Wrong(setting, $"names a file that is no witness policy: {reason}")
                : CosignatureCollector.Problem(policy) is { } problem ? throw Wrong(setting, $"names a file that cannot be used: {problem}")
                : policy;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw Wrong(setting, "names a file that cannot be read");
        }
    }

    public string? Origin(Setting setting) =>
        Text(setting) is not { } text || Checkpoint.IsPossibleOrigin(text)
            ? Text(setting)
            : throw Wrong(setting, "must be an ASCII name of 1 to 255 bytes without blanks and plus signs, such as chat.example.org/ledger");

    public string? Secret(Setting setting) =>
        Text(setting) is not { } text || text.Length >= MinSecretLength
            ? Text(setting)
            : throw Wrong(setting, $"must have at least {MinSecretLength} characters");

    public IReadOnlyList<IPNetwork> Networks(Setting setting)
    {
        string text = Text(setting)!;
        if (text == "none")
        {
            return [];
        }

        List<IPNetwork> networks = [];
        foreach (string part in text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            networks.Add(Network(part) ?? throw Wrong(setting, $"has \"{part}\", which is no address and no CIDR range; or write none"));
        }

        return networks.Count > 0 ? networks : throw Wrong(setting, "names no address; to believe nobody write none");
    }

    private static IPNetwork? Network(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (Exact(slash < 0 ? text : text[..slash]) is not { } address)
        {
            return null;
        }

        return slash < 0 ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            : IPNetwork.TryParse(text, out IPNetwork network) ? network
            : null;
    }

    // The parser also takes a number (3000 is 0.0.11.184), octal digits (010.0.0.1 is 8.0.0.1) and IPv6 with a port.
    private static IPAddress? Exact(string text) =>
        IPAddress.TryParse(text, out IPAddress? address)
        && (address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() == text : !text.StartsWith('['))
            ? address
            : null;

    // The value itself is shown only where it cannot be a secret.
    private static SettingException Wrong(Setting setting, string rule) => new($"{setting.Name} {rule}.");
}
