using SecureChat.Ledger.Circle;

namespace SecureChat.Web.Relay;

/// <summary>Casts a vote; gives the refusal, or null when it was written down.</summary>
/// <param name="memberId">Who votes.</param>
/// <param name="requestId">On which request.</param>
/// <param name="approve">How.</param>
/// <param name="proof">The voter's statement, when it was signed.</param>
/// <exception cref="SecureChat.Ledger.Storage.LedgerUnavailableException">It could not be written down.</exception>
public delegate Task<Refusal?> CastVote(string memberId, string requestId, bool approve, Proof? proof);

/// <summary>
/// The votes of one connection that wait for the ledger. They are cast in the order in which they came, while the connection
/// goes on reading; a refusal is answered with ERROR, success is seen by everybody in what follows from it.
/// </summary>
internal sealed class VoteQueue(CastVote cast, int maxWaiting)
{
    private readonly Lock sync = new();
    private readonly Queue<WaitingVote> waiting = new(0);
    private bool casting;

    /// <summary>Adds a vote; false when too many are waiting.</summary>
    public bool TryAdd(WaitingVote vote)
    {
        lock (sync)
        {
            if (waiting.Count == maxWaiting)
            {
                return false;
            }

            waiting.Enqueue(vote);
            if (!casting)
            {
                casting = true;
                _ = Task.Run(CastAllAsync);
            }

            return true;
        }
    }

    private async Task CastAllAsync()
    {
        while (true)
        {
            WaitingVote? vote;
            lock (sync)
            {
                casting = waiting.TryDequeue(out vote);
            }

            if (vote is null)
            {
                return;
            }

            if (await CastAsync(vote) is { } error)
            {
                Answer(vote, error);
            }
        }
    }

    private static void Answer(WaitingVote vote, FrameError error)
    {
        FlushList flush = FlushList.OfThisThread;
        vote.Voter.Refuse(flush, error, ",\"request_id\":"u8, vote.QuotedRequestId);
        flush.Flush();
    }

    private async Task<FrameError?> CastAsync(WaitingVote vote)
    {
        try
        {
            Refusal? refusal = await cast(vote.MemberId, vote.RequestId, vote.Approve, vote.Proof);
            return refusal is null ? null : new FrameError(refusal.Code, refusal.Sentence);
        }
        catch (Exception)
        {
            // Whatever kept the vote from being written down, it does not count, and the next one gets its turn.
            return FrameErrors.LedgerUnavailable;
        }
    }
}

/// <summary>A vote on its way.</summary>
/// <param name="Voter">Where a refusal goes.</param>
/// <param name="MemberId">Who votes.</param>
/// <param name="RequestId">On which request.</param>
/// <param name="QuotedRequestId">The request's id as the frame has it.</param>
/// <param name="Approve">How.</param>
/// <param name="Proof">The voter's statement, when it was signed.</param>
internal sealed record WaitingVote(Connection Voter, string MemberId, string RequestId, byte[] QuotedRequestId, bool Approve, Proof? Proof);
