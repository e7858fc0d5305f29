using System.Text;
using SecureChat.Ledger.Transparency;

namespace SecureChat.Ledger.Storage;

/// <summary>
/// <c>ledger.key</c>: the key that signs checkpoints, in the skey form of signed notes. Its name is the origin of the log, chosen at the first start.
/// </summary>
public static class LogKey
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "ledger.key";

    private const int OriginBytes = 16;

    /// <summary>The origin of a log that nobody named.</summary>
    /// <param name="random">Fills a span with random bytes.</param>
    public static string RandomOrigin(FillRandom random)
    {
        Span<byte> bytes = stackalloc byte[OriginBytes];
        random(bytes);
        return $"securechat.invalid/ledger/{Convert.ToHexStringLower(bytes)}";
    }

    /// <summary>Reads the key, or null when there is none.</summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <exception cref="DataFolderException">The file is no key.</exception>
    public static SigningKey? Read(string dataFolder)
    {
        string path = Path.Combine(dataFolder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        OwnerOnly.TightenFile(path);
        return Parse(File.ReadAllText(path)) ?? throw new DataFolderException($"{path} is no signing key of a log. Restore it from a backup.");
    }

    /// <summary>The key in the text of such a file, or null when it is none.</summary>
    /// <param name="text">All of it.</param>
    public static SigningKey? Parse(string text) => SigningKey.Parse(text.TrimEnd('\n')).TryGet(out SigningKey? key, out _) ? key : null;

    /// <summary>Writes such a file, for its owner only, and returns when it is on the disk; there must be none yet.</summary>
    /// <param name="path">Where.</param>
    /// <param name="key">The key.</param>
    public static void Write(string path, SigningKey key)
    {
        using FileStream file = OwnerOnly.CreateFile(path);
        file.Write(Encoding.ASCII.GetBytes(key.FormatSecret() + "\n"));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Makes a key for an origin and keeps it, durably, before anything is signed with it.</summary>
    /// <param name="dataFolder">The data folder; it must hold no key yet.</param>
    /// <param name="origin">The key's name.</param>
    /// <param name="random">Fills a span with random bytes.</param>
    public static SigningKey Make(string dataFolder, string origin, FillRandom random)
    {
        Span<byte> seed = stackalloc byte[SigningKey.SeedLength];
        random(seed);
        SigningKey key = SigningKey.FromSeed(origin, seed);
        string path = Path.Combine(dataFolder, FileName);
        string unfinished = path + ".new";
        File.Delete(unfinished);
        Write(unfinished, key);

        // A crash before this leaves no key, and nothing was signed.
        File.Move(unfinished, path);
        return key;
    }
}
