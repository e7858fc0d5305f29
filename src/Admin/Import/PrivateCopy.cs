using System.Buffers.Binary;
using SecureChat.Ledger.Storage;

namespace SecureChat.Admin.Import;

/// <summary>
/// A copy of somebody else's database with what belongs to it, in a folder of its own: SQLite may need to write beside a file to
/// read all of it, and the original must stay as it is.
/// </summary>
internal sealed class PrivateCopy : IDisposable
{
    private const int HeaderLength = 100;

    // What was committed last may stand in one of these and nowhere else.
    private static readonly string[] Companions = ["-wal", "-journal"];

    private readonly string folder = Directory.CreateTempSubdirectory("securechat-admin-").FullName;

    private PrivateCopy()
    {
    }

    /// <summary>The copy.</summary>
    public string File => Path.Combine(folder, "old.db");

    /// <summary>Copies a database.</summary>
    /// <exception cref="CommandRefusedException">There is none, or somebody writes into it meanwhile.</exception>
    public static PrivateCopy Of(string path)
    {
        RequireDatabase(path);
        PrivateCopy copy = new();
        try
        {
            string before = Marks(path);
            foreach (string companion in Companions.Prepend("").Where(companion => System.IO.File.Exists(path + companion)))
            {
                Copy(path + companion, copy.File + companion);
            }

            return Marks(path) == before
                ? copy
                : throw CommandRefusedException.Unreadable($"{path} is being written: stop the old server first.");
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private static void RequireDatabase(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            throw CommandRefusedException.Unreadable($"There is no file {path}, or it may not be read.");
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length || !header.StartsWith("SQLite format 3\0"u8))
        {
            throw CommandRefusedException.Unreadable($"{path} is no SQLite database.");
        }

        // SQLite takes what is missing at the end for zeros. With a log beside it, the rest may stand there.
        if (file.Length < LengthOf(header) && !Companions.Any(companion => new FileInfo(path + companion) is { Exists: true, Length: > 0 }))
        {
            throw CommandRefusedException.Unreadable($"{path} is cut short: it has {file.Length} of {LengthOf(header)} bytes. Take a copy that is whole.");
        }
    }

    // Number and size of the pages, in the places where the header of an SQLite file has them (file format, section 1.3).
    private static long LengthOf(ReadOnlySpan<byte> header)
    {
        int pageSize = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        bool isCounted = header.Slice(24, sizeof(int)).SequenceEqual(header.Slice(92, sizeof(int)));
        return isCounted ? BinaryPrimitives.ReadUInt32BigEndian(header[28..]) * (pageSize == 1 ? 65_536L : pageSize) : 0;
    }

    // Not with the modes of the original, which may be those of a file that nobody may write.
    private static void Copy(string from, string to)
    {
        using FileStream source = new(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using FileStream target = OwnerOnly.CreateFile(to);
        source.CopyTo(target);
    }

    private static string Marks(string path) => string.Join(' ', Companions.Prepend("").Select(companion =>
        new FileInfo(path + companion) is { Exists: true } file ? $"{file.Length} {file.LastWriteTimeUtc:O}" : "none"));

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
