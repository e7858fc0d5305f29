using System.Globalization;

namespace SecureChat.Ledger.Transparency;

/// <summary>What keys are called, and how name, key id and key stand together in one string.</summary>
internal static class KeyNames
{
    private const int KeyIdDigits = 8;

    public static bool IsValid(string name) =>
        name.Length > 0
        && Canonical.IsWellFormed(name)
        && !name.Any(character => char.IsWhiteSpace(character) || character is '+' or < ' ');

    // Split at the first two plus signs only: base64 has plus signs of its own.
    public static bool TrySplit(string text, out string name, out uint keyId, out byte[] encoded)
    {
        (name, keyId, encoded) = ("", 0, []);
        string[] parts = text.Split('+', 3);
        if (parts.Length != 3 || parts[1].Length != KeyIdDigits || Canonical.Base64(parts[2]) is not { } bytes)
        {
            return false;
        }

        (name, encoded) = (parts[0], bytes);
        return uint.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out keyId) && parts[1] == $"{keyId:x8}";
    }
}
