using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Transparency;
using SQLitePCL;

namespace SecureChat.Ledger.Storage;

/// <summary>Blobs read where SQLite has them: whoever verifies reads millions, and asking for each as an object costs more than reading it.</summary>
internal static class SqliteBlobs
{
    /// <summary>A column of the present row; valid until the next one is read.</summary>
    public static ReadOnlySpan<byte> Blob(this SqliteDataReader rows, int column) => raw.sqlite3_column_blob(rows.Handle!, column);

    /// <summary>A column that holds a hash.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public static Hash HashAt(this SqliteDataReader rows, int column) => new(rows.Blob(column));
}
