using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Sources;

/// <summary>Which ledger a command line is about.</summary>
/// <param name="Path">A data folder, a <c>ledger.db</c> or a copy of one, an exported folder, or a relay's address.</param>
/// <param name="Token">The relay's audit token, or null.</param>
/// <param name="Policy">Whose ledger it must be; null for whatever key is found with it.</param>
internal sealed record LogArgument(string Path, string? Token, WitnessPolicy? Policy)
{
    /// <summary>A relay's address, or null.</summary>
    public Uri? Address => Uri.TryCreate(Path, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" ? address : null;
}

/// <summary>
/// A ledger open for reading, wherever it is. Nothing is made or changed beside it, and a relay that writes it is never held up.
/// </summary>
internal sealed class ReadableLog : IDisposable
{
    private readonly DatabaseLog? database;

    private ReadableLog(string name, LogSource source, bool hasKey, DatabaseLog? database = null, RelayLog? relay = null)
    {
        Name = name;
        Source = source;
        HasKey = hasKey;
        this.database = database;
        Relay = relay;
    }

    /// <summary>What to call it: the path or address as it was given.</summary>
    public string Name { get; }

    /// <summary>The log as the verifier reads it.</summary>
    public LogSource Source { get; }

    /// <summary>Whether anything says whose log it must be, so that it can be verified.</summary>
    public bool HasKey { get; }

    /// <summary>The data folder that it is the ledger of; null for copies, exports and relays.</summary>
    public string? DataFolder { get; private init; }

    /// <summary>Whether a relay on this machine may have it open.</summary>
    public bool IsInUse => database is { IsInUse: true };

    /// <summary>The relay that serves it, or null.</summary>
    public RelayLog? Relay { get; }

    /// <summary>Opens a ledger and has it read; again from the start if a relay began to write meanwhile.</summary>
    /// <exception cref="CommandRefusedException">There is none, or it may not be read.</exception>
    public static T Read<T>(LogArgument argument, Func<ReadableLog, T> use) =>
        UntouchedDatabase.Read(sharesIndex => Read(argument, use, sharesIndex));

    private static T Read<T>(LogArgument argument, Func<ReadableLog, T> use, bool sharesIndex)
    {
        while (true)
        {
            using ReadableLog log = Open(argument, sharesIndex);
            T result = use(log);
            if (log.database is not { WasDisturbed: true })
            {
                return result;
            }
        }
    }

    private static ReadableLog Open(LogArgument argument, bool sharesIndex)
    {
        if (argument.Address is { } address)
        {
            RelayLog served = new(address, argument.Token);
            return new ReadableLog(argument.Path, served.Source(argument.Policy), hasKey: true, relay: served);
        }

        LogPlace place = LogPlace.Find(argument.Path);
        if (!place.IsDatabase)
        {
            bool hasPolicy = argument.Policy is not null || File.Exists(Path.Combine(place.Path, "policy"));
            return new ReadableLog(argument.Path, ExportFolder.Source(place.Path, argument.Policy), hasPolicy);
        }

        DatabaseLog opened = DatabaseLog.Open(place.Path, argument.Policy, sharesIndex);
        bool hasKey = argument.Policy is not null || DatabaseLog.HasKey(place.Path);
        return new ReadableLog(argument.Path, opened.Source, hasKey, opened)
        {
            DataFolder = Path.GetFileName(place.Path) == LedgerFile.FileName ? Path.GetDirectoryName(Path.GetFullPath(place.Path)) : null,
        };
    }

    /// <summary>The newest signed head, unverified.</summary>
    /// <exception cref="LogDamagedException">It is none.</exception>
    public (Checkpoint Checkpoint, SignedNote Note) Head()
    {
        string? reason;
        if (SignedNote.Parse(Source.Checkpoint()).TryGet(out SignedNote? note, out reason)
            && Checkpoint.Parse(note.Text).TryGet(out Checkpoint? checkpoint, out reason))
        {
            return (checkpoint, note);
        }

        throw new LogDamagedException($"The checkpoint is none: {reason}.");
    }

    /// <summary>The proof that an entry stands under the newest head, in the bytes of a <c>.tlog-proof</c> file; unverified.</summary>
    /// <param name="position">The leaf index, below the head's size.</param>
    public byte[] Inclusion(long position)
    {
        if (Relay is not null)
        {
            return Relay.Inclusion(position) ?? throw new LogDamagedException($"The relay has no proof of entry {position}.", position);
        }

        if (database is not null)
        {
            return database.View.Inclusion(position)?.Format() ?? throw new LogDamagedException($"Entry {position} is missing.", position);
        }

        (Checkpoint head, SignedNote note) = Head();
        TileNodeReader nodes = new(head.Size, tile => Tiles.Parse(Source.Tile!(tile), tile.Width).Value);
        return ProofFile.Create(position, MerkleTree.InclusionProof(position, head.Size, nodes.Read), note).Format();
    }

    public void Dispose()
    {
        database?.Dispose();
        Relay?.Dispose();
    }
}
