using SecureChat.Ledger.Circle.Names;
using SecureChat.Projections;

namespace SecureChat.Web.Relay;

/// <summary>Hands a KEY_DISTRIBUTION to the one it is for, as far as that member is online. Nothing of it is kept.</summary>
internal static class KeyDistribution
{
    private const int LongestChannelId = (2 * MemberId.MaxLength) + 1;
    private const int LongestMemberId = MemberId.MaxLength;

    /// <summary>Forwards the frame; whoever is offline, unknown or not in the channel gets nothing.</summary>
    public static void Forward(
        Connection from, ClientFrame frame, ReadOnlySpan<byte> text, Roster roster, Presence presence, FlushList flush)
    {
        JsonSlice channelId = frame[FrameField.ChannelId];
        JsonSlice to = frame[FrameField.ToMemberId];
        JsonSlice blob = frame[FrameField.EncryptedKeyBlob];
        RosterMember sender = from.Member!.Identity;
        if (!frame[FrameField.FromMemberId].IsText || !channelId.IsText || !to.IsText || !blob.IsText)
        {
            from.Refuse(flush, FrameErrors.MissingFields);
            return;
        }

        if (!Dispatcher.Says(frame[FrameField.FromMemberId], text, sender.Utf8Id))
        {
            from.Refuse(flush, FrameErrors.NotYourself);
            return;
        }

        ChannelMembers channel = roster.ChannelOf(channelId.Value(text, stackalloc byte[LongestChannelId]), sender);
        if (channel.Count == 0)
        {
            from.Refuse(flush, FrameErrors.ChannelNotFound);
            return;
        }

        if (roster.MemberOf(to.Value(text, stackalloc byte[LongestMemberId])) is { } recipient && channel.Contains(recipient))
        {
            SharedFrame forwarded = Write(ServerFrames.Quoted(sender.Id), channelId.Quoted(text), blob.Quoted(text));
            foreach (Connection connection in presence.Of(recipient.Handle))
            {
                connection.Outbox.Append(flush, forwarded);
            }

            forwarded.Release();
        }
    }

    private static SharedFrame Write(ReadOnlySpan<byte> sender, ReadOnlySpan<byte> channelId, ReadOnlySpan<byte> blob)
    {
        byte[] start =
        [
            .. """{"type":"KEY_DISTRIBUTION","payload":{"from_member_id":"""u8, .. sender, .. ",\"channel_id\":"u8, .. channelId,
        ];
        return SharedFrame.Of(start, ",\"encrypted_key_blob\":"u8, blob, "}}"u8);
    }
}
