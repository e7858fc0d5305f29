using System.Text;

namespace SecureChat.FuzzTests;

/// <summary>Something that reads bytes of strangers. Whatever it throws, but for what it documents and catches itself, is a crash.</summary>
/// <param name="Name">How it is called on the command line; also the folder of its corpus.</param>
/// <param name="Execute">Reads one input, and holds what came out against what must be true of it.</param>
/// <param name="Seeds">Well-formed inputs to start from, made by the product's own writers.</param>
public sealed record Target(string Name, Action<byte[]> Execute, Func<IEnumerable<byte[]>> Seeds)
{
    /// <summary>All of them; the last one is the control.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        FrameTargets.Reader, FrameTargets.Client, RestTargets.Body, RestTargets.Signature, KeyTargets.Rsa, KeyTargets.Curve25519, KeyTargets.Base64,
        LedgerTargets.Entries, LedgerTargets.Addenda, LedgerTargets.Statements, NoteTargets.Notes, NoteTargets.Checkpoints, NoteTargets.Proofs,
        NoteTargets.Consistency, NoteTargets.Policies, NoteTargets.TilePaths, NoteTargets.Bundles, NoteTargets.Keys, NameTarget.Names, ControlTarget.Control,
    ];

    /// <summary>The text of an input. Invalid UTF-8 becomes U+FFFD, so that readers of text see odd characters too.</summary>
    public static string Text(byte[] input) => Encoding.UTF8.GetString(input);

    /// <summary>The bytes of a text.</summary>
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>What must be true of whatever was read.</summary>
    /// <exception cref="InvalidOperationException">It is not, which is a crash like any other.</exception>
    public static void Must(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"Not true: {what}");
        }
    }

    public override string ToString() => Name;
}
