namespace SecureChat.Web.Relay;

/// <summary>What a client's frame asks for.</summary>
internal enum FrameType
{
    /// <summary>The frame says a type that the relay does not know.</summary>
    Unknown,
    Auth,
    Message,
    Ack,
    KeyDistribution,
    JoinResponse,
    Ping,
}

/// <summary>The names in a client's frame that mean something; all others are passed over.</summary>
internal enum FrameField
{
    None,
    Type,
    Payload,
    MemberId,
    Signature,
    Timestamp,
    ChannelId,
    MessageId,
    SenderId,
    SenderKey,
    Recipients,
    EncryptedBlob,
    FromMemberId,
    ToMemberId,
    EncryptedKeyBlob,
    RequestId,
    Approved,
    Statement,
    StatementSignature,
}

/// <summary>From the names on the wire to what they mean.</summary>
internal static class FrameNames
{
    /// <summary>How many fields there are.</summary>
    public const int FieldCount = (int)FrameField.StatementSignature + 1;

    /// <summary>No name that means something is longer.</summary>
    public const int Longest = 32;

    /// <summary>The field of a name.</summary>
    public static FrameField Field(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when name.SequenceEqual("type"u8) => FrameField.Type,
        7 when name.SequenceEqual("payload"u8) => FrameField.Payload,
        8 when name.SequenceEqual("approved"u8) => FrameField.Approved,
        9 when name.SequenceEqual("member_id"u8) => FrameField.MemberId,
        9 when name.SequenceEqual("sender_id"u8) => FrameField.SenderId,
        9 when name.SequenceEqual("signature"u8) => FrameField.Signature,
        9 when name.SequenceEqual("timestamp"u8) => FrameField.Timestamp,
        9 when name.SequenceEqual("statement"u8) => FrameField.Statement,
        10 when name.SequenceEqual("message_id"u8) => FrameField.MessageId,
        10 when name.SequenceEqual("channel_id"u8) => FrameField.ChannelId,
        10 when name.SequenceEqual("recipients"u8) => FrameField.Recipients,
        10 when name.SequenceEqual("request_id"u8) => FrameField.RequestId,
        12 when name.SequenceEqual("to_member_id"u8) => FrameField.ToMemberId,
        14 when name.SequenceEqual("encrypted_blob"u8) => FrameField.EncryptedBlob,
        14 when name.SequenceEqual("from_member_id"u8) => FrameField.FromMemberId,
        18 when name.SequenceEqual("encrypted_key_blob"u8) => FrameField.EncryptedKeyBlob,
        19 when name.SequenceEqual("statement_signature"u8) => FrameField.StatementSignature,
        28 when name.SequenceEqual("sender_curve25519_public_key"u8) => FrameField.SenderKey,
        _ => FrameField.None,
    };

    /// <summary>The type of a frame.</summary>
    public static FrameType Type(ReadOnlySpan<byte> type) => type switch
    {
        _ when type.SequenceEqual("MESSAGE"u8) => FrameType.Message,
        _ when type.SequenceEqual("ACK"u8) => FrameType.Ack,
        _ when type.SequenceEqual("AUTH"u8) => FrameType.Auth,
        _ when type.SequenceEqual("PING"u8) => FrameType.Ping,
        _ when type.SequenceEqual("KEY_DISTRIBUTION"u8) => FrameType.KeyDistribution,
        _ when type.SequenceEqual("JOIN_RESPONSE"u8) => FrameType.JoinResponse,
        _ => FrameType.Unknown,
    };
}
