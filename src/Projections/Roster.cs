using System.Text;
using SecureChat.Ledger.Keys;

namespace SecureChat.Projections;

/// <summary>An active member as the relay needs to know it.</summary>
/// <param name="Handle">The ledger position of the event that admitted this incarnation.</param>
/// <param name="Id">The member's id.</param>
/// <param name="DisplayName">The name as it was sent.</param>
/// <param name="PublicKey">The RSA key in PEM, as it was sent.</param>
/// <param name="Curve25519PublicKey">The Curve25519 key as it was sent, or empty.</param>
/// <param name="JoinedAt">Milliseconds since the Unix epoch.</param>
/// <param name="Verifier">Checks the member's signatures; the key was parsed once.</param>
/// <param name="Curve25519">The Curve25519 key for comparisons, or null when there is none.</param>
public sealed record RosterMember(
    long Handle,
    string Id,
    string DisplayName,
    string PublicKey,
    string Curve25519PublicKey,
    long JoinedAt,
    RsaVerifier Verifier,
    Curve25519PublicKey? Curve25519)
{
    /// <summary>The id in UTF-8.</summary>
    public byte[] Utf8Id { get; } = Encoding.UTF8.GetBytes(Id);

    /// <summary>One incarnation of one member, whatever else is known of it.</summary>
    public bool Equals(RosterMember? other) => other is not null && other.Handle == Handle;

    /// <inheritdoc/>
    public override int GetHashCode() => Handle.GetHashCode();
}

/// <summary>A pending request as members see it.</summary>
/// <param name="Id">The request's id.</param>
/// <param name="Position">The ledger position of its submission.</param>
/// <param name="RequesterId">Who asks.</param>
/// <param name="RequesterName">Under which name.</param>
/// <param name="RequesterPublicKey">RSA key in PEM, as it was sent.</param>
/// <param name="RequesterCurve25519PublicKey">Curve25519 key as it was sent, or empty.</param>
/// <param name="RequestedAt">Milliseconds since the Unix epoch.</param>
/// <param name="ExpiresAt">Milliseconds since the Unix epoch.</param>
/// <param name="Approvals">Ids of the active members who have approved, in the order of their votes.</param>
public sealed record RosterRequest(
    string Id,
    long Position,
    string RequesterId,
    string RequesterName,
    string RequesterPublicKey,
    string RequesterCurve25519PublicKey,
    long RequestedAt,
    long ExpiresAt,
    IReadOnlyList<string> Approvals);

/// <summary>
/// Who is in the circle at one position of the ledger, in memory. Immutable: a new one takes its place when the next events
/// have been applied, so that readers need no lock.
/// </summary>
public sealed class Roster
{
    /// <summary>The id of the channel of all members.</summary>
    public const string General = "general";

    private static readonly byte[] GeneralUtf8 = Encoding.UTF8.GetBytes(General);

    private readonly Dictionary<string, RosterMember> byId;
    private readonly Dictionary<Utf8Key, RosterMember> byUtf8Id;

    /// <summary>Makes a roster.</summary>
    /// <param name="size">How many events it stands on.</param>
    /// <param name="requestsLocked">Whether join requests are refused.</param>
    /// <param name="members">The active members in the order in which they came.</param>
    /// <param name="pending">The pending requests in the order of their submission.</param>
    public Roster(long size, bool requestsLocked, IReadOnlyList<RosterMember> members, IReadOnlyList<RosterRequest> pending)
        : this(
            size,
            requestsLocked,
            members,
            members.ToDictionary(member => member.Id),
            members.ToDictionary(member => new Utf8Key(member.Utf8Id), Utf8Key.Comparer),
            pending)
    {
    }

    private Roster(
        long size,
        bool requestsLocked,
        IReadOnlyList<RosterMember> members,
        Dictionary<string, RosterMember> byId,
        Dictionary<Utf8Key, RosterMember> byUtf8Id,
        IReadOnlyList<RosterRequest> pending)
    {
        Size = size;
        RequestsLocked = requestsLocked;
        Members = members;
        this.byId = byId;
        this.byUtf8Id = byUtf8Id;
        Pending = pending;
    }

    /// <summary>Before the first event.</summary>
    public static Roster Empty { get; } = new(0, requestsLocked: false, [], []);

    /// <summary>How many events of the ledger it stands on.</summary>
    public long Size { get; }

    /// <summary>Whether the circle was started.</summary>
    public bool HasFounder => Size > 0;

