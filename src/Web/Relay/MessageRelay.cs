using System.Security.Cryptography;
using System.Text.Json;
using SecureChat.Ledger.Circle.Names;
using SecureChat.Projections;

namespace SecureChat.Web.Relay;

/// <summary>
/// The way of a message: from the bytes in which it arrived straight into the outboxes of its recipients. Its texts are
/// copied as they stand in the frame, escapes included; nothing of it becomes a string or is kept.
/// </summary>
internal sealed class MessageRelay(Presence presence, Receipts receipts)
{
    private const int MaxMessageIdBytes = 1024;
    private const int LongestChannelId = (2 * MemberId.MaxLength) + 1;

    [ThreadStatic]
    private static long[]? handlesOfThisThread;

    [ThreadStatic]
    private static Connection[]?[]? onlineOfThisThread;

    /// <summary>Relays a MESSAGE of either form.</summary>
    public void Relay(Connection from, ClientFrame frame, ReadOnlySpan<byte> text, Roster roster, FlushList flush)
    {
        Span<byte> idSpace = stackalloc byte[MaxMessageIdBytes];
        Relay(from, frame, text, roster, idSpace, flush);
        // Where an id with escapes was read: a stack keeps what nobody overwrites.
        CryptographicOperations.ZeroMemory(idSpace);
    }

    private void Relay(Connection from, ClientFrame frame, ReadOnlySpan<byte> text, Roster roster, Span<byte> idSpace, FlushList flush)
    {
        SocketMember sender = from.Member!;
        JsonSlice id = frame[FrameField.MessageId];
        if (!TryReadId(id, text, idSpace, out ReadOnlySpan<byte> idValue))
        {
            from.Refuse(flush, FrameErrors.InvalidMessageId);
            return;
        }

        ReadOnlySpan<byte> quotedId = id.IsAbsent ? default : id.Quoted(text);
        ReadOnlySpan<byte> idName = id.IsAbsent ? default : ",\"message_id\":"u8;
        ChannelMembers channel = roster.ChannelOf(frame[FrameField.ChannelId].Value(text, stackalloc byte[LongestChannelId]), sender.Identity);
        if (Judge(frame, text, sender.Identity, channel) is { } error)
        {
            from.Refuse(flush, error, idName, quotedId);
            return;
        }

        bool toAll = frame[FrameField.Recipients].IsAbsent;
        ReadOnlySpan<long> handles = toAll ? Others(channel, sender.Identity) : Named(frame.Recipients, channel, roster);
        Span<Connection[]?> online = Online(handles.Length);
        if (id.IsAbsent)
        {
            presence.LookUp(handles, online);
        }
        else if (!receipts.TryTrack(sender.Receipts, idValue, quotedId, handles, online))
        {
            from.Refuse(flush, FrameErrors.DuplicateMessageId, idName, quotedId);
            return;
        }

        ReadOnlySpan<byte> key = sender.Key.Choose(frame[FrameField.SenderKey], text, roster);
        byte[] headBuffer = WriteHead(frame[FrameField.ChannelId].Quoted(text), idName, quotedId, out int headLength);
        ReadOnlySpan<byte> head = headBuffer.AsSpan(0, headLength);
        if (toAll)
        {
            SharedFrame same = SharedFrame.Of(head, frame[FrameField.EncryptedBlob].Quoted(text), sender.SenderFields, key, "}}"u8);
            SendToAll(online, same, flush);
        }
        else
        {
            SendToEach(frame.Recipients, handles, online, head, text, sender.SenderFields, key, flush);
        }

        ClearedBuffers.Return(headBuffer, headLength);
        online.Clear();
    }

    /// <summary>Counts an ACK.</summary>
    public void Acknowledge(Connection from, ClientFrame frame, ReadOnlySpan<byte> text, FlushList flush)
    {
        Span<byte> idSpace = stackalloc byte[MaxMessageIdBytes];
        Acknowledge(from, frame, text, idSpace, flush);
        CryptographicOperations.ZeroMemory(idSpace);
    }

    private void Acknowledge(Connection from, ClientFrame frame, ReadOnlySpan<byte> text, Span<byte> idSpace, FlushList flush)
    {
        JsonSlice id = frame[FrameField.MessageId];
        if (id.IsAbsent)
        {
            from.Refuse(flush, FrameErrors.MissingFields);
        }
        else if (!TryReadId(id, text, idSpace, out ReadOnlySpan<byte> value))
        {
            from.Refuse(flush, FrameErrors.InvalidMessageId);
        }
        else
        {
            receipts.Acknowledge(from.Member!.Identity.Handle, value);
        }
    }

