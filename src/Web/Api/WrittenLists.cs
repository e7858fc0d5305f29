using System.Collections.Concurrent;
using System.Text.Json;
using SecureChat.Projections;

namespace SecureChat.Web.Api;

/// <summary>
/// The lists of members and of channels in the bytes of their answers: every client asks for them whenever it connects, and they
/// seldom change. Written when they are first asked for, and again when somebody came, left, connected or went.
/// </summary>
/// <param name="isOnline">Whether a member has a connection.</param>
internal sealed class WrittenLists(Func<RosterMember, bool> isOnline)
{
    // Both are replaced as a whole; two requests that write the same at once do no harm.
    private volatile MemberList? memberList;
    private volatile ChannelLists? channelLists;

    /// <summary>The answer with the members of a roster, who of them is online included.</summary>
    public byte[] Members(Roster roster)
    {
        IReadOnlyList<RosterMember> members = roster.Members;
        MemberList? written = memberList;
        if (written is null || written.Members != members || !written.IsStillSo(isOnline))
        {
            memberList = written = MemberList.Write(members, isOnline);
        }

        return written.Bytes;
    }

    /// <summary>The answer with the channels that one member of a roster is in.</summary>
    public byte[] Channels(Roster roster, RosterMember member)
    {
        IReadOnlyList<RosterMember> members = roster.Members;
        ChannelLists? written = channelLists;
        if (written is null || written.Members != members)
        {
            channelLists = written = new ChannelLists(members);
        }

        return written.ByMember.GetOrAdd(member.Handle, static (_, about) => Write(about.members, about.member), (members, member));
    }

    private static byte[] Write(IReadOnlyList<RosterMember> members, RosterMember caller)
    {
        List<ChannelBody> channels = [new ChannelBody(Roster.General, "general", [.. members.Select(member => member.Id)])];
        channels.AddRange(members
            .Where(member => member != caller)
            .Select(member => Roster.DirectChannel(caller.Id, member.Id))
            .Select(id => new ChannelBody(id, "dm", id.Split(':'))));
        return JsonSerializer.SerializeToUtf8Bytes(new ChannelsBody(channels), AnswerJson.Default.ChannelsBody);
    }

    private sealed record MemberList(IReadOnlyList<RosterMember> Members, bool[] Online, byte[] Bytes)
    {
        public static MemberList Write(IReadOnlyList<RosterMember> members, Func<RosterMember, bool> isOnline)
        {
            bool[] online = [.. members.Select(isOnline)];
            MembersBody body = new([.. members.Zip(online, (member, here) => new MemberBody(
                member.Id, member.DisplayName, member.PublicKey, member.Curve25519PublicKey, member.JoinedAt, here))]);
            return new MemberList(members, online, JsonSerializer.SerializeToUtf8Bytes(body, AnswerJson.Default.MembersBody));
        }

        public bool IsStillSo(Func<RosterMember, bool> isOnline)
        {
            for (int member = 0; member < Online.Length; member++)
            {
                if (isOnline(Members[member]) != Online[member])
                {
                    return false;
                }
            }

            return true;
        }
    }

    private sealed record ChannelLists(IReadOnlyList<RosterMember> Members)
    {
        public ConcurrentDictionary<long, byte[]> ByMember { get; } = [];
    }
}