    /// <summary>Whether join requests are refused.</summary>
    public bool RequestsLocked { get; }

    /// <summary>The active members in the order in which they came.</summary>
    public IReadOnlyList<RosterMember> Members { get; }

    /// <summary>The pending requests in the order of their submission.</summary>
    public IReadOnlyList<RosterRequest> Pending { get; }

    /// <summary>A later roster with the same members, which shares what was built for them.</summary>
    internal Roster WithSameMembers(long size, bool requestsLocked, IReadOnlyList<RosterRequest> pending) =>
        new(size, requestsLocked, Members, byId, byUtf8Id, pending);

    /// <summary>The active member of this id, or null.</summary>
    public RosterMember? MemberOf(string id) => byId.GetValueOrDefault(id);

    /// <summary>The active member of this id in UTF-8, or null. Allocates nothing.</summary>
    public RosterMember? MemberOf(ReadOnlySpan<byte> utf8Id) =>
        byUtf8Id.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(utf8Id, out RosterMember? member) ? member : null;

    /// <summary>
    /// The active members of a channel in which <paramref name="member"/> is: everybody for <c>general</c>, the two of a DM
    /// (<c>id:id</c>, sorted by ordinal) while both are active. Empty when there is no such channel or the member is not in it.
    /// Allocates nothing.
    /// </summary>
    /// <param name="utf8ChannelId">The channel's id in UTF-8.</param>
    /// <param name="member">Who asks.</param>
    public ChannelMembers ChannelOf(ReadOnlySpan<byte> utf8ChannelId, RosterMember member)
    {
        if (utf8ChannelId.SequenceEqual(GeneralUtf8))
        {
            return MemberOf(member.Utf8Id) == member ? new ChannelMembers(Members) : default;
        }

        int colon = utf8ChannelId.IndexOf((byte)':');
        if (colon < 0 || utf8ChannelId[..colon].SequenceCompareTo(utf8ChannelId[(colon + 1)..]) >= 0)
        {
            return default;
        }

        RosterMember? first = MemberOf(utf8ChannelId[..colon]);
        RosterMember? second = MemberOf(utf8ChannelId[(colon + 1)..]);
        return first is null || second is null || (first != member && second != member) ? default : new ChannelMembers(first, second);
    }

    /// <summary>The id of the DM channel of two members: their ids sorted by ordinal, joined with a colon.</summary>
    public static string DirectChannel(string one, string other) =>
        string.CompareOrdinal(one, other) < 0 ? $"{one}:{other}" : $"{other}:{one}";
}

/// <summary>The active members of a channel, without a list of its own.</summary>
public readonly struct ChannelMembers
{
    private readonly IReadOnlyList<RosterMember>? all;
    private readonly RosterMember? first;
    private readonly RosterMember? second;

    internal ChannelMembers(IReadOnlyList<RosterMember> all) => this.all = all;

    internal ChannelMembers(RosterMember first, RosterMember second) => (this.first, this.second) = (first, second);

    /// <summary>How many there are; none when the channel does not exist for the one who asked.</summary>
    public int Count => all?.Count ?? (first is null ? 0 : 2);

    /// <summary>The member at a place, from 0.</summary>
    public RosterMember this[int index] => all is not null ? all[index] : index == 0 ? first! : second!;

    /// <summary>Whether this member is in the channel.</summary>
    public bool Contains(RosterMember member) => all is not null ? all.Contains(member) : first == member || second == member;
}

/// <summary>Bytes as a dictionary key that a span can look up.</summary>
internal readonly record struct Utf8Key(byte[] Bytes)
{
    public static IEqualityComparer<Utf8Key> Comparer { get; } = new ByContent();

    private sealed class ByContent : IEqualityComparer<Utf8Key>, IAlternateEqualityComparer<ReadOnlySpan<byte>, Utf8Key>
    {
        public bool Equals(Utf8Key one, Utf8Key other) => one.Bytes.AsSpan().SequenceEqual(other.Bytes);

        public bool Equals(ReadOnlySpan<byte> span, Utf8Key key) => span.SequenceEqual(key.Bytes);

        public int GetHashCode(Utf8Key key) => GetHashCode(key.Bytes);

        public int GetHashCode(ReadOnlySpan<byte> span)
        {
            HashCode hash = default;
            hash.AddBytes(span);
            return hash.ToHashCode();
        }

        public Utf8Key Create(ReadOnlySpan<byte> span) => new(span.ToArray());
    }
}
