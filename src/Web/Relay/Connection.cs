using SecureChat.Web.Transport;

namespace SecureChat.Web.Relay;

/// <summary>One socket, from its upgrade to its end: reads what comes, hands it on, keeps its deadlines, and closes.</summary>
/// <remarks>
/// The reading task never waits for anybody but its own socket. <see cref="Close"/> may be called by anybody at any time.
/// </remarks>
internal sealed class Connection
{
    // So much is read in a row before others get the thread: whoever sends without a pause would keep it. A read counts like some bytes.
    private const int ReadInARow = 256 * 1024;
    private const int CostOfARead = 4 * 1024;

    private readonly Lock turn = new();
    private readonly Stream transport;
    private readonly Action cut;
    private readonly Dispatcher dispatcher;
    private readonly Deadlines deadlines;
    private readonly FrameReader reader;
    private volatile bool closing;
    private bool discarding;
    private bool finished;

    /// <summary>Makes a connection that nobody has logged in on.</summary>
    /// <param name="transport">The bytes after the upgrade.</param>
    /// <param name="cut">Ends the transport at once, whatever is under way.</param>
    /// <param name="dispatcher">Gets the messages.</param>
    /// <param name="alarm">Goes off for the deadlines.</param>
    /// <param name="limits">Bytes and times.</param>
    /// <param name="clock">Monotonic timestamps.</param>
    /// <param name="sendsOnPool">See <see cref="Outbox.SendsOnPool"/>.</param>
    public Connection(Stream transport, Action cut, Dispatcher dispatcher, Alarm alarm, RelayLimits limits, TimeProvider clock, bool sendsOnPool)
    {
        this.transport = transport;
        this.cut = cut;
        this.dispatcher = dispatcher;
        Limits = limits;
        reader = new FrameReader(limits.MaxFragments) { MaxMessageBytes = limits.MaxBytesBeforeLogin };
        deadlines = new Deadlines(alarm, limits, clock);
        Outbox = new Outbox(transport, limits.MaxOutboxBytes, clock)
        {
            Overflowed = () => Close(CloseCode.TryAgainLater, "Too much is waiting", dropWaiting: true),
            Stuck = deadlines.WriteBegan,
            SendsOnPool = sendsOnPool,
        };
    }

    /// <summary>What waits to be sent.</summary>
    public Outbox Outbox { get; }

    /// <summary>The relay's limits.</summary>
    public RelayLimits Limits { get; }

    /// <summary>What its client has to sign to log in; null for clients of old.</summary>
    public SocketChallenge? Challenge { get; init; }

    /// <summary>Whose connection it is; null before AUTH.</summary>
    public SocketMember? Member { get; private set; }

    /// <summary>Makes it a member's connection.</summary>
    public void Become(SocketMember member)
    {
        Member = member;
        reader.MaxMessageBytes = Limits.MaxMessageBytes;
    }

    /// <summary>Answers <c>AUTH_FAILED</c> and closes.</summary>
    /// <param name="reason">Why; part of the wire.</param>
    /// <param name="closeCode">With which code.</param>
    public void Fail(string reason, int closeCode = CloseCode.PolicyViolation)
    {
        SharedFrame frame = ServerFrames.AuthFailed(reason);
        Outbox.Append(FlushList.OfThisThread, frame);
        frame.Release();
        Close(closeCode, reason);
    }

    /// <summary>Answers <c>ERROR</c>; the connection stays open.</summary>
    /// <param name="flush">Where the outbox is remembered.</param>
    /// <param name="error">Why the frame is refused.</param>
    /// <param name="idName">The id's field, from the comma to the colon; empty when there is none.</param>
    /// <param name="quotedId">The id as the frame has it, with its quotes.</param>
    public void Refuse(FlushList flush, FrameError error, ReadOnlySpan<byte> idName = default, ReadOnlySpan<byte> quotedId = default) =>
        Outbox.Append(flush, ServerFrames.ErrorHead(error), idName, quotedId, "}}"u8);

    /// <summary>Sends a close frame and ends when it is answered, or when the time for that is over.</summary>
    /// <param name="code">See <see cref="CloseCode"/>.</param>
    /// <param name="reason">For people.</param>
    /// <param name="dropWaiting">Whether frames whose sending has not begun are thrown away.</param>
    public void Close(int code, string reason, bool dropWaiting = false)
    {
        if (!Interlocked.Exchange(ref closing, true))
        {
            deadlines.ClosingBegan();
            Outbox.Close(ClosePayload.Write(code, reason, stackalloc byte[ClosePayload.MaxLength]), dropWaiting);
        }
    }

