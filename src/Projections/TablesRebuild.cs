using Dapper;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;

namespace SecureChat.Projections;

/// <summary>
/// <c>securechat.db</c> made anew from the ledger, whatever was in it. The address guard is in no ledger: it is taken over
/// from the old file as far as that can be read.
/// </summary>
public static class TablesRebuild
{
    /// <summary>How the file is called until it is whole. Nobody's but that of whoever holds the lock of the folder.</summary>
    internal const string UnfinishedEnding = ".rebuilt";

    internal sealed record Address(string Ip, long RequestedAt, long ExpiresAt, string? RequestId);

    /// <summary>Makes the tables; the old ones stand until the new ones are whole.</summary>
    /// <param name="dataFolder">A folder of which the caller holds the lock, with a ledger that was verified.</param>
    /// <returns>How many addresses were taken over; null when the old file could not be read.</returns>
    /// <exception cref="DataFolderException">The old file belongs to something else.</exception>
    public static int? Run(string dataFolder)
    {
        DatabaseFile tables = TableProjection.In(dataFolder);
        DatabaseFile fresh = tables with { Path = tables.Path + UnfinishedEnding };
        IReadOnlyList<Address>? addresses = File.Exists(tables.Path) ? AddressesOf(tables) : [];
        Delete(fresh);
        fresh.Prepare();
        Insert(fresh, addresses ?? []);

        // Catching up is all that it does when nobody follows.
        new ProjectionRunner(LedgerFile.In(dataFolder), fresh).Dispose();
        int? kept = addresses is null ? null : Count(fresh);

        PutInPlace(fresh, tables);
        return kept;
    }

    /// <summary>Puts tables that are whole, and closed, where they belong.</summary>
    internal static void PutInPlace(DatabaseFile fresh, DatabaseFile tables)
    {
        using (FileStream whole = new(fresh.Path, FileMode.Open, FileAccess.ReadWrite))
        {
            whole.Flush(flushToDisk: true);
        }

        // A log or journal of the old file would be played into the new one. A crash between the two leaves older tables, which catch up.
        File.Delete(tables.Path + "-wal");
        File.Delete(tables.Path + "-shm");
        File.Delete(tables.Path + "-journal");
        File.Move(fresh.Path, tables.Path, overwrite: true);
    }

    /// <summary>Deletes tables, with what SQLite leaves beside them.</summary>
    internal static void Delete(DatabaseFile file)
    {
        File.Delete(file.Path);
        File.Delete(file.Path + "-wal");
        File.Delete(file.Path + "-shm");
        File.Delete(file.Path + "-journal");
        File.Delete(file.Path + ".new");
    }

    private static List<Address>? AddressesOf(DatabaseFile tables)
    {
        tables.Look();
        try
        {
            using SqliteConnection connection = tables.Open();
            return [.. connection.Query<Address>(
                "SELECT ip AS Ip, requested_at AS RequestedAt, expires_at AS ExpiresAt, request_id AS RequestId FROM ip_cooldowns")];
        }
        catch (Exception damaged) when (damaged is SqliteException or InvalidOperationException or InvalidCastException or System.Data.DataException or FormatException)
        {
            return null;
        }
    }

    private static void Insert(DatabaseFile fresh, IReadOnlyList<Address> addresses)
    {
        using SqliteConnection connection = fresh.Open();
        connection.Execute(
            "INSERT OR IGNORE INTO ip_cooldowns (ip, requested_at, expires_at, request_id) VALUES (@Ip, @RequestedAt, @ExpiresAt, @RequestId)", addresses);
    }

    private static int Count(DatabaseFile fresh)
    {
        using SqliteConnection connection = fresh.Open();
        return connection.ExecuteScalar<int>("SELECT count(*) FROM ip_cooldowns");
    }
}
