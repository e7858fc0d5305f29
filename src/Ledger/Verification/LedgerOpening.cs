using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Verification;

/// <summary>
/// Opening a ledger means verifying it, by the same verifier and in the same one pass as anybody else would: what comes out is the
/// circle as it stands, or no relay at all.
/// </summary>
public static class LedgerOpening
{
    /// <summary>
    /// Opens the ledger of a data folder: makes it at the first start, upgrades one from before there was a tree, and verifies
    /// that the newest checkpoint is over exactly the entries that are there.
    /// </summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="origin">The setting LEDGER_ORIGIN, or null.</param>
    /// <param name="random">Fills a span with random bytes.</param>
    /// <param name="progress">Told from time to time how many entries are verified.</param>
    /// <param name="alone">See <see cref="DatabaseFile.Alone"/>.</param>
    /// <param name="played">
    /// Given each event as it is verified, so that nobody has to read a long ledger a second time. That the ledger as a whole is what was
    /// signed is known only when this method returns: until then nothing of it may be relied on.
    /// </param>
    /// <exception cref="DataFolderException">The files do not belong to each other, or to us.</exception>
    /// <exception cref="LedgerDamagedException">The message names the first bad entry.</exception>
    public static OpenLedger Open(string dataFolder, string? origin, FillRandom random, Action<long>? progress = null, bool alone = false, Action<RecordedEvent>? played = null)
    {
        OpenLedger ledger = Find(dataFolder, origin, random, progress, alone, played);
        SeenCheckpoint.Check(dataFolder, ledger.Key, ledger.File, ledger.Checkpoint);
        return ledger;
    }

    /// <summary>Opens a ledger that may be older than what the relay has shown: for accepting that, and for nothing else.</summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="random">Fills a span with random bytes.</param>
    /// <param name="progress">Told from time to time how many entries are verified.</param>
    /// <exception cref="DataFolderException">The files do not belong to each other, or to us.</exception>
    /// <exception cref="LedgerDamagedException">The message names the first bad entry.</exception>
    public static OpenLedger OpenOlderThanSeen(string dataFolder, FillRandom random, Action<long>? progress = null) =>
        Find(dataFolder, origin: null, random, progress, alone: false, played: null);

    /// <summary>Verifies a copy of a ledger as if a relay opened it, without writing anything.</summary>
    /// <param name="copy">A file that nobody writes.</param>
    /// <param name="key">Of the log that it must be.</param>
    /// <param name="known">Notes of heads that it must contain.</param>
    /// <param name="progress">Told from time to time how many entries are verified.</param>
    /// <returns>Its newest head.</returns>
    /// <exception cref="LedgerDamagedException">No relay would start on it; the message says why.</exception>
    public static Checkpoint VerifyCopy(DatabaseFile copy, VerifierKey key, IReadOnlyList<byte[]> known, Action<long>? progress = null)
    {
        if (LedgerUpgrade.Origin(copy) is var origin && origin != key.Name)
        {
            throw new LedgerDamagedException($"The ledger is damaged, or the key is that of another one: it is called {origin ?? "nothing"}, and the key is for {key.Name}.");
        }

        byte[] note = NewestCheckpoint(copy) ?? throw new LedgerDamagedException("The ledger is damaged: its checkpoint is missing. Restore a backup.");
        return Verify(copy, note, key, known, progress, played: null).Verdict.Checkpoint!;
    }

    private static OpenLedger Find(
        string dataFolder, string? origin, FillRandom random, Action<long>? progress, bool alone, Action<RecordedEvent>? played)
    {
        DatabaseFile file = LedgerFile.In(dataFolder) with { Alone = alone };
        if (file.Prepare() < LedgerFile.SchemaVersion)
        {
            LedgerUpgrade.KeepCopy(file);
            LedgerUpgrade.AddTree(file);
        }

        SigningKey key = Identify(file, dataFolder, origin, random);
        byte[]? newest = NewestCheckpoint(file);
        SignedNote? first = newest is null ? LedgerUpgrade.FirstCheckpoint(file, key) : null;
        SignedCheckpoint head = Opened(newest ?? first!.Format(), key, dataFolder);
        VerifiedLog log = Verify(file, head.Note.Format(), key.VerifierKey, [], progress, played);
        if (first is not null)
        {
            LedgerUpgrade.KeepFirst(file, head);
        }

        return new OpenLedger(file, log.State, log.Range, key, head, log.Verdict.Warnings);
    }

