namespace SecureChat.Web.Start;

/// <summary>One setting: an environment variable, or a line in <c>.env</c>.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Default">Its value when it is not set; null when there is none.</param>
/// <param name="Meaning">What it does, in a sentence for operators.</param>
/// <param name="Least">The smallest number, where it is a number.</param>
/// <param name="Most">The largest number, where it is a number; the most characters, where it is a text with a limit.</param>
public sealed record Setting(string Name, string? Default, string Meaning, int? Least = null, int? Most = null);

/// <summary>Every setting. The table in the README is this list, and a test keeps it so.</summary>
public static class SettingCatalogue
{
    /// <summary>See <see cref="Settings.Port"/>.</summary>
    public static readonly Setting Port = new("PORT", "3000", "TCP port", 1, 65535);

    /// <summary>See <see cref="Settings.Host"/>.</summary>
    public static readonly Setting Host = new("HOST", null, "IP address to listen on; all interfaces unless set");

    /// <summary>See <see cref="Settings.FounderKey"/>.</summary>
    public static readonly Setting FounderKey =
        new("FOUNDER_KEY", null, "Secret of at least 12 characters that registers the founder, once; made and kept in DATA_DIR/founder.key unless set");

    /// <summary>See <see cref="Settings.ServerName"/>.</summary>
    public static readonly Setting ServerName = new("SERVER_NAME", "SecureChat Server", "The name that clients show: one line of at most 100 characters", Most: 100);

    /// <summary>See <see cref="Settings.DataDir"/>.</summary>
    public static readonly Setting DataDir = new("DATA_DIR", "data", "Folder of the ledger and the tables");

    /// <summary>See <see cref="Settings.TlsCertificate"/>.</summary>
    public static readonly Setting TlsCertificate =
        new("TLS_CERT", null, "PEM file with the certificate chain; with it the relay speaks https and wss itself");

    /// <summary>See <see cref="Settings.TlsKey"/>.</summary>
    public static readonly Setting TlsKey = new("TLS_KEY", null, "PEM file with the private key of TLS_CERT");

    /// <summary>See <see cref="Settings.PublicUrl"/>.</summary>
    public static readonly Setting PublicUrl =
        new("PUBLIC_URL", null, "The URL that clients are told, such as https://chat.example.org; unless set, the one they used");

    /// <summary>See <see cref="Settings.TrustedProxies"/>.</summary>
    public static readonly Setting TrustedProxies = new(
        "TRUSTED_PROXIES",
        "127.0.0.0/8,::1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7",
        "Addresses and CIDR ranges whose X-Forwarded-For, -Proto and -Host are believed; none turns it off");

    /// <summary>See <see cref="Settings.RateLimitPerMinute"/>.</summary>
    public static readonly Setting RateLimitPerMinute = new(
        "RATE_LIMIT_PER_MINUTE", "1000", "Calls a minute from one address to the public endpoints; 0 means no limit", 0, 1_000_000);

    /// <summary>See <see cref="Settings.MaxMessageBytes"/>.</summary>
    public static readonly Setting MaxMessageBytes =
        new("MAX_MESSAGE_BYTES", "16777216", "Largest WebSocket message, in bytes", 8192, 268_435_456);

    /// <summary>See <see cref="Settings.MaxOutboxBytes"/>.</summary>
    public static readonly Setting MaxOutboxBytes =
        new("MAX_OUTBOX_BYTES", "4194304", "What may wait for one connection, in bytes, before it is closed", 65_536, 268_435_456);

    /// <summary>See <see cref="Settings.MaxConnections"/>.</summary>
    public static readonly Setting MaxConnections = new("MAX_CONNECTIONS", "10000", "WebSocket connections in all", 1, 1_000_000);

    /// <summary>See <see cref="Settings.MaxConnectionsPerAddress"/>.</summary>
    public static readonly Setting MaxConnectionsPerAddress =
        new("MAX_CONNECTIONS_PER_ADDRESS", "1000", "WebSocket connections from one address", 1, 1_000_000);

    /// <summary>See <see cref="Settings.PingAfter"/>.</summary>
    public static readonly Setting PingSeconds =
        new("PING_SECONDS", "120", "Seconds of silence after which a connection is pinged; without an answer within 60 s it is closed", 1, 3600);

    /// <summary>See <see cref="Settings.LedgerOrigin"/>.</summary>
    public static readonly Setting LedgerOrigin =
        new("LEDGER_ORIGIN", null, "The name under which the ledger signs its heads, chosen once, at the first start; a random one unless set");

    /// <summary>See <see cref="Settings.AuditToken"/>.</summary>
    public static readonly Setting AuditToken =
        new("AUDIT_TOKEN", null, "Secret of at least 16 characters with which auditors read the ledger (Authorization: Bearer); no auditors unless set");

    /// <summary>See <see cref="Settings.EraseRejectedAfter"/>.</summary>
    public static readonly Setting EraseRejectedAfterDays = new(
        "ERASE_REJECTED_AFTER_DAYS", "30", "Days after which names and keys of rejected and expired requests are erased; 0 means never", 0, 36_500);

    /// <summary>See <see cref="Settings.WitnessPolicy"/>.</summary>
    public static readonly Setting WitnessPolicy =
        new("WITNESS_POLICY", null, "File in the C2SP tlog-policy form with the witnesses that are asked to cosign the ledger; none unless set");

    /// <summary>All of them, in the order of the documentation.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Port, Host, FounderKey, ServerName, DataDir, TlsCertificate, TlsKey, PublicUrl, TrustedProxies, RateLimitPerMinute,
        MaxMessageBytes, MaxOutboxBytes, MaxConnections, MaxConnectionsPerAddress, PingSeconds, LedgerOrigin, AuditToken,
        EraseRejectedAfterDays, WitnessPolicy,
    ];
}
