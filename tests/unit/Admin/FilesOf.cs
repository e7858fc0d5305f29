using System.Security.Cryptography;
using System.Text;

namespace SecureChat.UnitTests.Admin;

/// <summary>Folders as somebody without any program of ours sees them.</summary>
internal static class FilesOf
{
    /// <summary>Each file with its time and the hash of its bytes.</summary>
    public static string[] Described(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file =>
            $"{Path.GetRelativePath(folder, file)} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexStringLower(SHA256.HashData(Bytes(file)))}"),
    ];

    /// <summary>The files in which a text stands.</summary>
    public static string[] With(string text, string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Bytes(file).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)
            .Select(file => Path.GetRelativePath(folder, file)),
    ];

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.WriteAllBytes(Path.Combine(to, Path.GetFileName(file)), Bytes(file));
        }
    }

    private static byte[] Bytes(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
