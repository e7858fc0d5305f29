using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SecureChat.SystemTests.Harness;

/// <summary>
/// Loopback ports on which nobody listens, each given to one relay at a time. Between choosing a port and listening on it there is a moment in
/// which another relay could be given the same one; until it has found that out and ended, the answers of the first would be taken for its own.
/// </summary>
public static class FreePorts
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Take()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (Given.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    public static void GiveBack(int port) => Given.TryRemove(port, out _);

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
