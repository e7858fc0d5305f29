namespace SecureChat.EnduranceTests.Hostile;

/// <summary>How members log in, as text.</summary>
internal static class Logins
{
    /// <summary>An AUTH frame with a pair that was never used.</summary>
    public static string Auth(this Person person)
    {
        var credentials = person.Sign();
        return $$$"""{"type":"AUTH","payload":{"member_id":"{{{person.Id}}}","signature":"{{{credentials.Signature}}}","timestamp":{{{credentials.Timestamp}}}}}""";
    }
}
