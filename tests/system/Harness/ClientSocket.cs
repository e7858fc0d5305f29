using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace SecureChat.SystemTests.Harness;

/// <summary>A frame from the server. <see cref="Payload"/> is undefined where there is none.</summary>
public sealed record Frame(string Type, JsonElement Payload, string Text, WebSocketMessageType Kind);

/// <summary>
/// A client's WebSocket that keeps what arrives until a test asks for it. Silence is proven without waiting: frames of one connection are
/// ordered, so whatever the server sent before a PONG has arrived with it.
/// </summary>
public sealed class ClientSocket : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ClientWebSocket web;
    private readonly Channel<Frame> arriving = Channel.CreateUnbounded<Frame>();
    private readonly List<Frame> unread = [];
    private readonly Task reading;

    private ClientSocket(ClientWebSocket web)
    {
        this.web = web;
        reading = Read();
    }

    public static async Task<ClientSocket> Open(RelayProcess relay, string path = "/", string? from = null, params string[] subprotocols)
    {
        var client = new ClientWebSocket();
        client.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        client.Options.KeepAliveInterval = TimeSpan.Zero;
        client.Options.Proxy = null;
        if (from is not null)
        {
            client.Options.SetRequestHeader("X-Forwarded-For", from);
        }

        foreach (var subprotocol in subprotocols)
        {
            client.Options.AddSubProtocol(subprotocol);
        }

        var url = new UriBuilder(new Uri(relay.Url, path)) { Scheme = relay.Url.Scheme == "https" ? "wss" : "ws" }.Uri;
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await client.ConnectAsync(url, limit.Token);
            return new ClientSocket(client);
        }
        catch (WebSocketException exception)
        {
            client.Dispose();
            throw new ShouldAssertException($"No connection. The relay has said:\n{relay.Output}", exception);
        }
    }

    /// <summary>What the server chose of the subprotocols that were offered; null when none.</summary>
    public string? Subprotocol => web.SubProtocol;

    public Task Authenticate(Credentials credentials) => Send("AUTH", new JsonObject
    {
        ["member_id"] = credentials.MemberId,
        ["signature"] = credentials.Signature,
        ["timestamp"] = long.Parse(credentials.Timestamp),
    });

    public Task Send(string type, JsonNode? payload = null)
    {
        var frame = new JsonObject { ["type"] = type };
        if (payload is not null)
        {
            frame["payload"] = payload;
        }

        return SendText(frame.ToJsonString());
    }

    public Task SendText(string text) => SendBytes(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public async Task SendBytes(ReadOnlyMemory<byte> bytes, WebSocketMessageType kind, bool endOfMessage = true)
    {
        using var limit = new CancellationTokenSource(Patience);
        await web.SendAsync(bytes, kind, endOfMessage, limit.Token);
    }

    /// <summary>The next unread frame of this type, with exactly these fields in its payload; frames of other types stay unread.</summary>
    public async Task<JsonElement> Expect(string type, params string[] fields)
    {
        var frame = await ExpectFrame(type);
        frame.Kind.ShouldBe(WebSocketMessageType.Text);
        JsonDocument.Parse(frame.Text).RootElement.ShouldHaveExactly("type", "payload");
        return fields.Length > 0 ? frame.Payload.ShouldHaveExactly(fields) : frame.Payload;
    }

    public async Task<Frame> ExpectFrame(string type)
    {
        var index = unread.FindIndex(frame => frame.Type == type);
        if (index >= 0)
        {
            var found = unread[index];
            unread.RemoveAt(index);
            return found;
        }

        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await foreach (var frame in arriving.Reader.ReadAllAsync(limit.Token))
            {
                if (frame.Type == type)
                {
                    return frame;
                }

                unread.Add(frame);
            }
        }
        catch (OperationCanceledException exception)
        {
            throw new ShouldAssertException($"No {type} came. Unread: {Unread()}", exception);
        }

        throw new ShouldAssertException($"No {type} came before the connection was closed ({web.CloseStatus}). Unread: {Unread()}");
    }

    /// <summary>An ERROR frame, which says something for people and for programs; the connection is still open.</summary>
    public async Task<JsonElement> ExpectError(string? code = null, params string[] furtherFields)
    {
        var error = await Expect("ERROR");
        error.Text("code").ShouldMatch("^[a-z0-9]+(_[a-z0-9]+)*$");
        error.Text("reason").ShouldNotBeNullOrWhiteSpace();
        error.EnumerateObject().Select(field => field.Name).Except(["code", "reason", "message_id", "request_id"]).ShouldBeEmpty();
        foreach (var field in furtherFields)
        {
            error.TryGetProperty(field, out _).ShouldBeTrue($"ERROR without {field}");
        }

        if (code is not null)
        {
            error.Text("code").ShouldBe(code);
        }

        await Settle();
        return error;
    }

    /// <summary>Waits until the server has read everything sent so far, and everything it has sent until then is here.</summary>
    public async Task Settle()
    {
        await Send("PING");
        (await ExpectFrame("PONG")).Text.ShouldBe("""{"type":"PONG"}""");
    }

    /// <summary>Everything unread, after settling; nothing is unread afterwards.</summary>
    public async Task<List<Frame>> Drain()
    {
        await Settle();
        var frames = unread.ToList();
        unread.Clear();
        return frames;
    }

    /// <summary>Nothing is unread after settling, but for frames of these types.</summary>
    public async Task ExpectSilence(params string[] except)
    {
        await Settle();
        unread.Where(frame => !except.Contains(frame.Type)).ShouldBeEmpty(Unread());
    }

    public async Task ExpectNo(string type)
    {
        await Settle();
        unread.Where(frame => frame.Type == type).ShouldBeEmpty(Unread());
    }

    /// <summary>AUTH_FAILED with this reason, and the end of the connection.</summary>
    public async Task ExpectAuthFailed(string? reason = null)
    {
        var given = (await Expect("AUTH_FAILED", "reason")).Text("reason");
        if (reason is not null)
        {
            given.ShouldBe(reason);
        }

        await ExpectClosed();
    }

    /// <summary>The server ends the connection, with or without a farewell.</summary>
    public async Task<WebSocketCloseStatus?> ExpectClosed()
    {
        try
        {
            await reading.WaitAsync(Patience);
        }
        catch (TimeoutException exception)
        {
            throw new ShouldAssertException($"The connection is still open. Unread: {Unread()}", exception);
        }

        return web.CloseStatus;
    }

    public bool IsOpen => !reading.IsCompleted;

    /// <summary>Says goodbye and waits for the server's answer.</summary>
    public async Task Close()
    {
        using var limit = new CancellationTokenSource(Patience);
        if (web.State is WebSocketState.Open)
        {
            await web.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }

        await reading.WaitAsync(limit.Token);
    }

    /// <summary>The connection dies without a word, as on a lost network.</summary>
    public void Abort() => web.Abort();

    public async ValueTask DisposeAsync()
    {
        try
        {
            // A regular end, so that the server has noticed it before the next test begins.
            await Close();
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            web.Abort();
        }

        await reading;
        web.Dispose();
    }

    private string Unread() => string.Join(", ", unread.Select(frame => frame.Text.Length > 300 ? frame.Text[..300] : frame.Text));

    private async Task Read()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await web.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    if (web.State == WebSocketState.CloseReceived)
                    {
                        await web.CloseOutputAsync(web.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    }

                    break;
                }

                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                {
                    continue;
                }

                await arriving.Writer.WriteAsync(Parse(message.ToArray(), part.MessageType));
                message.SetLength(0);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The connection is gone; that is all a test wants to know.
        }
        finally
        {
            arriving.Writer.TryComplete();
        }
    }

    private static Frame Parse(byte[] bytes, WebSocketMessageType kind)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var root = JsonDocument.Parse(text).RootElement;
        return new Frame(root.Text("type"), root.TryGetProperty("payload", out var payload) ? payload : default, text, kind);
    }
}
