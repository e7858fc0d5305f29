using System.Diagnostics;

namespace SecureChat.Bench.Load;

/// <summary>What a connection costs: to come, and to stay.</summary>
internal static class ConnectionFigures
{
    /// <summary>Upgrade, AUTH, PING, PONG, close, one connection after the other; processor time of the server for each, in microseconds.</summary>
    public static (double Microseconds, Latencies Latencies) Login(EventLoop loop, ServerUnderTest server, LoadedCircle circle, int count)
    {
        Latencies latencies = new();
        Run(count / 2);
        latencies.Clear();
        return (Run(count) / count, latencies);

        double Run(int times)
        {
            byte[][] auths = new byte[times][];
            Parallel.For(0, times, index => auths[index] = circle.Members[index % circle.Size].Auth());
            double before = server.ProcessorMicroseconds;
            LogIn(loop, server, circle.Members, auths, latencies);
            return server.ProcessorMicroseconds - before;
        }
    }

    /// <summary>One connection after the other, each with the next AUTH, of the members in turn.</summary>
    public static void LogIn(EventLoop loop, ServerUnderTest server, IReadOnlyList<Member> members, byte[][] auths, Latencies latencies)
    {
        for (int index = 0; index < auths.Length; index++)
        {
            long start = Stopwatch.GetTimestamp();
            using MemberSocket socket = MemberSocket.Connect(loop, server.Address, members[index % members.Count], auths[index]);
            socket.SendPing();
            loop.Until(() => socket.Pongs == 1, "PONG");
            latencies.Add(Stopwatch.GetTimestamp() - start);
            socket.SendClose();
            loop.Until(() => socket.Ended, "the connection is closed");
        }
    }

    /// <summary>By how many KiB the resident memory grows for each connection that has logged in and then says nothing.</summary>
    /// <param name="loop">Reads what the server says meanwhile.</param>
    /// <param name="server">A server that has just started.</param>
    /// <param name="members">Whose connections they are, in turn.</param>
    /// <param name="count">How many there are in the end.</param>
    public static double Idle(EventLoop loop, ServerUnderTest server, IReadOnlyList<Member> members, int count)
    {
        List<MemberSocket> sockets = [];
        try
        {
            loop.For(TimeSpan.FromSeconds(2));
            double before = server.ResidentKibibytes;
            Connect(count);
            loop.For(TimeSpan.FromSeconds(2));
            return sockets.Any(socket => socket.Ended)
                ? throw new InvalidOperationException("The server closed a connection that was to be idle.")
                : (server.ResidentKibibytes - before) / count;
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        void Connect(int more)
        {
            // Signed in portions: a signature is good for a minute.
            while (more > 0)
            {
                int portion = Math.Min(more, 1_000);
                int first = sockets.Count;
                byte[][] auths = new byte[portion][];
                Parallel.For(0, portion, index => auths[index] = members[(first + index) % members.Count].Auth());
                foreach (byte[] auth in auths)
                {
                    MemberSocket socket = MemberSocket.Connect(loop, server.Address, members[sockets.Count % members.Count], auth);
                    socket.SendPing();
                    sockets.Add(socket);
                    loop.Turn(0);
                }

                loop.Until(() => sockets.TrueForAll(socket => socket.Pongs > 0 || socket.Ended), "everybody is connected");
                more -= portion;
            }
        }
    }
}
