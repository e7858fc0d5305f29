using System.Buffers.Binary;
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
    /// <summary>
    /// Parameters of the SQLite URI under which the file is opened for reading, null for its plain path: SQLite makes or
    /// changes files beside a database that it only reads, and whoever reads somebody else's file must not.
    /// </summary>
    public string? ReadingParameters { get; init; }

    /// <summary>
    /// Opens it for this process alone: what its connections share is in memory, and not in a file beside the database for which a
    /// full disk has no room. Every other program finds the database locked as long as one of them is open.
    /// </summary>
    public bool Alone { get; init; }

    /// <summary>Whether this system knows <see cref="Alone"/>.</summary>
    public static bool KnowsAlone => !OperatingSystem.IsWindows();

    private const int HeaderLength = 100;
    private const int VersionAt = 60;
    private const int ApplicationIdAt = 68;
    private const int Error = 1;
    private const int Busy = 5;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int Constraint = 19;
    private const int Mismatch = 20;
    private const int NotADatabase = 26;
    private const int ConstraintTrigger = Constraint | (7 << 8);
    private const int SharedMemorySize = 10 | (19 << 8);

    /// <summary>Looks at the file, makes it when it is not there, and refuses one that is not ours.</summary>
    /// <returns>The schema version found; <see cref="Version"/> for a new file. Lower ones are upgraded by the caller.</returns>
    /// <exception cref="DataFolderException">The file belongs to something else, or to a newer version of this program.</exception>
    public int Prepare()
    {
        if (!File.Exists(Path) || new FileInfo(Path).Length == 0)
        {
            Create();
        }

        int version = Look();
        OwnerOnly.TightenFile(Path);
        if (File.Exists($"{Path}-journal"))
        {
            // A crash while the file was changed over to its write-ahead log. Taking that back is writing, and the first to look read only.
            Open().Dispose();
        }

        return version;
    }

    /// <summary>Looks at the file without touching it, and refuses one that is not ours.</summary>
    /// <returns>The schema version found.</returns>
    /// <exception cref="DataFolderException">The file belongs to something else, or to a newer version of this program.</exception>
    public int Look()
    {
        // Whose it is says the header, read as plain bytes: SQLite would leave a WAL beside a foreign file. Ours has its mark in
        // the main file from the moment it exists.
        Span<byte> header = stackalloc byte[HeaderLength];
        using (FileStream look = new(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            header = header[..look.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false)];
        }

        if (!header.StartsWith("SQLite format 3\0"u8)
            || header.Length < HeaderLength
            || BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdAt..]) != ApplicationId)
        {
            throw new DataFolderException(
                $"{Path} was not made by this relay and is left untouched: move it away. If it comes from the Node.js server, "
                + "import it into a new folder with: securechat-admin import OLD.db FOLDER");
        }

        int version = BinaryPrimitives.ReadInt32BigEndian(header[VersionAt..]);
        if (version > Version)
        {
            throw new DataFolderException($"{Path} was written by a newer version of this relay (schema {version}); this one knows {Version}.");
        }

        return version;
    }

    // Made under another name and moved into place: a crash leaves no file of ours without its mark.
    private void Create()
    {
        string unfinished = Path + ".new";
        File.Delete(unfinished);
        OwnerOnly.CreateFile(unfinished).Dispose();
        using (SqliteConnection connection = (this with { Path = unfinished }).Connect(SqliteOpenMode.ReadWrite))
        {
            // Nobody misses an unfinished file after a crash, so it is synced once, when it is whole.
            Execute(connection, "PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;");
            Execute(connection, $"BEGIN; {Schema}\nPRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version}; COMMIT;");
            UseWriteAheadLog(connection);
        }

        using (FileStream whole = new(unfinished, FileMode.Open, FileAccess.ReadWrite))
        {
            whole.Flush(flushToDisk: true);
        }

        // What stands beside a file that is gone would be played into the new one; SQLite itself drops it when it makes the file.
        File.Delete($"{Path}-wal");
        File.Delete($"{Path}-shm");
        File.Delete($"{Path}-journal");
        File.Move(unfinished, Path, overwrite: true);
    }

    /// <summary>
    /// A connection for writing. synchronous=FULL makes a COMMIT durable; secure_delete overwrites what is deleted;
    /// recursive_triggers closes the way of INSERT OR REPLACE around the append-only triggers.
    /// </summary>
    public SqliteConnection Open()
    {
        SqliteConnection connection = Connect(SqliteOpenMode.ReadWrite);
        try
        {
            UseWriteAheadLog(connection);
            Execute(connection, """
                PRAGMA synchronous = FULL;
                PRAGMA secure_delete = ON;
                PRAGMA recursive_triggers = ON;
                PRAGMA foreign_keys = ON;
                """);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // SQLite answers with the mode that holds, without an error where it could not change it (a file system without shared memory).
    private void UseWriteAheadLog(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL";
        if (command.ExecuteScalar() is not "wal")
        {
            throw new DataFolderException($"{Path} stands on a file system on which SQLite cannot keep a write-ahead log: move DATA_DIR to a local disk.");
        }
    }

    /// <summary>A connection that can only read, and never blocks the writer.</summary>
    public SqliteConnection OpenForReading()
    {
        // SQLite takes a file for one process only through a connection that could write.
        SqliteConnection connection = Connect(Alone ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly, ReadingParameters);
        if (Alone)
        {
            Execute(connection, "PRAGMA query_only = ON");
        }

        return connection;
    }

    /// <summary>
    /// Copies what is committed into one file that is for its owner only, in one read transaction, which keeps no writer waiting. What
    /// was deleted is not in it: SQLite writes it anew row by row, and with secure_delete leaves nothing behind of what it moves on the
    /// way, where no later erasing would find it.
    /// </summary>
    /// <param name="path">Where; there must be nothing.</param>
    public void CopyTo(string path)
    {
        // The file first: it belongs to its owner only before anything is in it, and SQLite takes an empty one.
        OwnerOnly.CreateFile(path).Dispose();
        using SqliteConnection connection = OpenForReading();
        using SqliteCommand copy = connection.CreateCommand();
        copy.CommandText = "PRAGMA secure_delete = ON; VACUUM INTO $path";
        copy.Parameters.AddWithValue("$path", System.IO.Path.GetFullPath(path));
        copy.ExecuteNonQuery();
    }

    private SqliteConnection Connect(SqliteOpenMode mode, string? parameters = null)
    {
        string source = parameters is null ? Path : $"{new Uri(System.IO.Path.GetFullPath(Path)).AbsoluteUri}?{parameters}";
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 5,
            Vfs = Alone ? "unix-excl" : null,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout = 5000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>From now on what is written through a connection stays in the WAL until somebody moves it into the main file.</summary>
    internal static void KeepInLog(SqliteConnection connection) => Execute(connection, "PRAGMA wal_autocheckpoint = 0");

    /// <summary>Whether SQLite found a file damaged: trying again does not help.</summary>
    /// <param name="failed">What it said.</param>
    public static bool IsDamage(SqliteException failed) => failed.SqliteErrorCode is Corrupt or NotADatabase;

    /// <summary>Whether the disk had no room: nothing is wrong with the file, and it can be tried again.</summary>
    /// <param name="failed">What SQLite said.</param>
    public static bool IsFull(SqliteException failed) => failed.SqliteErrorCode == Full || failed.SqliteExtendedErrorCode == SharedMemorySize;

    /// <summary>
    /// Whether nothing was written and it can be tried again: no room, or somebody else's lock. Without room for the index of the WAL it is not
    /// known, because by then the frames of a commit may be in the WAL.
    /// </summary>
    /// <param name="failed">What SQLite said.</param>
    public static bool IsPassing(SqliteException failed) => failed.SqliteErrorCode is Full or Busy;

    /// <summary>
    /// Whether tables or rows are others than this program left there: trying again does not help, and writing them anew might. Not so a trigger
    /// that somebody made, which refuses new rows like old ones and lets them pass when it is gone.
    /// </summary>
    /// <param name="failed">What SQLite said.</param>
    public static bool IsEdited(SqliteException failed) =>
        failed.SqliteErrorCode is Error or Constraint or Mismatch && failed.SqliteExtendedErrorCode != ConstraintTrigger;

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
