using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SecureChat.Ledger.Circle;
using SecureChat.Projections;

namespace SecureChat.Web.Relay;

/// <summary>The frames that the relay writes of its own accord. Those that carry something of a message are put together
/// from pieces where they are sent, so that nothing of it passes through here.</summary>
internal static class ServerFrames
{
    // Clients read JSON, not HTML: a "+" in a key need not become six bytes.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary><c>{"type":"PONG"}</c>.</summary>
    public static ReadOnlySpan<byte> Pong => """{"type":"PONG"}"""u8;

    /// <summary>A request that waits for votes.</summary>
    public static SharedFrame JoinRequest(string request, Profile profile, string publicKey, long expires) => Write("JOIN_REQUEST", json =>
    {
        json.WriteString("request_id"u8, request);
        json.WriteString("requester_id"u8, profile.MemberId);
        json.WriteString("requester_name"u8, profile.DisplayName);
        json.WriteString("requester_public_key"u8, publicKey);
        json.WriteNumber("expires_at"u8, expires);
    });

    /// <summary>A request that waits for votes.</summary>
    public static SharedFrame JoinRequest(RosterRequest request) => JoinRequest(
        request.Id, new Profile(request.RequesterId, request.RequesterName), request.RequesterPublicKey, request.ExpiresAt);

    /// <summary>How a request ended: <c>approved</c>, <c>rejected</c> or <c>expired</c>.</summary>
    public static SharedFrame JoinRequestResolved(string request, string status) => Write("JOIN_REQUEST_RESOLVED", json =>
    {
        json.WriteString("request_id"u8, request);
        json.WriteString("status"u8, status);
    });

    /// <summary>Somebody was admitted.</summary>
    public static SharedFrame MemberJoined(Profile profile, string publicKey, string curve25519PublicKey) => Write("MEMBER_JOINED", json =>
    {
        json.WriteString("member_id"u8, profile.MemberId);
        json.WriteString("display_name"u8, profile.DisplayName);
        json.WriteString("public_key"u8, publicKey);
        json.WriteString("curve25519_public_key"u8, curve25519PublicKey);
    });

    /// <summary>Somebody left, or is no longer online.</summary>
    public static SharedFrame MemberLeft(string memberId) => Write("MEMBER_LEFT", json => json.WriteString("member_id"u8, memberId));

    /// <summary>Requests are refused, or no longer.</summary>
    public static SharedFrame RequestsLockChanged(bool locked) =>
        Write("REQUESTS_LOCK_CHANGED", json => json.WriteBoolean("locked"u8, locked));

    /// <summary>What has to be signed to log in.</summary>
    public static SharedFrame Challenge(SocketChallenge challenge) => Write("CHALLENGE", json =>
    {
        json.WriteString("challenge"u8, challenge.Challenge);
        json.WriteString("origin"u8, challenge.Origin);
    });

    /// <summary>The login succeeded, and what the relay takes from a connection.</summary>
    public static SharedFrame AuthOk(string memberId, RelayLimits limits) => Write("AUTH_OK", json =>
    {
        json.WriteString("member_id"u8, memberId);
        json.WriteStartObject("limits"u8);
        json.WriteNumber("max_message_bytes"u8, limits.MaxMessageBytes);
        json.WriteNumber("max_fragments"u8, limits.MaxFragments);
        json.WriteNumber("max_pending_messages"u8, limits.MaxPendingPerSender);
        json.WriteNumber("max_waiting_votes"u8, limits.MaxWaitingVotes);
        json.WriteNumber("max_connections"u8, limits.MaxConnectionsPerMember);
        json.WriteNumber("deliver_within_ms"u8, (long)limits.DeliverWithin.TotalMilliseconds);
        json.WriteNumber("ping_after_ms"u8, (long)limits.PingAfter.TotalMilliseconds);
        json.WriteNumber("pong_within_ms"u8, (long)limits.PongWithin.TotalMilliseconds);
        json.WriteEndObject();
    });

    /// <summary>The login failed.</summary>
    public static SharedFrame AuthFailed(string reason) => Write("AUTH_FAILED", json => json.WriteString("reason"u8, reason));

    /// <summary>The beginning of an <c>ERROR</c>, up to where an id may follow; <c>}}</c> ends it.</summary>
    public static byte[] ErrorHead(FrameError error)
    {
        ArrayBufferWriter<byte> bytes = Text("ERROR", json =>
        {
            json.WriteString("code"u8, error.Code);
            json.WriteString("reason"u8, error.Reason);
        });
        return bytes.WrittenSpan[..^2].ToArray();
    }

    /// <summary>A JSON string of this text, with its quotes.</summary>
    public static byte[] Quoted(string text)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, Options))
        {
            json.WriteStringValue(text);
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static SharedFrame Write(string type, Action<Utf8JsonWriter> payload) => SharedFrame.Of(Text(type, payload).WrittenSpan);

    private static ArrayBufferWriter<byte> Text(string type, Action<Utf8JsonWriter> payload)
    {
        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteStartObject("payload"u8);
            payload(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return bytes;
    }
}
