using SecureChat.Ledger.Storage;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Admin.Sources;

/// <summary>What a PATH on the command line turned out to be.</summary>
/// <param name="Path">The database file, or the exported folder.</param>
/// <param name="IsDatabase">Whether it is a database file.</param>
internal sealed record LogPlace(string Path, bool IsDatabase)
{
    /// <summary>Looks at what stands at a path: a data folder, a ledger.db or a copy of one, an exported folder.</summary>
    /// <exception cref="CommandRefusedException">There is nothing, or something else.</exception>
    public static LogPlace Find(string path)
    {
        if (File.Exists(path))
        {
            return new LogPlace(path, IsDatabase: true);
        }

        if (!Directory.Exists(path))
        {
            throw CommandRefusedException.Unreadable($"There is nothing at {path}, or it may not be read.");
        }

        string database = System.IO.Path.Combine(path, LedgerFile.FileName);
        if (File.Exists(database))
        {
            return new LogPlace(database, IsDatabase: true);
        }

        // An export that lost its checkpoint is still one: the verifier says what is missing.
        return System.IO.Path.Exists(System.IO.Path.Combine(path, "checkpoint")) || Directory.Exists(System.IO.Path.Combine(path, "tile"))
            ? new LogPlace(path, IsDatabase: false)
            : throw CommandRefusedException.Unreadable($"The folder {path} holds neither a {LedgerFile.FileName} nor an exported ledger, or it may not be read.");
    }

    /// <summary>A data folder that commands write into.</summary>
    /// <exception cref="CommandRefusedException">It holds no ledger: none is made here.</exception>
    public static string DataFolder(string folder) =>
        File.Exists(System.IO.Path.Combine(folder, LedgerFile.FileName))
            ? folder
            : throw CommandRefusedException.Unreadable($"{folder} is no data folder with a {LedgerFile.FileName}, or it may not be read.");

    /// <summary>A policy from the file that was named on the command line.</summary>
    /// <param name="file">The file, or null.</param>
    public static WitnessPolicy? Policy(string? file)
    {
        if (file is null)
        {
            return null;
        }

        return WitnessPolicy.Parse(Read(file)).TryGet(out WitnessPolicy? policy, out string? reason)
            ? policy
            : throw CommandRefusedException.Usage($"{file} is no policy: {reason}.");
    }

    /// <summary>The bytes of a small file that was named on the command line.</summary>
    public static byte[] Read(string file)
    {
        if (!File.Exists(file))
        {
            throw CommandRefusedException.Unreadable($"There is no file {file}, or it may not be read.");
        }

        return new FileInfo(file).Length <= SignedNote.MaximumBytes
            ? File.ReadAllBytes(file)
            : throw CommandRefusedException.Usage($"{file} is larger than such a file can be.");
    }
}
