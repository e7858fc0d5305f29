using System.Text;
using System.Text.Json;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>
/// Opening handshakes by hand against the real process (RFC 6455 section 4.2): what a request for a WebSocket may leave out, double or
/// get wrong, with the exact status and code.
/// </summary>
public class RawHandshakeTests(RawFrameTests.Host host) : IClassFixture<RawFrameTests.Host>, IAsyncLifetime
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Version = "Sec-WebSocket-Version: 13\r\n";
    private const string Upgrade = "Upgrade: websocket\r\n";
    private const string Connection = "Connection: Upgrade\r\n";
    private const string Bad = "400 bad_websocket_handshake";
    private const string Taken = "101";

    public static TheoryData<string, string, string> Handshakes => new()
    {
        { "as in the RFC", $"GET /chat HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}", Taken },
        { "a path of the API", $"GET /api/members?x=1 HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}", Taken },
        { "tokens in other cases, among others", $"GET / HTTP/1.1\r\nUpgrade: h2c, WebSocket\r\nConnection: keep-alive, UPGRADE\r\n{Version}{Key}", Taken },
        { "an extension on offer", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}Sec-WebSocket-Extensions: permessage-deflate\r\n", Taken },
        { "a subprotocol that nobody knows", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}Sec-WebSocket-Protocol: chat\r\n", Taken },
        { "our subprotocol among others", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}Sec-WebSocket-Protocol: chat, securechat.v2\r\n", "101 securechat.v2" },
        { "our subprotocol in capitals", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}Sec-WebSocket-Protocol: SECURECHAT.V2\r\n", Taken },
        { "a page of anybody's", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}Origin: https://evil.example\r\n", Taken },
        { "POST", $"POST / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}Content-Length: 0\r\n", Bad },
        { "HEAD", $"HEAD / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}", "400" },
        { "PUT", $"PUT / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}Content-Length: 0\r\n", Bad },
        { "no Connection", $"GET / HTTP/1.1\r\n{Upgrade}{Version}{Key}", Bad },
        { "a Connection that keeps alive", $"GET / HTTP/1.1\r\n{Upgrade}Connection: keep-alive\r\n{Version}{Key}", Bad },
        { "no Upgrade, which is a plain request", $"GET / HTTP/1.1\r\n{Connection}{Version}{Key}", "200" },
        { "an Upgrade to something else, which is a plain request", $"GET / HTTP/1.1\r\nUpgrade: h2c\r\n{Connection}{Version}{Key}", "200" },
        { "no version", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Key}", Bad },
        { "an old version", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}Sec-WebSocket-Version: 8\r\n{Key}", "426 unsupported_websocket_version" },
        { "a version that does not exist", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}Sec-WebSocket-Version: 14\r\n{Key}", "426 unsupported_websocket_version" },
        { "a version that is no number", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}Sec-WebSocket-Version: +13\r\n{Key}", "426 unsupported_websocket_version" },
        { "two versions", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Version}{Key}", Bad },
        { "no key", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}", Bad },
        { "an empty key", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}Sec-WebSocket-Key:\r\n", Bad },
        { "two keys", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}{Key}", Bad },
        { "a key of 15 bytes", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA\r\n", Bad },
        { "a key of 17 bytes", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA=\r\n", Bad },
        { "a key that is no base64", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\r\n", Bad },
        { "a key of a thousand bytes", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}Sec-WebSocket-Key: {new string('A', 1000)}\r\n", Bad },
        { "a body", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}Content-Length: 4\r\n", Bad },
        { "a body in chunks", $"GET / HTTP/1.1\r\n{Upgrade}{Connection}{Version}{Key}Transfer-Encoding: chunked\r\n", Bad },
        { "HTTP/1.0", $"GET / HTTP/1.0\r\n{Upgrade}{Connection}{Version}{Key}", Bad },
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        host.Circle.Relay.Output.ShouldBe(host.OutputBefore, "nothing that a client does is logged");
        return Task.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Handshakes))]
    public async Task A_handshake_by_hand_is_answered_as_the_RFC_says(string what, string request, string expected)
    {
        using var socket = await RawSocket.Open(host.Circle.Relay);
        await socket.Send(Encoding.ASCII.GetBytes($"{request}Host: relay\r\n\r\n"));
        var answer = (await socket.ReadAnswer(request.Split(' ')[0])).ShouldNotBeNull(what);

        Words(answer).ShouldBe(expected, what);
        answer.Head.ShouldNotContain("Sec-WebSocket-Extensions", Case.Insensitive);
        answer.Head.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", StringComparison.OrdinalIgnoreCase).ShouldBe(answer.Status == 101);
        answer.Head.Contains("Sec-WebSocket-Version: 13", StringComparison.OrdinalIgnoreCase).ShouldBe(answer.Status == 426);
    }

    private static string Words(RawAnswer answer)
    {
        var protocol = answer.Head.Split("\r\n").FirstOrDefault(line => line.StartsWith("Sec-WebSocket-Protocol: ", StringComparison.OrdinalIgnoreCase));
        var code = answer.Body.Length > 0 && JsonDocument.Parse(answer.Body).RootElement.TryGetProperty("code", out var given) ? given.GetString() : null;
        return $"{answer.Status} {protocol?.Split(": ")[1] ?? code}".TrimEnd();
    }
}
