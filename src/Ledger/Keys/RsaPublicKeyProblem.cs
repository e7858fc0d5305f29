namespace SecureChat.Ledger.Keys;

/// <summary>Why a text is no acceptable RSA public key: sentences for the person at the client. None quotes the text.</summary>
internal static class RsaPublicKeyProblem
{
    internal const string PrivateKey =
        "What was sent as the public key holds a private key. A private key must never be sent to anybody: this one must be considered " +
        "compromised. Make a new pair and send its public key only.";
    internal const string TooLong = "The public key is longer than any RSA key of 8192 bits.";
    internal const string Certificate = "The public key is a certificate: send the RSA public key alone.";
    internal const string NotPem =
        "The public key must be one PEM text, BEGIN PUBLIC KEY or BEGIN RSA PUBLIC KEY, with nothing before, after or beside it.";
    internal const string NotBase64 = "The public key's PEM must hold nothing but the base64 of the key, in its standard form.";
    internal const string NotDer = "The public key's bytes are not the DER encoding that its PEM label announces.";
    internal const string NotRsa = "The public key must be an RSA key (rsaEncryption); other algorithms are not accepted.";
    internal const string Size = "The public key must be an RSA key of 2048 to 8192 bits.";
    internal const string Modulus = "The RSA key is not valid: its modulus must be a positive odd number without small factors.";
    internal const string Exponent = "The RSA key's public exponent must be an odd number from 3 to 2147483647.";
}
