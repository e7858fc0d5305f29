using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SecureChat.Ledger.Storage;

/// <summary>The start must stop; the message is one line for the operator that says what to do.</summary>
/// <param name="message">The line.</param>
/// <param name="inner">What was found.</param>
public sealed class DataFolderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// One SQLite file of the data folder: whose it is, which version, how it is opened. Both databases go through here, so that
/// no connection exists without the pragmas that the rules rest on.
/// </summary>
/// <param name="Path">Where it stands.</param>
/// <param name="ApplicationId">The mark in its header (PRAGMA application_id) that says that it is ours.</param>
/// <param name="Version">The schema version that this program writes (PRAGMA user_version).</param>
/// <param name="Schema">The SQL that makes an empty file one of ours.</param>
public sealed record DatabaseFile(string Path, int ApplicationId, int Version, string Schema)
{
    /// <summary>Looks at the file, makes it when it is not there, and refuses one that is not ours.</summary>
    /// <returns>The schema version found; <see cref="Version"/> for a new file. Lower ones are upgraded by the caller.</returns>
    /// <exception cref="DataFolderException">The file belongs to something else, or to a newer version of this program.</exception>
    public int Prepare()
    {
        // Created by us before SQLite does it, for the mode: WAL and shared memory files take it over from here.
        if (!File.Exists(Path))
        {
            OwnerOnly.CreateFile(Path).Dispose();
        }

        try
        {
            return PrepareContent();
        }
        catch (SqliteException unreadable) when (unreadable.SqliteErrorCode is 26 or 11)
        {
            throw new DataFolderException($"{Path} is no database, or a damaged one. Move it away, or restore a backup.", unreadable);
        }
    }

    private int PrepareContent()
    {
        int? found = new FileInfo(Path).Length == 0 ? null : FindVersion();
        OwnerOnly.TightenFile(Path);
        if (found is { } version)
        {
            return version;
        }

        // A crash before this commits leaves an empty database, which the next start takes for a new one.
        using SqliteConnection connection = Open();
        using SqliteTransaction transaction = connection.BeginTransaction();
        Execute(connection, $"{Schema}\nPRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};", transaction);
        transaction.Commit();
        return Version;
    }

    // Whose it is, before anything is written: a foreign file stays as it was to the byte. Null for a database without content.
    private int? FindVersion()
    {
        using SqliteConnection look = Connect(SqliteOpenMode.ReadOnly, Untouched());
        int application = Pragma(look, "application_id");
        int version = Pragma(look, "user_version");
        if (application == 0 && version == 0 && Scalar(look, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            return null;
        }

        if (application != ApplicationId)
        {
            throw new DataFolderException(
                $"{Path} was not made by this relay and is left untouched. If it comes from the Node.js server, "
                + "import it into a new folder with: securechat-admin import OLD.db FOLDER");
        }

        return version <= Version
            ? version
            : throw new DataFolderException($"{Path} was written by a newer version of this relay (schema {version}); this one knows {Version}.");
    }

    /// <summary>
    /// A connection for writing. synchronous=FULL makes a COMMIT durable; secure_delete overwrites what is deleted;
    /// recursive_triggers closes the way of INSERT OR REPLACE around the append-only triggers.
    /// </summary>
    public SqliteConnection Open()
    {
        SqliteConnection connection = Connect(SqliteOpenMode.ReadWrite, Path);
        Execute(connection, """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA secure_delete = ON;
            PRAGMA recursive_triggers = ON;
            PRAGMA foreign_keys = ON;
            """);
        return connection;
    }

    /// <summary>A connection that can only read, and never blocks the writer.</summary>
    public SqliteConnection OpenForReading() => Connect(SqliteOpenMode.ReadOnly, Path);

    // A reader of a file in WAL mode makes the two files beside it when they are missing, and cannot take them away again.
    private string Untouched() =>
        File.Exists($"{Path}-wal") ? Path : $"file:{Uri.EscapeDataString(System.IO.Path.GetFullPath(Path))}?immutable=1";

    private static SqliteConnection Connect(SqliteOpenMode mode, string source)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = source, Mode = mode, Pooling = false, DefaultTimeout = 5,
        }.ToString());
        connection.Open();
        Execute(connection, "PRAGMA busy_timeout = 5000;");
        return connection;
    }

    private static int Pragma(SqliteConnection connection, string name) => (int)Scalar(connection, $"PRAGMA {name}");

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
