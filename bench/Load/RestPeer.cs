using System.Globalization;
using System.Net;
using System.Text;

namespace SecureChat.Bench.Load;

/// <summary>A connection that is kept for one HTTP request after the other.</summary>
internal sealed class RestPeer : Peer
{
    private bool answered;

    public RestPeer(EventLoop loop, IPEndPoint server) : base(loop, server) => Join();

    /// <summary>Told of each answer when it is complete.</summary>
    public Action<RestPeer>? Answered { get; set; }

    public int Status { get; private set; }

    public string Body { get; private set; } = "";

    /// <summary>Whether the text of answers is wanted; making it costs the generator something.</summary>
    public bool ReadsBodies { get; set; } = true;

    public static byte[] Post(string path, string body, string headers = "") => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    public static byte[] Get(string path, string headers = "") => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n");

    /// <summary>Sends a request and waits for a good answer, which it returns.</summary>
    public string Ask(byte[] request, string what)
    {
        answered = false;
        Send(request);
        Loop.Until(() => answered || Ended, what);
        return answered && Status == 200 ? Body : throw new InvalidOperationException($"{what}: {Status} {Body}");
    }

    protected override int Consume(ReadOnlySpan<byte> received)
    {
        int end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return 0;
        }

        int start = end + 4;
        ReadOnlySpan<byte> headers = received[..start];
        int length;
        if (Length(headers) is { } known)
        {
            length = known;
            if (received.Length < start + length)
            {
                return 0;
            }
        }
        else
        {
            int last = received[end..].IndexOf("\r\n0\r\n\r\n"u8);
            if (last < 0)
            {
                return 0;
            }

            length = end + last + 7 - start;
        }

        Status = int.Parse(received[9..12], NumberStyles.None, CultureInfo.InvariantCulture);
        if (ReadsBodies || Status != 200)
        {
            Body = Encoding.UTF8.GetString(received.Slice(start, length));
        }

        answered = true;
        Answered?.Invoke(this);
        return start + length;
    }

    private static int? Length(ReadOnlySpan<byte> headers)
    {
        int at = headers.IndexOf("Content-Length: "u8);
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> value = headers[(at + 16)..];
        return int.Parse(value[..value.IndexOf((byte)'\r')], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
