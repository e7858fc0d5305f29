using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// <c>ledger.db</c>: opening it means replaying it. What comes out is the circle as it stands, or no relay at all.
/// </summary>
public static class LedgerFile
{
    /// <summary>"SChL" in the header of the file.</summary>
    public const int ApplicationId = 0x5343684C;

    /// <summary>The schema version of this program.</summary>
    public const int SchemaVersion = 2;

    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "ledger.db";

    /// <summary>The ledger's file in a data folder.</summary>
    /// <param name="dataFolder">The folder.</param>
    public static DatabaseFile In(string dataFolder) => At(Path.Combine(dataFolder, FileName));

    /// <summary>A ledger that may be a copy under another name.</summary>
    /// <param name="path">The file.</param>
    public static DatabaseFile At(string path) => new(path, ApplicationId, SchemaVersion, Sql("Schema.sql") + Sql("Tree.sql"));

    /// <summary>Replays every entry, checks every leaf hash, and folds the circle and the tree.</summary>
    /// <param name="file">A file that was prepared.</param>
    /// <exception cref="LedgerDamagedException">The message names the first bad entry.</exception>
    public static (CircleState State, CompactRange Range) Replay(DatabaseFile file)
    {
        CircleState state = new();
        CompactRange range = new();
        try
        {
            Fold(file, state, range);
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

        return (state, range);
    }

    private static void Fold(DatabaseFile file, CircleState state, CompactRange range)
    {
        using LedgerReader reader = new(file);
        using StoredNodes stored = new(file);
        foreach (RecordedEvent recorded in reader.Read(0))
        {
            stored.Append(range, recorded.LeafHash);
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

        stored.RequireNothingBeyond(state.Size);
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
        command.CommandText = "SELECT member_id, timestamp, nonce FROM used_signatures";
        using SqliteDataReader rows = command.ExecuteReader();
        List<UsedSignature> used = [];
        while (rows.Read())
        {
            used.Add(new UsedSignature(rows.GetString(0), rows.GetInt64(1), rows.GetString(2)));
        }

        return used;
    }

    /// <summary>SQL that is kept in a file of its own.</summary>
    internal static string Sql(string name)
    {
        using Stream sql = typeof(LedgerFile).Assembly.GetManifestResourceStream(name)!;
        using StreamReader reader = new(sql);
        return reader.ReadToEnd();
    }
}
