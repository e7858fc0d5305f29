namespace SecureChat.ApprovalTests.Wire;

/// <summary>Frames that clients send.</summary>
internal static class Frames
{
    /// <summary>A frame of a type with these fields in its payload.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="fields">JSON, with ' where the frame has ".</param>
    public static string Of(string type, string fields) =>
        $"{{\"type\":\"{type}\",\"payload\":{{{fields.Replace('\'', '"')}}}}}";

    public static string Auth(Login login) =>
        Of("AUTH", $"'member_id':'{login.MemberId}','timestamp':{login.Timestamp},'signature':'{login.Signature}'");

    /// <param name="request">The request's id.</param>
    /// <param name="approved">JSON of any kind.</param>
    /// <param name="voter">An id.</param>
    public static string Vote(string request, string approved, string voter) =>
        Of("JOIN_RESPONSE", $"'request_id':'{request}','approved':{approved},'member_id':'{voter}'");
}
