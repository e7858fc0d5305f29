using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections;
using SecureChat.UnitTests.Relay;
using SecureChat.Web.Transport;

namespace SecureChat.UnitTests.Transport;

public sealed class SocketStreamTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket peer = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Socket own;
    private readonly SocketStream stream;

    public SocketStreamTests()
    {
        using Socket listening = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        peer.Connect(listening.LocalEndPoint!);
        own = listening.Accept();
        own.Blocking = false;
        stream = new SocketStream(own);
    }

    public void Dispose()
    {
        stream.End();
        stream.Dispose();
        own.Dispose();
        peer.Dispose();
    }

    [Fact]
    public async Task What_arrives_is_read_and_what_has_not_arrived_is_not_waited_for()
    {
        byte[] buffer = new byte[8];
        stream.ReadArrived(buffer).ShouldBe(-1);

        ValueTask<int> waiting = stream.ReadAsync(Memory<byte>.Empty);
        waiting.IsCompleted.ShouldBeFalse();
        peer.Send("abc"u8);
        (await waiting.AsTask().WaitAsync(Patience)).ShouldBe(0);
        stream.ReadArrived(buffer).ShouldBe(3);
        buffer[..3].ShouldBe("abc"u8.ToArray());

        peer.Shutdown(SocketShutdown.Send);
        (await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience)).ShouldBe(0);
        stream.ReadArrived(buffer).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_read_too_early_comes_first()
    {
        peer.Send("de"u8);
        stream.PutBack(new ReadOnlySequence<byte>("abc"u8.ToArray()));
        byte[] buffer = new byte[2];

        (await stream.ReadAsync(Memory<byte>.Empty)).ShouldBe(0);
        stream.ReadArrived(buffer).ShouldBe(2);
        buffer.ShouldBe("ab"u8.ToArray());
        (await stream.ReadAsync(buffer)).ShouldBe(1);
        buffer[0].ShouldBe((byte)'c');
        (await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience)).ShouldBe(2);
        buffer.ShouldBe("de"u8.ToArray());
    }

    [Fact]
    public async Task More_than_the_kernel_takes_is_sent_as_soon_as_somebody_reads()
    {
        byte[] much = new byte[16 * 1024 * 1024];
        RandomNumberGenerator.Fill(much);
        ValueTask sending = stream.WriteAsync(much);
        sending.IsCompleted.ShouldBeFalse();

        byte[] received = new byte[much.Length];
        int count = 0;
        while (count < received.Length)
        {
            int more = await peer.ReceiveAsync(received.AsMemory(count)).AsTask().WaitAsync(Patience);
            more.ShouldBeGreaterThan(0);
            count += more;
        }

        await sending.AsTask().WaitAsync(Patience);
        received.AsSpan().SequenceEqual(much).ShouldBeTrue();
    }

    [Fact]
    public async Task Who_is_reset_is_told_apart_from_who_is_ended()
    {
        Task<int> waiting = stream.ReadAsync(new byte[1]).AsTask();
        peer.LingerState = new LingerOption(enable: true, seconds: 0);
        peer.Close();
        await Should.ThrowAsync<ConnectionResetException>(waiting.WaitAsync(Patience));

        stream.End();
        await Should.ThrowAsync<OperationCanceledException>(async () => (await stream.ReadAsync(new byte[1])).ShouldBe(1));
        await Should.ThrowAsync<OperationCanceledException>(async () => await stream.WriteAsync(new byte[1]));
        Should.Throw<ConnectionAbortedException>(() => stream.ReadArrived(new byte[1]));
    }

    [Fact]
    public async Task Ending_wakes_whoever_waits()
    {
        Task<int> reading = stream.ReadAsync(new byte[1]).AsTask();
        Task writing = stream.WriteAsync(new byte[16 * 1024 * 1024]).AsTask();
        stream.End();

        // The end of the stream, or the word that it was this side.
        await Task.WhenAny(reading).WaitAsync(Patience);
        await Should.ThrowAsync<Exception>(writing.WaitAsync(Patience));
    }

    [Fact]
    public async Task Finishing_lets_the_peer_read_the_last_word_though_it_has_sent_more()
    {
        peer.Send(new byte[100_000]);
        (await stream.ReadAsync(Memory<byte>.Empty)).ShouldBe(0);
        await stream.WriteAsync("bye"u8.ToArray());
        stream.Finish();

        byte[] buffer = new byte[8];
        (await peer.ReceiveAsync(buffer).WaitAsync(Patience)).ShouldBe(3);
        (await peer.ReceiveAsync(buffer).WaitAsync(Patience)).ShouldBe(0);
    }

    [Fact]
    public async Task Frames_in_the_packet_of_the_handshake_are_answered()
    {
        await using RelayHost host = await RelayHost.StartAsync("ada");
        using RawSocket ada = await RawSocket.OpenAsync(host.Port);
        string upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        byte[] login = RawSocket.Frame(0x81, Encoding.UTF8.GetBytes(host.Circle["ada"].Auth()));
        byte[] ping = RawSocket.Frame(0x81, "{\"type\":\"PING\"}"u8);

        await ada.SendBytesAsync([.. Encoding.ASCII.GetBytes(upgrade), .. login, .. ping[..5]]);
        (await ada.AskAsync("")).ShouldStartWith("HTTP/1.1 101 ");
        await ada.SendBytesAsync(ping[5..]);

        (await ada.ReceiveAsync()).ShouldBe("""{"type":"PONG"}""");
    }
}
