using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;
using SecureChat.Ledger.Verification;

namespace SecureChat.Admin.Sources;

/// <summary>A log in a database, open for reading and left as it is: with its newest head, and with whose it must be.</summary>
internal sealed class DatabaseLog : IDisposable
{
    private readonly UntouchedDatabase database;
    private readonly LedgerDatabase entries;
    private readonly string path;
    private readonly Lazy<WitnessPolicy> policy;

    private DatabaseLog(string path, WitnessPolicy? policy, UntouchedDatabase database, byte[][] seen)
    {
        this.path = path;
        this.database = database;
        this.policy = new Lazy<WitnessPolicy>(() => policy ?? WitnessPolicy.OfLog(KeyBeside(path)));
        View = new LedgerView(database.File);
        entries = new LedgerDatabase(database.File);
        Source = entries.Source(Checkpoint, () => Policy) with { KnownHeads = seen };
    }

    /// <summary>The log in the bytes in which it is served.</summary>
    public LedgerView View { get; }

    /// <summary>The log as the verifier reads it.</summary>
    public LogSource Source { get; }

    /// <summary>Whose log it must be; looked for when it is first asked for, because reading alone does not need it.</summary>
    /// <exception cref="CommandRefusedException">Nothing says whose.</exception>
    public WitnessPolicy Policy => policy.Value;

    /// <summary>See <see cref="UntouchedDatabase.IsInUse"/>.</summary>
    public bool IsInUse => database.IsInUse;

    /// <summary>See <see cref="UntouchedDatabase.WasDisturbed"/>.</summary>
    public bool WasDisturbed => database.WasDisturbed;

    /// <summary>Opens a log.</summary>
    /// <param name="path">The database file.</param>
    /// <param name="policy">Whose log it must be; null for the key beside the file.</param>
    /// <param name="sharesIndex">See <see cref="UntouchedDatabase.Read"/>.</param>
    public static DatabaseLog Open(string path, WitnessPolicy? policy, bool sharesIndex = false)
    {
        // Before the newest head, which may grow at any moment; the one that was seen must not be ahead of it.
        byte[][] seen = Seen(path);
        UntouchedDatabase opened = UntouchedDatabase.Open(path, sharesIndex);
        try
        {
            return new DatabaseLog(path, policy, opened, seen);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>The newest signed head.</summary>
    /// <exception cref="LogDamagedException">There is none that can be read.</exception>
    public byte[] Checkpoint()
    {
        try
        {
            return View.Checkpoint().Format();
        }
        catch (Exception damaged) when (damaged is FormatException or SqliteException { SqliteErrorCode: 11 or 26 })
        {
            throw new LogDamagedException(
                $"The newest checkpoint in {Path.GetFileName(path)} is missing or cannot be read. If this is a copy made while the relay ran: the file {Path.GetFileName(path)}-wal belongs to it.",
                entry: null,
                damaged);
        }
    }

    /// <summary>Whether the log's key lies beside the file.</summary>
    /// <param name="path">The database file.</param>
    public static bool HasKey(string path) => File.Exists(KeyFile(path));

    private static string KeyFile(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, LogKey.FileName);

    private static VerifierKey KeyBeside(string path)
    {
        string file = KeyFile(path);
        if (!File.Exists(file))
        {
            throw CommandRefusedException.Usage(
                $"There is no {LogKey.FileName} beside {path} that would say whose ledger it is: name a policy with --policy FILE, one line \"log VKEY\" and one "
                + "\"quorum none\"; the relay serves the VKEY under /ledger/vkey.");
        }

        return LogKey.Parse(File.ReadAllText(file))?.VerifierKey
            ?? throw CommandRefusedException.Unreadable($"{file} is no signing key of a log. Restore it from a backup.");
    }

    // A copy under another name may well be older than the head that was seen.
    private static byte[][] Seen(string path)
    {
        string file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, SeenCheckpoint.FileName);
        return Path.GetFileName(path) == LedgerFile.FileName && File.Exists(file) ? [LogPlace.Read(file)] : [];
    }

    public void Dispose()
    {
        entries.Dispose();
        View.Dispose();
        database.Dispose();
    }
}
