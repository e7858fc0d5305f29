using System.Security.Cryptography;
using System.Text;
using SecureChat.Ledger.Storage;
using SecureChat.Web.Start;

namespace SecureChat.Web.Security;

/// <summary>
/// The secret that registers the founder. Only its hash is kept in memory; after the founder registered, it is void because the
/// ledger says so, whatever the setting holds.
/// </summary>
public sealed class FounderKey
{
    /// <summary>The shortest key that may be set, in characters.</summary>
    public const int MinLength = 12;

    private const int MadeBytes = 24;

    // What templates and examples hold, the Node.js server's among them: everybody knows these.
    private static readonly string[] Placeholders =
        ["your_secret_founder_key_here", "your_secret_founder_key", "your_secret_key_here", "changemechangeme", "change-me-please", "founder_key_here"];

    private readonly byte[] hash;

    private FounderKey(string key, string? file)
    {
        hash = Hash(key);
        File = file;
    }

    /// <summary>Where a key that was made stands, or null when it was set.</summary>
    public string? File { get; }

    /// <summary>The key for a circle without a founder: the one that is set, or one made and kept in the data folder.</summary>
    /// <param name="setting">FOUNDER_KEY, or null.</param>
    /// <param name="dataFolder">Where a made key is kept.</param>
    /// <exception cref="SettingException">The key that is set can be guessed.</exception>
    public static FounderKey Establish(string? setting, string dataFolder)
    {
        if (setting is null)
        {
            string file = FileIn(dataFolder);
            return new FounderKey(ReadOrMake(file), file);
        }

        if (setting.Length < MinLength || Placeholders.Contains(setting, StringComparer.OrdinalIgnoreCase))
        {
            throw new SettingException(
                $"FOUNDER_KEY is a placeholder or has under {MinLength} characters: choose a longer secret, or remove it and one is made for you.");
        }

        return new FounderKey(setting, file: null);
    }

    /// <summary>Whether this is the key; takes the same time wherever it differs.</summary>
    /// <param name="candidate">What a client sent.</param>
    public bool Is(string candidate) => CryptographicOperations.FixedTimeEquals(hash, Hash(candidate));

    /// <summary>Deletes a made key, once it has been used.</summary>
    /// <param name="dataFolder">The data folder.</param>
    public static void Forget(string dataFolder) => System.IO.File.Delete(FileIn(dataFolder));

    private static string FileIn(string dataFolder) => Path.Combine(dataFolder, "founder.key");

    private static string ReadOrMake(string file)
    {
        if (System.IO.File.Exists(file))
        {
            OwnerOnly.TightenFile(file);
            string kept = System.IO.File.ReadAllText(file).Trim();
            if (kept.Length >= MinLength && !kept.Any(char.IsControl))
            {
                return kept;
            }
        }

        // Under another name first: a crash leaves a whole key or none, never a short one that can be guessed.
        string made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(MadeBytes));
        string unfinished = file + ".new";
        System.IO.File.Delete(unfinished);
        using (FileStream stream = OwnerOnly.CreateFile(unfinished))
        {
            stream.Write(Encoding.ASCII.GetBytes(made + "\n"));
            stream.Flush(flushToDisk: true);
        }

        System.IO.File.Move(unfinished, file, overwrite: true);
        return made;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
