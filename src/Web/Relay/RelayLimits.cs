namespace SecureChat.Web.Relay;

/// <summary>How much of everything a connection, an address, a member and the relay as a whole may have.</summary>
public sealed record RelayLimits
{
    /// <summary>The longest message that is read, in bytes; a longer one closes its connection with 1009. From 8 KiB; 16 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The longest message before AUTH, in bytes; 8 KiB.</summary>
    public int MaxBytesBeforeLogin { get; init; } = 8 * 1024;

    /// <summary>How many fragments a message may have; 1,024. One more closes with 1009.</summary>
    public int MaxFragments { get; init; } = 1_024;

    /// <summary>
    /// How many bytes may wait for one connection; 4 MiB. A frame that is larger may wait alone. Past it, the connection is
    /// closed with 1013.
    /// </summary>
    public int MaxOutboxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many connections there may be at once; 10,000. The next upgrade is refused with 503.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>How many of them may come from one address; 1,000.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 1_000;

    /// <summary>How many connections a member may have; 16. With the next one the oldest goes.</summary>
    public int MaxConnectionsPerMember { get; init; } = 16;

    /// <summary>How many messages of one sender may wait for their ACKs; 8,192. With the next one the oldest is UNDELIVERED.</summary>
    public int MaxPendingPerSender { get; init; } = 8_192;

    /// <summary>How many votes of one connection may wait for the ledger; 256. The next one is refused.</summary>
    public int MaxWaitingVotes { get; init; } = 256;

    /// <summary>When a message that has not been ACKed by all is UNDELIVERED; 10 s.</summary>
    public TimeSpan DeliverWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may stay without AUTH; 10 s.</summary>
    public TimeSpan AuthenticateWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one write to a connection may take; 10 s. Then it is closed with 1013.</summary>
    public TimeSpan SendWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a message may take from its first byte to its last; 120 s. Then the connection is closed with 1008.</summary>
    public TimeSpan FinishMessageWithin { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>After how much silence a connection is pinged; 120 s.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How long a pinged connection may stay silent; 60 s. Then it is closed.</summary>
    public TimeSpan PongWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the closing handshake may take before the connection is cut; 2 s.</summary>
    public TimeSpan CloseWithin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long stopping waits for all connections to close; 3 s. What is left then is cut.</summary>
    public TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(3);
}