    // The origin is written down with the first checkpoint; until then only the key holds it.
    private static SigningKey Identify(DatabaseFile file, string dataFolder, string? origin, FillRandom random)
    {
        string? written = LedgerUpgrade.Origin(file);
        SigningKey? key = LogKey.Read(dataFolder);
        if (key is null && written is not null)
        {
            throw new DataFolderException(
                $"{Path.Combine(dataFolder, LogKey.FileName)} is missing: without it the ledger cannot be continued. Restore it from a backup.");
        }

        key ??= LogKey.Make(dataFolder, origin ?? LogKey.RandomOrigin(random), random);
        if (written is not null && written != key.VerifierKey.Name)
        {
            throw new DataFolderException($"{LogKey.FileName} belongs to another ledger. Restore the one of this ledger from a backup.");
        }

        return origin is null || origin == key.VerifierKey.Name
            ? key
            : throw new DataFolderException(
                $"LEDGER_ORIGIN is another one than that of this ledger, {key.VerifierKey.Name}, which never changes. Remove the setting.");
    }

    private static SignedCheckpoint Opened(byte[] note, SigningKey key, string dataFolder) =>
        Checkpoint.Open(note, key.VerifierKey).TryGet(out SignedCheckpoint? head, out string? reason)
            ? head
            : throw new LedgerDamagedException(
                $"The ledger is damaged: {reason}, with the key in {Path.Combine(dataFolder, LogKey.FileName)}. Restore a backup.");

    private static VerifiedLog Verify(
        DatabaseFile file, byte[] head, VerifierKey key, IReadOnlyList<byte[]> known, Action<long>? progress, Action<RecordedEvent>? played)
    {
        try
        {
            using LedgerDatabase database = new(file);
            VerifiedLog log = LogVerifier.Play(database.Source(head, WitnessPolicy.OfLog(key)) with { KnownHeads = known }, progress, played: played);
            RequireEverybody(log.State);
            return log;
        }
        catch (LogDamagedException damaged)
        {
            throw new LedgerDamagedException($"The ledger is damaged. {damaged.Message} Restore a backup.", damaged);
        }
        catch (SqliteException unreadable) when (DatabaseFile.IsDamage(unreadable))
        {
            throw new LedgerDamagedException("The ledger is damaged: its file cannot be read as a database. Restore a backup.", unreadable);
        }
    }

    // Whoever verifies can do without the documents of a member; the relay cannot. Nobody is erased who is active or pending.
    private static void RequireEverybody(CircleState state)
    {
        foreach (Member member in state.Members)
        {
            RequireAddenda(member.Newcomer, $"the active member of entry {member.Handle}");
        }

        foreach (PendingRequest request in state.Pending)
        {
            RequireAddenda(request.Newcomer, $"the pending request of entry {request.Position}");
        }
    }

    private static void RequireAddenda(Newcomer newcomer, string whose)
    {
        if (newcomer is not { Profile: not null, Keys: not null })
        {
            throw new LogDamagedException($"Profile or keys of {whose} are missing.");
        }
    }

    // Null before the first one, which is written together with the origin.
    private static byte[]? NewestCheckpoint(DatabaseFile file)
    {
        using SqliteConnection connection = file.OpenForReading();
        using PreparedCommand newest = new(connection, "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1");
        return (byte[]?)newest.Get() is { } note ? note
            : LedgerUpgrade.Origin(file) is null ? null
            : throw new LedgerDamagedException("The ledger is damaged: its checkpoint is missing. Restore a backup.");
    }
}
