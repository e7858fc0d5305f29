using System.Buffers.Text;
using System.Diagnostics;

namespace SecureChat.Bench.Load;

/// <summary>Which messages go from whom to whom, and how many at once.</summary>
/// <param name="Members">How many are connected; each message goes to all but its sender.</param>
/// <param name="BlobBytes">How long each blob is.</param>
/// <param name="Senders">How many of them send.</param>
/// <param name="InFlight">How many messages of a sender may be without DELIVERED before it sends the next.</param>
/// <param name="PerSecond">Messages a second, whatever comes back; 0 for as fast as <paramref name="InFlight"/> allows.</param>
/// <param name="Direct">Whether they go through the channel of two members.</param>
/// <param name="OldForm">Whether they carry one blob for all.</param>
/// <param name="Together">
/// Whether what one client answers to what it received at once is sent at once. It spares the generator most of its calls, and the server too:
/// only so does one thread keep up with a server of two.
/// </param>
internal sealed record RelayShape(
    int Members, int BlobBytes, int Senders = 1, int InFlight = 16, int PerSecond = 0, bool Direct = false, bool OldForm = false, bool Together = true);

/// <summary>Messages on their way: everybody acknowledges what comes, and DELIVERED lets the sender send the next.</summary>
internal sealed class RelayLoad : IFrames, IDisposable
{
    // More than are ever on their way at once.
    private const int Remembered = 1 << 16;

    private readonly EventLoop loop;
    private readonly ServerUnderTest server;
    private readonly RelayShape shape;
    private readonly MemberSocket[] sockets;
    private readonly byte[][] frames;
    private readonly int[] idPlaces;
    private readonly int[] onTheWay;
    private readonly long[] sentAt = new long[Remembered];
    private readonly int[] sentBy = new int[Remembered];
    private readonly byte[] digits = new byte[ClientFrames.Digits];
    private readonly Latencies latencies = new();
    private long next;
    private long lastNumber = long.MaxValue;
    private long frameCount;
    private bool sending;

    public RelayLoad(EventLoop loop, ServerUnderTest server, IReadOnlyList<Member> members, RelayShape shape)
    {
        this.loop = loop;
        this.server = server;
        this.shape = shape;
        byte[][] auths = [.. members.Take(shape.Members).Select(member => member.Auth())];
        sockets = [.. auths.Select((auth, index) => MemberSocket.Connect(loop, server.Address, members[index], auth, index))];
        foreach (MemberSocket socket in sockets)
        {
            socket.SendPing();
        }

        loop.Until(() => sockets.All(socket => socket.Pongs > 0), "everybody is connected");
        foreach (MemberSocket socket in sockets)
        {
            socket.Frames = this;
        }

        SeededBytes seed = new(1);
        frames = [.. sockets.Take(shape.Senders).Select(sender => Message(sender.Member, seed))];
        idPlaces = [.. frames.Select(ClientFrames.IdIn)];
        onTheWay = new int[shape.Senders];
    }

    /// <summary>Sends for a while to warm up, then for as long as is measured; meanwhile, where the time goes is written to the file of a profile.</summary>
    public RelayResult Measure(TimeSpan warmUp, TimeSpan measured, string? profile)
    {
        Run(warmUp);
        using StackSamples? sampled = profile is null ? null : StackSamples.Of(server.ProcessId, profile);
        frameCount = 0;
        latencies.Clear();
        double before = server.ProcessorMicroseconds;
        long started = Stopwatch.GetTimestamp();
        Run(measured);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        double processor = server.ProcessorMicroseconds - before;
        return new RelayResult(processor / frameCount, frameCount / seconds, latencies);
    }

    /// <summary>Sends so many messages, and waits until all are delivered; how many frames that were.</summary>
    public long Send(int messages)
    {
        long before = frameCount;
        lastNumber = next + messages;
        sending = true;
        for (int message = 0; message < shape.InFlight; message++)
        {
            SendNext(sender: 0);
        }

        loop.Until(() => onTheWay[0] == 0, "the last messages are delivered");
        sending = false;
        return frameCount - before;
    }

    public void Received(MemberSocket socket, ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith("""{"type":"MESSAGE","""u8))
        {
            ReadOnlySpan<byte> id = ClientFrames.DigitsIn(payload);
            latencies.Add(Stopwatch.GetTimestamp() - sentAt[Number(id)]);
            frameCount++;
            socket.Acknowledge(id, shape.Together);
        }
        else if (payload.StartsWith("""{"type":"DELIVERED","""u8))
        {
            int sender = sentBy[Number(ClientFrames.DigitsIn(payload))];
            onTheWay[sender]--;
            if (sending && shape.PerSecond == 0 && next < lastNumber)
            {
                SendNext(sender, shape.Together);
            }
        }
        else if (payload.StartsWith("""{"type":"UNDELIVERED","""u8))
        {
            throw new InvalidOperationException("A message was not delivered within the time of the protocol.");
        }
    }

    public void Dispose()
    {
        foreach (MemberSocket socket in sockets)
        {
            socket.Dispose();
        }
    }

    private void Run(TimeSpan time)
    {
        sending = true;
        if (shape.PerSecond > 0)
        {
            Paced(time);
        }
        else
        {
            for (int message = 0; message < shape.InFlight * shape.Senders; message++)
            {
                SendNext(message % shape.Senders);
            }

            loop.For(time);
        }

        sending = false;
        loop.Until(() => onTheWay.All(count => count == 0), "the last messages are delivered");
    }

    private void Paced(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        for (int message = 0; message < time.TotalSeconds * shape.PerSecond; message++)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)message / shape.PerSecond);
            while (due - Stopwatch.GetElapsedTime(start) is { Ticks: > 0 } rest)
            {
                loop.Turn((int)Math.Ceiling(rest.TotalMilliseconds));
            }

            SendNext(0);
        }
    }

    private void SendNext(int sender, bool soon = false)
    {
        long number = next++;
        Utf8Formatter.TryFormat(number, digits, out _, new System.Buffers.StandardFormat('D', ClientFrames.Digits));
        ClientFrames.Put(frames[sender], idPlaces[sender], digits);
        sentBy[number % Remembered] = sender;
        onTheWay[sender]++;
        sentAt[number % Remembered] = Stopwatch.GetTimestamp();
        if (soon)
        {
            sockets[sender].SendSoon(frames[sender]);
        }
        else
        {
            sockets[sender].Send(frames[sender]);
        }
    }

    private byte[] Message(Member sender, SeededBytes seed)
    {
        string channel = shape.Direct ? string.Join(':', sockets.Select(socket => socket.Member.Id).Order(StringComparer.Ordinal)) : "general";
        return shape.OldForm
            ? ClientFrames.OldMessage(channel, sender, shape.BlobBytes, seed)
            : ClientFrames.Message(channel, sender, sockets.Select(socket => socket.Member).Where(member => member != sender), shape.BlobBytes, seed);
    }

    private static int Number(ReadOnlySpan<byte> id) =>
        Utf8Parser.TryParse(id, out long number, out _) ? (int)(number % Remembered) : throw new InvalidOperationException("A frame names no message.");
}

/// <summary>What relaying cost.</summary>
/// <param name="Microseconds">Processor time of the server for each frame that reached a recipient, its ACK and share of DELIVERED included.</param>
/// <param name="FramesPerSecond">Frames that reached recipients, by the clock.</param>
/// <param name="Latencies">From sending a message to its arrival at each recipient.</param>
internal sealed record RelayResult(double Microseconds, double FramesPerSecond, Latencies Latencies);
