using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// <c>ledger.db</c>: opening it means replaying it. What comes out is the circle as it stands, or no relay at all.
/// </summary>
public static class LedgerFile
{
    /// <summary>"SChL" in the header of the file.</summary>
    public const int ApplicationId = 0x5343684C;

    /// <summary>The schema version of this program.</summary>
    public const int SchemaVersion = 1;

    /// <summary>The ledger's file in a data folder.</summary>
    /// <param name="dataFolder">The folder.</param>
    public static DatabaseFile In(string dataFolder) =>
        new(Path.Combine(dataFolder, "ledger.db"), ApplicationId, SchemaVersion, Schema());

    /// <summary>Replays every entry, checks every leaf hash, and folds the circle.</summary>
    /// <param name="file">A file that was prepared.</param>
    /// <exception cref="LedgerDamagedException">The message names the first bad entry.</exception>
    public static CircleState Replay(DatabaseFile file)
    {
        CircleState state = new();
        try
        {
            Fold(file, state);
        }
        catch (SqliteException unreadable) when (DatabaseFile.IsDamage(unreadable))
        {
            throw new LedgerDamagedException($"The ledger is damaged: the file cannot be read after entry {state.Size - 1}. Restore a backup.", unreadable);
        }

        if (Consensus.DueOutcome(state) is not null)
        {
            throw new LedgerDamagedException($"The ledger is damaged: entry {state.Size}, the outcome of the one before it, is missing. Restore a backup.");
        }

        foreach (Member member in state.Members)
        {
            RequireAddenda(member.Newcomer, $"the active member of entry {member.Handle}");
        }

        foreach (PendingRequest request in state.Pending)
        {
            RequireAddenda(request.Newcomer, $"the pending request of entry {request.Position}");
        }

        return state;
    }

    private static void Fold(DatabaseFile file, CircleState state)
    {
        using LedgerReader reader = new(file);
        foreach (RecordedEvent recorded in reader.Read(0))
        {
            try
            {
                state.Apply(recorded.Event, recorded.Time);
            }
            catch (ImpossibleEventException impossible)
            {
                throw new LedgerDamagedException(
                    $"The ledger is damaged: entry {recorded.Position} cannot follow on what stands before it. {impossible.Message} Restore a backup.",
                    impossible);
            }
        }
    }

    // Nobody is erased who is active or pending.
    private static void RequireAddenda(Newcomer newcomer, string whose)
    {
        if (newcomer is not { Profile: not null, Keys: not null })
        {
            throw new LedgerDamagedException($"The ledger is damaged: profile or keys of {whose} are missing. Restore a backup.");
        }
    }

    /// <summary>The signatures of changes that were written down and not yet forgotten.</summary>
    /// <param name="file">A file that was prepared.</param>
    public static IReadOnlyList<UsedSignature> UsedSignatures(DatabaseFile file)
    {
        using SqliteConnection connection = file.OpenForReading();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT member_id, timestamp FROM used_signatures";
        using SqliteDataReader rows = command.ExecuteReader();
        List<UsedSignature> used = [];
        while (rows.Read())
        {
            used.Add(new UsedSignature(rows.GetString(0), rows.GetInt64(1)));
        }

        return used;
    }

    private static string Schema()
    {
        using Stream sql = typeof(LedgerFile).Assembly.GetManifestResourceStream("Schema.sql")!;
        using StreamReader reader = new(sql);
        return reader.ReadToEnd();
    }
}
