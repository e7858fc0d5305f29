using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Verification;

namespace SecureChat.UnitTests.Storage;

/// <summary>A data folder with a real ledger in it, gone after the test.</summary>
internal sealed class LedgerFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("securechat-").FullName;

    internal DatabaseFile File => LedgerFile.In(Path);

    internal FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(SomeEntry.Time));

    /// <summary>A new ledger in which these events stand, possible or not.</summary>
    internal static LedgerFolder With(params CircleEvent[] events)
    {
        byte nonce = 0;
        return Holding(origin: null, [.. events.Select(happened => Entry.Write(happened, SomeEntry.Time, destination => destination.Fill(nonce++)))]);
    }

    /// <summary>A new ledger with these entries, signed like any other.</summary>
    internal static LedgerFolder Holding(string? origin, IReadOnlyList<Entry> entries)
    {
        LedgerFolder folder = new();
        var ledger = folder.Check(origin);
        using LedgerTransaction transaction = new(ledger.File.Open(), ledger.Range, ledger.Key);
        if (entries.Count > 0)
        {
            transaction.Commit(entries, [], [], SomeEntry.Time);
        }

        return folder;
    }

    internal LedgerWriter Open() => new(Check(), Clock);

    /// <summary>Opens the ledger as the relay does at its start, which verifies it; a new one always gets the same key.</summary>
    internal OpenLedger Check(string? origin = null) => LedgerOpening.Open(Path, origin, destination => destination.Fill(7));

    /// <summary>What somebody with the file and a database tool can do.</summary>
    internal void Execute(string sql)
    {
        using SqliteConnection connection = new($"Data Source={File.Path};Pooling=False");
        connection.Open();
        Execute(connection, sql);
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal object? Scalar(string sql)
    {
        using var connection = File.OpenForReading();
        return Scalar(connection, sql);
    }

    internal static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
