using SecureChat.Projections;

namespace SecureChat.Web.Relay;

/// <summary>A member on a connection, with what each of the member's frames needs.</summary>
/// <param name="identity">Who it is.</param>
/// <param name="since">The size of the ledger that the member saw at AUTH; requests from there on are announced.</param>
/// <param name="receipts">The member's messages that wait for ACKs.</param>
/// <param name="votes">The votes of this connection that wait for the ledger.</param>
internal sealed class SocketMember(RosterMember identity, long since, SenderReceipts receipts, VoteQueue votes)
{
    /// <summary>Who it is.</summary>
    public RosterMember Identity { get; } = identity;

    /// <summary>The size of the ledger that the member saw at AUTH.</summary>
    public long Since { get; } = since;

    /// <summary>The member's messages that wait for ACKs.</summary>
    public SenderReceipts Receipts { get; } = receipts;

    /// <summary>The votes of this connection that wait for the ledger.</summary>
    public VoteQueue Votes { get; } = votes;

    /// <summary>The fields of a MESSAGE that are the same in all that this member sends, up to the value of the key.</summary>
    public byte[] SenderFields { get; } =
    [
        .. ",\"sender_id\":"u8, .. ServerFrames.Quoted(identity.Id),
        .. ",\"sender_name\":"u8, .. ServerFrames.Quoted(identity.DisplayName),
        .. ",\"sender_curve25519_public_key\":"u8,
    ];

    /// <summary>Decides which key stands in the member's messages.</summary>
    public SenderKey Key { get; } = new(identity);
}