    /// <summary>Closes because the member left: when this returns, nothing more of them is relayed, and nothing to them.</summary>
    public void Depart()
    {
        Close(CloseCode.Normal, "You left", dropWaiting: true);
        lock (turn)
        {
            // A frame that was being handled has been handled.
        }
    }

    /// <summary>Ends at once, whatever is under way.</summary>
    public void Cut() => cut();

    /// <summary>Does what is due; gives the timestamp of the next deadline.</summary>
    public long Watch(long now)
    {
        switch (deadlines.Passed(now, closing, Member is null, Outbox.SendingSince, out long next))
        {
            case Deadline.Close:
                cut();
                break;
            case Deadline.Login:
                lock (turn)
                {
                    if (Member is null && !closing)
                    {
                        Fail(LoginFailures.AuthenticationTimeout);
                    }
                }

                break;
            case Deadline.Write:
                Close(CloseCode.TryAgainLater, "Reading too slowly", dropWaiting: true);
                break;
            case Deadline.Message:
                Close(CloseCode.PolicyViolation, "The message took too long");
                break;
            case Deadline.Pong:
                Close(CloseCode.PolicyViolation, "No answer to a ping");
                break;
            case Deadline.Silence:
                Outbox.AppendControl(FlushList.OfThisThread, Opcode.Ping, default);
                break;
        }

        return next;
    }

    /// <summary>Reads until the socket has ended.</summary>
    public async Task ReadAsync()
    {
        deadlines.Opened();
        int inARow = 0;
        try
        {
            while (!finished)
            {
                int count = -1;
                try
                {
                    if (inARow > ReadInARow && Outbox.SendsOnPool)
                    {
                        inARow = 0;
                        await Task.Yield();
                    }

                    if (reader.IsEmpty)
                    {
                        // An idle connection holds no buffer: this waits for bytes without taking any.
                        reader.Release();
                        ValueTask<int> arriving = transport.ReadAsync(Memory<byte>.Empty);
                        inARow = arriving.IsCompleted ? inARow : 0;
                        await arriving.ConfigureAwait(false);
                        if (transport is SocketStream socket && (count = socket.ReadArrived(reader.Free().Span)) < 0)
                        {
                            continue;
                        }
                    }

                    if (count < 0)
                    {
                        count = await transport.ReadAsync(reader.Free()).ConfigureAwait(false);
                    }
                }
                catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
                {
                    break;
                }

                if (count == 0)
                {
                    break;
                }

                inARow += count + CostOfARead;
                reader.Received(count);
                deadlines.Heard();
                HandleArrived();
            }
        }
        finally
        {
            reader.Abandon();
            EndWriting();
        }
    }

    private void EndWriting()
    {
        if (!Interlocked.Exchange(ref closing, true))
        {
            deadlines.ClosingBegan();
            Outbox.Abandon();
        }
    }

    private void HandleArrived()
    {
        bool anyMessage = false;
        FlushList flush = FlushList.OfThisThread;
        try
        {
            while (!finished && !discarding)
            {
                Incoming incoming = reader.Next();
                if (incoming == Incoming.Nothing)
                {
                    break;
                }

                anyMessage |= incoming is Incoming.Text or Incoming.Binary;
                Take(incoming, flush);
            }
        }
        finally
        {
            flush.Flush();
        }

        if (discarding)
        {
            reader.Abandon();
        }
        else
        {
            // Whoever stops in the middle of a frame does not keep what came before it in memory.
            reader.ClearRead();
            deadlines.MessageProgress(reader.IsWithinMessage, anyMessage);
        }
    }

    private void Take(Incoming incoming, FlushList flush)
    {
        switch (incoming)
        {
            case Incoming.Text or Incoming.Binary:
                lock (turn)
                {
                    if (!closing)
                    {
                        dispatcher.Handle(this, reader.Payload, incoming == Incoming.Text, flush);
                    }
                }

                break;
            case Incoming.Ping:
                Outbox.AppendControl(flush, Opcode.Pong, reader.Payload);
                break;
            case Incoming.Close:
                (int code, string reason) = ClosePayload.Answer(reader.Payload);
                Close(code, reason);
                finished = true;
                break;
            case Incoming.Violation:
                Discard(CloseCode.ProtocolError, "Not the WebSocket protocol");
                break;
            case Incoming.TooBig when Member is null:
                if (!closing)
                {
                    Fail(LoginFailures.NotAuthenticated);
                }

                discarding = true;
                break;
            case Incoming.TooBig:
                Discard(CloseCode.TooBig, "The message is too big");
                break;
        }
    }

    // The rest of what the peer has sent is read and thrown away for a moment: a socket that is closed with bytes unread
    // resets, and then the peer may never see why.
    private void Discard(int code, string reason)
    {
        Close(code, reason);
        discarding = true;
    }
}