    private static FrameError? Judge(ClientFrame frame, ReadOnlySpan<byte> text, RosterMember sender, ChannelMembers channel)
    {
        JsonSlice key = frame[FrameField.SenderKey];
        JsonSlice recipients = frame[FrameField.Recipients];
        return !frame[FrameField.ChannelId].IsText || !frame[FrameField.SenderId].IsText ? FrameErrors.MissingFields
            : key.Kind != JsonTokenType.String && !key.IsAbsent ? FrameErrors.InvalidSenderKey
            : recipients.Kind != JsonTokenType.StartArray && !recipients.IsAbsent ? FrameErrors.InvalidRecipients
            : recipients.IsAbsent && !frame[FrameField.EncryptedBlob].IsText ? FrameErrors.MissingFields
            : !Dispatcher.Says(frame[FrameField.SenderId], text, sender.Utf8Id) ? FrameErrors.NotYourself
            : channel.Count == 0 ? FrameErrors.ChannelNotFound
            : null;
    }

    private static bool TryReadId(JsonSlice id, ReadOnlySpan<byte> text, Span<byte> space, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (id.IsAbsent)
        {
            return true;
        }

        if (id.Kind != JsonTokenType.String)
        {
            return false;
        }

        value = id.Value(text, space);
        return value.Length <= MaxMessageIdBytes && (value.Length > 0 || id.Length == 0);
    }

    private static Span<long> Handles(int count)
    {
        if (handlesOfThisThread is null || handlesOfThisThread.Length < count)
        {
            handlesOfThisThread = new long[2 * count];
        }

        return handlesOfThisThread.AsSpan(0, count);
    }

    private static Span<Connection[]?> Online(int count)
    {
        if (onlineOfThisThread is null || onlineOfThisThread.Length < count)
        {
            onlineOfThisThread = new Connection[]?[2 * count];
        }

        return onlineOfThisThread.AsSpan(0, count);
    }

    private static ReadOnlySpan<long> Others(ChannelMembers channel, RosterMember sender)
    {
        Span<long> handles = Handles(channel.Count);
        int count = 0;
        for (int i = 0; i < channel.Count; i++)
        {
            if (channel[i] != sender)
            {
                handles[count++] = channel[i].Handle;
            }
        }

        return handles[..count];
    }

    private static ReadOnlySpan<long> Named(ReadOnlySpan<RecipientEntry> entries, ChannelMembers channel, Roster roster)
    {
        // The entries are active members: in a channel of all of them nobody needs to be looked for.
        bool all = channel.Count == roster.Members.Count;
        Span<long> handles = Handles(entries.Length);
        int count = 0;
        foreach (RecipientEntry entry in entries)
        {
            if (all || channel.Contains(entry.Member))
            {
                handles[count++] = entry.Member.Handle;
            }
        }

        return handles[..count];
    }

    // What comes before the blob, in all frames of a message alike.
    private static byte[] WriteHead(
        ReadOnlySpan<byte> quotedChannelId, ReadOnlySpan<byte> idName, ReadOnlySpan<byte> quotedId, out int length)
    {
        ReadOnlySpan<byte> start = """{"type":"MESSAGE","payload":{"channel_id":"""u8;
        ReadOnlySpan<byte> end = ",\"encrypted_blob\":"u8;
        length = start.Length + quotedChannelId.Length + idName.Length + quotedId.Length + end.Length;
        byte[] buffer = ClearedBuffers.Rent(length);
        Span<byte> rest = buffer;
        start.CopyTo(rest);
        quotedChannelId.CopyTo(rest = rest[start.Length..]);
        idName.CopyTo(rest = rest[quotedChannelId.Length..]);
        quotedId.CopyTo(rest = rest[idName.Length..]);
        end.CopyTo(rest[quotedId.Length..]);
        return buffer;
    }

    private static void SendToEach(
        ReadOnlySpan<RecipientEntry> entries,
        ReadOnlySpan<long> handles,
        ReadOnlySpan<Connection[]?> online,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> senderFields,
        ReadOnlySpan<byte> key,
        FlushList flush)
    {
        int next = 0;
        foreach (RecipientEntry entry in entries)
        {
            // The handles are those of the entries whose members are in the channel, in the same order.
            if (next == handles.Length || handles[next] != entry.Member.Handle)
            {
                continue;
            }

            foreach (Connection connection in online[next++].AsSpan())
            {
                connection.Outbox.Append(flush, head, entry.Blob.Quoted(text), senderFields, key, "}}"u8);
            }
        }
    }

    private static void SendToAll(ReadOnlySpan<Connection[]?> online, SharedFrame frame, FlushList flush)
    {
        foreach (Connection[]? connections in online)
        {
            foreach (Connection connection in connections.AsSpan())
            {
                connection.Outbox.Append(flush, frame);
            }
        }

        frame.Release();
    }
}
