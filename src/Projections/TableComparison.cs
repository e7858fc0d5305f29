using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Projections;

/// <summary>A row that is not what the ledger says.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Key">Its primary key.</param>
/// <param name="What">What is wrong with it, as the end of a sentence.</param>
public sealed record TableDifference(string Table, string Key, string What);

/// <summary>What came of comparing the tables with the ledger.</summary>
/// <param name="Position">How many entries the tables have taken in.</param>
/// <param name="Differences">The rows that are wrong, at most <see cref="TableComparison.MostDifferences"/>.</param>
public sealed record ComparedTables(long Position, IReadOnlyList<TableDifference> Differences);

/// <summary>
/// Whether <c>securechat.db</c> says what the ledger says: the tables are made again from the entries that it has taken in, in a
/// folder aside, and compared row by row. The address guard is not in the ledger, and is left out.
/// </summary>
public static class TableComparison
{
    /// <summary>How many differences are named.</summary>
    public const int MostDifferences = 100;

    private const int ChunkSize = 4096;
    private const int LongestValue = 64;

    private static readonly (string Name, string Columns)[] Tables =
    [
        ("members", "*"),
        ("member_handles", "*"),
        ("join_requests", """
            id, requester_id, requester_name, requester_public_key, requester_curve25519_public_key,
            requested_at, expires_at, approvals, rejections, status
            """),
        ("channels", "*"),
        ("server_info", "*"),
    ];

    /// <summary>The tables' file in a data folder.</summary>
    /// <param name="dataFolder">The data folder.</param>
    public static DatabaseFile FileIn(string dataFolder) => TableProjection.In(dataFolder);

    /// <summary>How many entries the tables have taken in, and the leaf hash of the last one.</summary>
    /// <param name="tables">The tables' file.</param>
    public static (long Position, Hash? LeafHash) Checkpoint(DatabaseFile tables)
    {
        using SqliteConnection connection = tables.OpenForReading();
        return Checkpoint(connection, transaction: null);
    }

    /// <summary>Compares the tables with the ledger.</summary>
    /// <param name="tables">The tables' file.</param>
    /// <param name="ledger">The ledger's file, verified.</param>
    /// <param name="emptyFolder">Where the tables are made again; the caller deletes it.</param>
    /// <param name="progress">Told how many entries are behind.</param>
    /// <exception cref="LedgerDamagedException">An entry cannot be read.</exception>
    public static ComparedTables Compare(DatabaseFile tables, DatabaseFile ledger, string emptyFolder, Action<long>? progress = null)
    {
        using SqliteConnection connection = tables.OpenForReading();
        using SqliteTransaction snapshot = connection.BeginTransaction(deferred: true);
        (long position, Hash? leafHash) = Checkpoint(connection, snapshot);
        Rows[] found = [.. Tables.Select(table => Rows.Read(connection, snapshot, table.Name, table.Columns))];
        snapshot.Rollback();

        DatabaseFile fresh = TableProjection.In(emptyFolder);
        fresh.Prepare();
        using TableProjection projection = new(fresh);
        Hash? last = MakeAgain(projection, ledger, position, progress);
        if (projection.Position != position || last != leafHash)
        {
            return new ComparedTables(position, [new TableDifference("projection_checkpoint", "0", "belongs to another ledger")]);
        }

        using SqliteConnection freshConnection = fresh.OpenForReading();
        IEnumerable<TableDifference> differences = Tables.Zip(found).SelectMany(
            table => table.Second.DifferencesFrom(Rows.Read(freshConnection, transaction: null, table.First.Name, table.First.Columns)));
        return new ComparedTables(position, [.. differences.Take(MostDifferences)]);
    }

    private static Hash? MakeAgain(TableProjection projection, DatabaseFile ledger, long size, Action<long>? progress)
    {
        using LedgerReader reader = new(ledger);
        Hash? last = null;
        while (projection.Position < size)
        {
            List<RecordedEvent> chunk = [.. reader.Read(projection.Position).Take((int)Math.Min(ChunkSize, size - projection.Position))];
            if (chunk.Count == 0)
            {
                break;
            }

            projection.Apply(chunk);
            last = chunk[^1].LeafHash;
            progress?.Invoke(projection.Position);
        }

        return last;
    }

    private static (long Position, Hash? LeafHash) Checkpoint(SqliteConnection connection, SqliteTransaction? transaction)
    {
        CheckpointRow row = connection.QuerySingle<CheckpointRow>(
            "SELECT position AS Position, leaf_hash AS LeafHash FROM projection_checkpoint", transaction: transaction);
        return (row.Position, row.LeafHash is { Length: Hash.ByteLength } leafHash ? new Hash(leafHash) : null);
    }

    internal sealed record CheckpointRow(long Position, byte[]? LeafHash);

    /// <summary>A table in memory, by its key.</summary>
    private sealed record Rows(string Table, string[] Columns, SortedDictionary<string, string?[]> ByKey)
    {
        public static Rows Read(SqliteConnection connection, SqliteTransaction? transaction, string table, string columns)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = $"SELECT {columns} FROM {table}";
            command.Transaction = transaction;
            using SqliteDataReader reader = command.ExecuteReader();
            SortedDictionary<string, string?[]> rows = new(StringComparer.Ordinal);
            while (reader.Read())
            {
                string?[] row = [.. Enumerable.Range(0, reader.FieldCount).Select(column => Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture))];
                rows[row[0] ?? ""] = row;
            }

            return new Rows(table, [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], rows);
        }

        public IEnumerable<TableDifference> DifferencesFrom(Rows expected)
        {
            foreach ((string key, string?[] row) in expected.ByKey)
            {
                if (!ByKey.TryGetValue(key, out string?[]? present))
                {
                    yield return new TableDifference(Table, key, "is missing");
                }
                else if (FirstDifference(present, row) is { } column)
                {
                    yield return new TableDifference(Table, key, Said(Columns[column], present[column], row[column]));
                }
            }

            foreach (string key in ByKey.Keys.Where(key => !expected.ByKey.ContainsKey(key)))
            {
                yield return new TableDifference(Table, key, "should not be there");
            }
        }

        private static int? FirstDifference(string?[] present, string?[] expected)
        {
            for (int column = 0; column < expected.Length; column++)
            {
                if (present[column] != expected[column])
                {
                    return column;
                }
            }

            return null;
        }

        // A key is as long as a page; that it differs is enough.
        private static string Said(string column, string? present, string? expected) =>
            present?.Length <= LongestValue && expected?.Length <= LongestValue
                ? $"has \"{present}\" as {column}, and should have \"{expected}\""
                : $"has another {column} than it should have";
    }
}
