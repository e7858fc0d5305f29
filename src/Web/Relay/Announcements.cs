using SecureChat.Ledger.Circle;
using SecureChat.Projections;

namespace SecureChat.Web.Relay;

/// <summary>What members are told about the circle: what waits for their vote when they come, and what happens while they are there.</summary>
/// <remarks>
/// The roster is ahead of what was announced: events are applied first. So a connection remembers how much of the ledger it
/// saw when it came, and no request is shown to it twice or not at all.
/// </remarks>
internal sealed class Announcements(Func<Roster> roster, Presence presence, Receipts receipts, CastVote vote, RelayLimits limits)
{
    /// <summary>Set when the relay stops: nobody is left who has to hear that the others go.</summary>
    public bool Silent { get; set; }

    /// <summary>Brings a member online who has proved to be one; false when the member has left in the meantime.</summary>
    public bool Welcome(Connection connection, RosterMember member, FlushList flush)
    {
        Connection? oldest;
        lock (presence.Turn)
        {
            Roster now = roster();
            if (now.MemberOf(member.Utf8Id) != member)
            {
                return false;
            }

            connection.Become(new SocketMember(member, now.Size, receipts.Of(member.Handle), new VoteQueue(vote, limits.MaxWaitingVotes)));
            if (connection.Challenge is not null)
            {
                SharedFrame welcome = ServerFrames.AuthOk(member.Id, limits);
                connection.Outbox.Append(flush, welcome);
                welcome.Release();
            }

            oldest = presence.Enter(member.Handle, connection, limits.MaxConnectionsPerMember);
            foreach (RosterRequest request in now.Pending)
            {
                if (!request.Approvals.Contains(member.Id))
                {
                    SharedFrame frame = ServerFrames.JoinRequest(request);
                    connection.Outbox.Append(flush, frame);
                    frame.Release();
                }
            }
        }

        oldest?.Close(CloseCode.PolicyViolation, "A newer connection took the place of this one");
        return true;
    }

    /// <summary>Takes a connection that has ended out; the others are told when it was the last one of a member.</summary>
    public void Leave(Connection connection)
    {
        if (connection.Member is not { Identity: { } member })
        {
            return;
        }

        FlushList flush = FlushList.OfThisThread;
        lock (presence.Turn)
        {
            // A member who is gone from the roster leaves the circle, and that is announced as such.
            if (presence.Leave(member.Handle, connection) && !Silent && roster().MemberOf(member.Utf8Id) == member)
            {
                presence.Tell(ServerFrames.MemberLeft(member.Id), flush);
            }
        }

        flush.Flush();
    }

    /// <summary>Tells what happened. See <see cref="Hub.Announce"/>.</summary>
    public void Announce(IReadOnlyList<RecordedEvent> events, Roster before)
    {
        Directory directory = new(before);
        FlushList flush = FlushList.OfThisThread;
        foreach (RecordedEvent recorded in events)
        {
            switch (recorded.Event)
            {
                case FounderRegistered founding:
                    directory.Admit(recorded.Position, founding.Founder);
                    break;
                case RequestSubmitted submission:
                    directory.Submit(submission);
                    if (submission.Newcomer is { Profile: { } profile, Keys: { } keys })
                    {
                        Tell(ServerFrames.JoinRequest(submission.Request, profile, keys.PublicKey, submission.Expires), flush, recorded.Position + 1);
                    }

                    break;
                case MemberAdmitted admission:
                    Tell(ServerFrames.JoinRequestResolved(admission.Request, "approved"), flush);
                    Newcomer newcomer = directory.Requester(admission.Request);
                    directory.Admit(recorded.Position, newcomer);
                    if (newcomer is { Profile: { } joined, Keys: { } joinedKeys })
                    {
                        Tell(ServerFrames.MemberJoined(joined, joinedKeys.PublicKey, joinedKeys.Curve25519), flush);
                    }

                    break;
                case RequestRejected rejection:
                    Tell(ServerFrames.JoinRequestResolved(rejection.Request, "rejected"), flush);
                    break;
                case RequestExpired expiry:
                    Tell(ServerFrames.JoinRequestResolved(expiry.Request, "expired"), flush);
                    break;
                case MemberLeft departure:
                    Depart(departure.Member);
                    if (directory.MemberId(departure.Member) is { } id)
                    {
                        Tell(ServerFrames.MemberLeft(id), flush);
                    }

                    break;
                case RequestsLockChanged change:
                    Tell(ServerFrames.RequestsLockChanged(change.Locked), flush);
                    break;
                case MemberImported import:
                    directory.Admit(recorded.Position, import.Newcomer);
                    break;
                case VoteCast or HistoryRatified or StatementsRequired or AddendaErased or RollbackAccepted:
                    // Votes show in what follows from them; of the rest clients read in the ledger.
                    break;
                default:
                    throw new ImpossibleEventException($"Nobody knows how to announce {recorded.Event.GetType().Name}.");
            }
        }

        flush.Flush();
    }

    private void Depart(long member)
    {
        Connection[] connections;
        lock (presence.Turn)
        {
            connections = presence.Remove(member);
        }

        // Outside of the lock: a frame of one of them that is being handled may be waiting for it.
        foreach (Connection connection in connections)
        {
            connection.Depart();
        }

        receipts.Forget(member);
    }

    private void Tell(SharedFrame frame, FlushList flush, long seenBefore = long.MaxValue)
    {
        lock (presence.Turn)
        {
            presence.Tell(frame, flush, seenBefore);
        }
    }

    /// <summary>Who the people in events are: known before, or from an earlier one of the same events.</summary>
    private sealed class Directory(Roster before)
    {
        private static readonly Newcomer Nobody = new(null, null);

        private readonly Dictionary<string, Newcomer> requesters = [];
        private readonly Dictionary<long, string?> members = [];

        public void Submit(RequestSubmitted submission) => requesters[submission.Request] = submission.Newcomer;

        public void Admit(long handle, Newcomer newcomer) => members[handle] = newcomer.Profile?.MemberId;

        public Newcomer Requester(string request)
        {
            if (requesters.TryGetValue(request, out Newcomer? requester))
            {
                return requester;
            }

            return before.Pending.FirstOrDefault(pending => pending.Id == request) is { } known
                ? new Newcomer(
                    new Profile(known.RequesterId, known.RequesterName),
                    new MemberKeys("", known.RequesterCurve25519PublicKey, known.RequesterPublicKey))
                : Nobody;
        }

        public string? MemberId(long handle) => members.TryGetValue(handle, out string? id)
            ? id
            : before.Members.FirstOrDefault(member => member.Handle == handle)?.Id;
    }
}
