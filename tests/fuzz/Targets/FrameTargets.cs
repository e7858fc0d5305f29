using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using SecureChat.Ledger.Keys;
using SecureChat.Projections;
using SecureChat.Web.Relay;

namespace SecureChat.FuzzTests;

/// <summary>What comes over a WebSocket: the bytes of a connection, and the JSON in a message.</summary>
internal static class FrameTargets
{
    private const int MaxFragments = 8;
    private const int MaxMessageBytes = 4096;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    private static readonly Dictionary<FrameField, string> WireNames = new()
    {
        [FrameField.MemberId] = "member_id",
        [FrameField.Signature] = "signature",
        [FrameField.ChannelId] = "channel_id",
        [FrameField.MessageId] = "message_id",
        [FrameField.SenderId] = "sender_id",
        [FrameField.SenderKey] = "sender_curve25519_public_key",
        [FrameField.EncryptedBlob] = "encrypted_blob",
        [FrameField.EncryptedKeyBlob] = "encrypted_key_blob",
        [FrameField.RequestId] = "request_id",
        [FrameField.Statement] = "statement",
    };

    private static readonly Roster Circle = new(3, requestsLocked: false, [Member(0, "ada"), Member(1, "ben"), Member(2, "cleo")], []);

    /// <summary>The first byte says in how large pieces the rest arrives.</summary>
    public static Target Reader => new("frame-reader", ReadStream, SeedsOfReader);

    public static Target Client => new("client-frame", ReadFrame, SeedsOfClient);

    private static void ReadStream(byte[] input)
    {
        FrameReader reader = new(MaxFragments) { MaxMessageBytes = MaxMessageBytes };
        ReadOnlySpan<byte> rest = input;
        int piece = 1 + (input.Length > 0 ? input[0] : 0);
        rest = rest[Math.Min(1, rest.Length)..];
        while (!rest.IsEmpty)
        {
            Memory<byte> free = reader.Free();
            int count = Math.Min(Math.Min(piece, rest.Length), free.Length);
            rest[..count].CopyTo(free.Span);
            rest = rest[count..];
            reader.Received(count);
            Incoming incoming;
            while ((incoming = reader.Next()) != Incoming.Nothing)
            {
                if (incoming is Incoming.Violation or Incoming.TooBig)
                {
                    reader.Abandon();
                    return;
                }

                Look(reader.Payload, incoming);
            }

            reader.ClearRead();
            if (reader.IsEmpty)
            {
                reader.Release();
            }
        }

        reader.Abandon();
    }

    private static void Look(ReadOnlySpan<byte> payload, Incoming incoming)
    {
        bool data = incoming is Incoming.Text or Incoming.Binary;
        Target.Must(payload.Length <= (data ? MaxMessageBytes : ClosePayload.MaxLength), "a message is no longer than the limit");
        if (incoming == Incoming.Close)
        {
            (int code, _) = ClosePayload.Answer(payload);
            Target.Must(code == CloseCode.NoStatus || CloseCode.MayBeSent(code), "a close is answered with a code that may be sent");
        }
    }

    private static void ReadFrame(byte[] input)
    {
        ClientFrame frame = ClientFrame.OfThisThread;
        bool isUtf8 = Utf8.IsValid(input);
        frame.Read(input, isUtf8, Circle, Circle.Members[0]);
        using JsonDocument? document = isUtf8 ? Parse(input) : null;
        Target.Must(frame.Problem == FrameErrors.InvalidJson == (document is null), "what .NET's parser takes is JSON, and nothing else");
        foreach (RecipientEntry recipient in frame.Recipients)
        {
            ReadOnlySpan<byte> quoted = recipient.Blob.Quoted(input);
            Target.Must(quoted[0] == '"' && quoted[^1] == '"' && recipient.Member != Circle.Members[0], "a blob is a string for somebody else");
        }

        // .NET finds nothing in an object with half of a surrogate pair in a name; the relay passes such a name over.
        if (frame.Problem is null && HasWholeNames(document!.RootElement) && frame.Type is not (FrameType.Unknown or FrameType.Ping)
            && document!.RootElement.TryGetProperty("payload", out JsonElement payload) && payload.ValueKind == JsonValueKind.Object)
        {
            CompareTexts(frame, input, payload);
        }
    }

    private static void CompareTexts(ClientFrame frame, byte[] input, JsonElement payload)
    {
        foreach ((FrameField field, string name) in WireNames)
        {
            JsonSlice slice = frame[field];
            Target.Must(payload.TryGetProperty(name, out JsonElement value) == (slice.Kind != JsonTokenType.None), $"{name} is found when it is there");
            if (slice.Kind == JsonTokenType.String && JsonText.Text(slice.Raw(input), slice.Escaped) is { } text)
            {
                Target.Must(text == value.GetString(), $"{name} says what it says to .NET's parser");
            }
        }
    }

    private static bool HasWholeNames(JsonElement json)
    {
        try
        {
            return json.ValueKind != JsonValueKind.Object || json.EnumerateObject().All(member => member.Name.Length >= 0 && HasWholeNames(member.Value));
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static JsonDocument? Parse(byte[] input)
    {
        try
        {
            return JsonDocument.Parse(input, Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static RosterMember Member(long handle, string id)
    {
        using RSA rsa = RSA.Create(2048);
        string pem = rsa.ExportSubjectPublicKeyInfoPem();
        Target.Must(RsaPublicKey.TryParse(pem, out RsaPublicKey? key, out string problem), problem);
        return new RosterMember(handle, id, id, pem, "", 1, new RsaVerifier(key!), Curve25519: null);
    }

    private static IEnumerable<byte[]> SeedsOfReader()
    {
        byte[] ping = [0x81, 0x8F, 0, 0, 0, 0, .. """{"type":"PING"}"""u8];
        yield return [255, .. ping, 0x89, 0x82, 1, 2, 3, 4, 5, 6, 0x8A, 0x80, 0, 0, 0, 0];
        yield return [0, 0x01, 0x81, 0, 0, 0, 0, (byte)'{', 0x89, 0x80, 0, 0, 0, 0, 0x80, 0x81, 0, 0, 0, 0, (byte)'}'];
        yield return [3, 0x82, 0xFE, 0, 126, 9, 9, 9, 9, .. new byte[126], 0x88, 0x82, 0, 0, 0, 0, 3, 0xE8];
        yield return [255, 0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    }

    private static IEnumerable<byte[]> SeedsOfClient() =>
        new[]
        {
            """{"type":"PING"}""",
            """{"type":"AUTH","payload":{"member_id":"ada","signature":"AA==","timestamp":1790000000000,"statement":"a\nb"}}""",
            """{"type":"ACK","payload":{"message_id":"\ud83d\ude00\ud800"}}""",
            """{"type":"MESSAGE","payload":{"channel_id":"general","message_id":"m","sender_id":"\u0061da","sender_curve25519_public_key":null,"recipients":[{"member_id":"ben","encrypted_blob":"x"},{"member_id":"\u0063leo","encrypted_blob":"\\\""}]}}""",
            """{"type":"MESSAGE","payload":{"channel_id":"ada:ben","sender_id":"ada","encrypted_blob":"x"}}""",
            """{"type":"KEY_DISTRIBUTION","payload":{"from_member_id":"ada","to_member_id":"ben","channel_id":"general","encrypted_key_blob":"k"}}""",
            """{"type":"JOIN_RESPONSE","payload":{"request_id":"r","approved":true,"member_id":"ada","statement":"s","statement_signature":"t"}}""",
        }.Select(Target.Bytes);
}
