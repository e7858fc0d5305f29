using System.Text.Json;
using System.Text.Unicode;
using SecureChat.Ledger.Circle;
using SecureChat.Ledger.Circle.Names;
using SecureChat.Projections;

namespace SecureChat.Web.Relay;

/// <summary>Looks at a message that has arrived, and gives it to whoever deals with its type.</summary>
internal sealed class Dispatcher(Func<Roster> roster, Login login, MessageRelay messages, Presence presence)
{
    private const int LongestRequestId = 1024;

    /// <summary>Deals with one message. It waits for nobody; answers go into outboxes.</summary>
    /// <param name="from">Where it came from.</param>
    /// <param name="text">The message; gone when this returns.</param>
    /// <param name="isText">Whether it came as text, which has to be UTF-8 (RFC 6455 section 8.1).</param>
    /// <param name="flush">Where outboxes are remembered.</param>
    public void Handle(Connection from, ReadOnlySpan<byte> text, bool isText, FlushList flush)
    {
        bool isUtf8 = Utf8.IsValid(text);
        RosterMember? member = from.Member?.Identity;
        if (isText && !isUtf8)
        {
            if (member is null)
            {
                from.Fail(LoginFailures.NotAuthenticated, CloseCode.InvalidText);
            }

            from.Close(CloseCode.InvalidText, "Text has to be UTF-8");
            return;
        }

        Roster now = roster();
        if (member is not null && now.MemberOf(member.Utf8Id) != member)
        {
            // The member has left; that the connection is closed is on its way.
            return;
        }

        ClientFrame frame = ClientFrame.OfThisThread;
        frame.Read(text, isUtf8, now, member);
        if (member is null)
        {
            login.First(from, frame, text, flush);
        }
        else if (frame.Type == FrameType.Auth)
        {
            login.Again(from, frame, text);
        }
        else if (frame.Problem is { } problem)
        {
            from.Refuse(flush, problem);
        }
        else
        {
            Handle(from, frame, text, now, flush);
        }
    }

    /// <summary>Whether a field says exactly this id.</summary>
    public static bool Says(JsonSlice field, ReadOnlySpan<byte> text, ReadOnlySpan<byte> utf8Id)
    {
        const int longest = MemberId.MaxLength;
        return field.IsText && field.Value(text, stackalloc byte[longest]).SequenceEqual(utf8Id);
    }

    private void Handle(Connection from, ClientFrame frame, ReadOnlySpan<byte> text, Roster now, FlushList flush)
    {
        switch (frame.Type)
        {
            case FrameType.Message:
                messages.Relay(from, frame, text, now, flush);
                break;
            case FrameType.Ack:
                messages.Acknowledge(from, frame, text, flush);
                break;
            case FrameType.KeyDistribution:
                KeyDistribution.Forward(from, frame, text, now, presence, flush);
                break;
            case FrameType.JoinResponse:
                Vote(from, frame, text, flush);
                break;
            case FrameType.Ping:
                from.Outbox.Append(flush, ServerFrames.Pong, default);
                break;
            case FrameType.Unknown or FrameType.Auth:
                break;
        }
    }

    private static void Vote(Connection from, ClientFrame frame, ReadOnlySpan<byte> text, FlushList flush)
    {
        JsonSlice request = frame[FrameField.RequestId];
        JsonSlice approved = frame[FrameField.Approved];
        SocketMember voter = from.Member!;
        if (!request.IsText || request.Length > LongestRequestId)
        {
            from.Refuse(flush, FrameErrors.MissingFields);
            return;
        }

        ReadOnlySpan<byte> quoted = request.Quoted(text);
        string? requestId = JsonText.Text(request.Raw(text), request.Escaped);
        Proof? proof = null;
        FrameError? error = !frame[FrameField.MemberId].IsText ? FrameErrors.MissingFields
            : approved.Kind is not (JsonTokenType.True or JsonTokenType.False) ? FrameErrors.ApprovedNotBoolean
            : !Says(frame[FrameField.MemberId], text, voter.Identity.Utf8Id) ? FrameErrors.NotYourself
            : requestId is null ? new FrameError(Refusals.RequestNotPending.Code, Refusals.RequestNotPending.Sentence)
            : !TryProof(frame, text, out proof) ? FrameErrors.BadStatement
            : null;
        if (error is null)
        {
            WaitingVote vote = new(from, voter.Identity.Id, requestId!, quoted.ToArray(), approved.Kind == JsonTokenType.True, proof);
            error = voter.Votes.TryAdd(vote) ? null : FrameErrors.TooManyVotes;
        }

        if (error is not null)
        {
            from.Refuse(flush, error, ",\"request_id\":"u8, quoted);
        }
    }

    // Both or neither, and both of them text; what the statement says is judged where the vote is decided.
    private static bool TryProof(ClientFrame frame, ReadOnlySpan<byte> text, out Proof? proof)
    {
        JsonSlice statement = frame[FrameField.Statement];
        JsonSlice signature = frame[FrameField.StatementSignature];
        proof = null;
        if (statement.IsAbsent && signature.IsAbsent)
        {
            return true;
        }

        if (statement.IsText
            && signature.IsText
            && JsonText.Text(statement.Raw(text), statement.Escaped) is { } said
            && JsonText.Text(signature.Raw(text), signature.Escaped) is { } signed)
        {
            proof = new Proof(said, signed);
        }

        return proof is not null;
    }
}
