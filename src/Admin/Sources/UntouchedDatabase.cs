using Microsoft.Data.Sqlite;
using SecureChat.Ledger.Storage;

namespace SecureChat.Admin.Sources;

/// <summary>
/// Somebody else's database, opened so that nothing in its folder is made or changed. SQLite by itself makes files beside
/// a database in WAL mode even to read it; which of three ways avoids that depends on what stands there.
/// </summary>
internal sealed class UntouchedDatabase : IDisposable
{
    private const int ReadOnly = 8;

    private readonly string path;
    private readonly bool isImmutable;
    private readonly (long Length, DateTime Written) before;
    private readonly string? copy;

    private UntouchedDatabase(DatabaseFile file, bool sharesIndex)
    {
        path = file.Path;
        before = Mark(path);
        bool hasIndex = Path.Exists(IndexOf(path));
        if (!hasIndex && LengthOf(WalOf(path)) == 0)
        {
            // Nobody has it open, and everything is in the one file.
            isImmutable = true;
            File = file with { ReadingParameters = "immutable=1" };
        }
        else if (hasIndex)
        {
            // A relay runs, or one was killed. The index of the WAL is read as it is, or made in memory.
            File = sharesIndex ? file : file with { ReadingParameters = "readonly_shm=1" };
        }
        else
        {
            // A copy of a file and its WAL, whose index SQLite must make somewhere.
            copy = Directory.CreateTempSubdirectory("securechat-admin-").FullName;
            string copied = Path.Combine(copy, Path.GetFileName(path));
            System.IO.File.Copy(path, copied);
            System.IO.File.Copy(WalOf(path), WalOf(copied));
            File = file with { Path = copied };
        }
    }

    /// <summary>The file as it may be read.</summary>
    public DatabaseFile File { get; }

    /// <summary>Whether a relay may have it open; of one that was killed nobody can tell.</summary>
    public bool IsInUse => Path.Exists(IndexOf(path));

    /// <summary>
    /// Has something read without a trace, and where that cannot be, with the one trace that every reader of a running relay leaves: a
    /// note in the index of the WAL from where it reads. SQLite asks for it when the relay has just emptied the WAL and nobody has
    /// noted anything yet; of a relay that does not run it never does.
    /// </summary>
    /// <param name="read">Reads all of it; told whether to share the index. Called once more if need be.</param>
    public static T Read<T>(Func<bool, T> read)
    {
        try
        {
            return read(false);
        }
        catch (SqliteException refused) when (refused.SqliteErrorCode == ReadOnly)
        {
            return read(true);
        }
    }

    /// <summary>
    /// Whether somebody began to write while it was read as a file that nobody writes: what was read may be a mixture, and is to
    /// be read again.
    /// </summary>
    public bool WasDisturbed => isImmutable && (Path.Exists(IndexOf(path)) || Mark(path) != before);

    /// <summary>Opens a ledger.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sharesIndex">See <see cref="Read"/>.</param>
    /// <exception cref="DataFolderException">It is not one of ours.</exception>
    /// <exception cref="CommandRefusedException">It is from before there were signed heads.</exception>
    public static UntouchedDatabase Open(string path, bool sharesIndex)
    {
        DatabaseFile file = LedgerFile.At(path);
        if (file.Look() < LedgerFile.SchemaVersion)
        {
            throw CommandRefusedException.Unreadable(
                $"{path} was written by an older version of the relay and has no signed head yet. Start the relay once; it brings the file up to date.");
        }

        return new UntouchedDatabase(file, sharesIndex);
    }

    /// <summary>Opens a database of the present version.</summary>
    /// <param name="file">The file.</param>
    /// <param name="sharesIndex">See <see cref="Read"/>.</param>
    /// <exception cref="DataFolderException">It is not one of ours.</exception>
    public static UntouchedDatabase Open(DatabaseFile file, bool sharesIndex)
    {
        file.Look();
        return new UntouchedDatabase(file, sharesIndex);
    }

    private static string WalOf(string path) => path + "-wal";

    private static string IndexOf(string path) => path + "-shm";

    private static long LengthOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static (long Length, DateTime Written) Mark(string path) => (LengthOf(path), System.IO.File.GetLastWriteTimeUtc(path));

    public void Dispose()
    {
        if (copy is not null)
        {
            Directory.Delete(copy, recursive: true);
        }
    }
}
