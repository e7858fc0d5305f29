using System.Buffers.Binary;

namespace SecureChat.Ledger.Transparency;

/// <summary>
/// One signature line of a note.
/// <code>
/// sigline = U+2014 SP keyname SP base64(keyid[4] || signature) LF
/// </code>
/// </summary>
public sealed class NoteSignature
{
    private const string LineStart = "\u2014 ";
    private const int KeyIdLength = 4;

    internal NoteSignature(string keyName, uint keyId, byte[] bytes)
    {
        KeyName = keyName;
        KeyId = keyId;
        Bytes = bytes;
    }

    /// <summary>The name of the key that is said to have signed.</summary>
    public string KeyName { get; }

    /// <summary>The key's identifier, see <see cref="VerifierKey.KeyId"/>.</summary>
    public uint KeyId { get; }

    /// <summary>The signature as its type defines it: 64 bytes for type 01, 72 for type 04, anything for types unknown here.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The line, with its LF.</summary>
    public string Format()
    {
        byte[] blob = new byte[KeyIdLength + Bytes.Length];
        BinaryPrimitives.WriteUInt32BigEndian(blob, KeyId);
        Bytes.Span.CopyTo(blob.AsSpan(KeyIdLength));
        return $"{LineStart}{KeyName} {Convert.ToBase64String(blob)}\n";
    }

    /// <summary>A signature from its line, given without the LF.</summary>
    public static Parsed<NoteSignature> Parse(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> rest = line.StartsWith(LineStart, StringComparison.Ordinal) ? line[LineStart.Length..] : default;
        int space = rest.IndexOf(' ');
        if (space < 0)
        {
            return new Invalid("a signature line is an em dash, a key name and base64");
        }

        string name = rest[..space].ToString();
        if (!KeyNames.IsValid(name))
        {
            return new Invalid("a key name is not empty and has no spaces, control characters or plus signs");
        }

        return Canonical.Base64(rest[(space + 1)..]) is { Length: > KeyIdLength } blob
            ? new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(blob), blob[KeyIdLength..])
            : new Invalid("a signature is a key id and at least one byte in canonical base64");
    }

    /// <summary>The line without its LF.</summary>
    public override string ToString() => Format().TrimEnd('\n');
}
