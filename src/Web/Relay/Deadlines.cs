namespace SecureChat.Web.Relay;

/// <summary>A time that can be over for a connection.</summary>
internal enum Deadline
{
    None,

    /// <summary>The closing handshake took too long.</summary>
    Close,

    /// <summary>AUTH did not come.</summary>
    Login,

    /// <summary>One write took too long.</summary>
    Write,

    /// <summary>A message was not finished.</summary>
    Message,

    /// <summary>A ping was not answered.</summary>
    Pong,

    /// <summary>Nothing was heard for so long that a ping is due.</summary>
    Silence,
}

/// <summary>
/// Since when a connection waits for what. The reading task writes down what it sees; the alarm asks which deadline has
/// passed. Nothing here has a timer of its own.
/// </summary>
internal sealed class Deadlines(Alarm alarm, RelayLimits limits, TimeProvider clock)
{
    private long opened;
    private long heard;
    private long pinged;
    private long messageBegan;
    private long closingBegan;

    /// <summary>The connection has begun.</summary>
    public void Opened()
    {
        opened = clock.GetTimestamp();
        Heard();
        alarm.NotLaterThan(clock.After(opened, limits.AuthenticateWithin));
    }

    /// <summary>Something was heard.</summary>
    public void Heard()
    {
        Volatile.Write(ref heard, clock.GetTimestamp());
        Volatile.Write(ref pinged, 0);
    }

    /// <summary>What was heard has been handled.</summary>
    /// <param name="within">Whether the beginning of a message is left over.</param>
    /// <param name="anyFinished">Whether a message came to its end, so that this is the beginning of another.</param>
    public void MessageProgress(bool within, bool anyFinished)
    {
        if (!within)
        {
            Volatile.Write(ref messageBegan, 0);
        }
        else if (anyFinished || messageBegan == 0)
        {
            Volatile.Write(ref messageBegan, heard);
            alarm.NotLaterThan(clock.After(heard, limits.FinishMessageWithin));
        }
    }

    /// <summary>A write could not be done at once.</summary>
    public void WriteBegan() => alarm.NotLaterThan(clock.After(clock.GetTimestamp(), limits.SendWithin));

    /// <summary>A close frame was sent, or nothing more will be.</summary>
    public void ClosingBegan()
    {
        long now = clock.GetTimestamp();
        Volatile.Write(ref closingBegan, now);
        alarm.NotLaterThan(clock.After(now, limits.CloseWithin));
    }

    /// <summary>Which deadline has passed, and when to ask again.</summary>
    /// <param name="now">The timestamp.</param>
    /// <param name="closing">Whether the connection is closing.</param>
    /// <param name="beforeLogin">Whether AUTH has not come.</param>
    /// <param name="sendingSince">Since when a write is under way; 0 when none is.</param>
    /// <param name="next">When to ask again.</param>
    public Deadline Passed(long now, bool closing, bool beforeLogin, long sendingSince, out long next)
    {
        next = long.MaxValue;
        if (closing)
        {
            long began = Volatile.Read(ref closingBegan);
            return began != 0 && IsOver(began, limits.CloseWithin, now, ref next) ? Deadline.Close : Deadline.None;
        }

        if (beforeLogin)
        {
            return opened != 0 && IsOver(opened, limits.AuthenticateWithin, now, ref next) ? Deadline.Login : Deadline.None;
        }

        long message = Volatile.Read(ref messageBegan);
        if (message != 0 && IsOver(message, limits.FinishMessageWithin, now, ref next))
        {
            return Deadline.Message;
        }

        if (sendingSince != 0 && IsOver(sendingSince, limits.SendWithin, now, ref next))
        {
            return Deadline.Write;
        }

        return PassedInSilence(now, ref next);
    }

    private Deadline PassedInSilence(long now, ref long next)
    {
        long asked = Volatile.Read(ref pinged);
        if (asked != 0)
        {
            return IsOver(asked, limits.PongWithin, now, ref next) ? Deadline.Pong : Deadline.None;
        }

        if (!IsOver(Volatile.Read(ref heard), limits.PingAfter, now, ref next))
        {
            return Deadline.None;
        }

        Volatile.Write(ref pinged, now);
        IsOver(now, limits.PongWithin, now, ref next);
        return Deadline.Silence;
    }

    private bool IsOver(long since, TimeSpan span, long now, ref long next)
    {
        long due = clock.After(since, span);
        if (due > now)
        {
            next = Math.Min(next, due);
            return false;
        }

        return true;
    }
}
