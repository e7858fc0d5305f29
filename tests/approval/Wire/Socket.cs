using System.Net.WebSockets;
using System.Text;

namespace SecureChat.ApprovalTests.Wire;

/// <summary>A client's WebSocket: text frames out and in, one after the other.</summary>
internal sealed class Socket : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket web = new();

    public static async Task<Socket> Open(RelayProcess relay, Person from)
    {
        Socket socket = new();
        socket.web.Options.SetRequestHeader("X-Forwarded-For", from.Address);
        using CancellationTokenSource limit = new(Patience);
        await socket.web.ConnectAsync(new Uri($"ws://127.0.0.1:{relay.Port}/"), limit.Token);
        return socket;
    }

    /// <summary>A text message, of whatever it may be.</summary>
    public async Task Send(string text)
    {
        using CancellationTokenSource limit = new(Patience);
        await web.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, limit.Token);
    }

    /// <summary>The next message, or how the server closes the connection.</summary>
    public async Task<string> Receive()
    {
        using CancellationTokenSource limit = new(Patience);
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult part = await web.ReceiveAsync(buffer.AsMemory(length), limit.Token);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await web.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
                return $"(closed: {(int?)web.CloseStatus} {web.CloseStatusDescription})";
            }

            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }
        }
    }

    /// <summary>Says goodbye and waits until the server has noticed.</summary>
    public async Task Close()
    {
        using CancellationTokenSource limit = new(Patience);
        await web.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (web.State == WebSocketState.Open)
        {
            await Close();
        }

        web.Dispose();
    }
}
