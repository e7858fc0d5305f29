using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SecureChat.UnitTests.Admin;

/// <summary>Addresses at which there is no relay: one sentence, exit code 3.</summary>
public class RelayAddressTests
{
    [Fact]
    public async Task Nobody_answers()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        (await Ran.Admin("status", $"http://127.0.0.1:{port}/")).ShouldBeRefused(3, "cannot be reached");
    }

    [Theory]
    [InlineData("404 Not Found", "", "is no relay with a ledger")]
    [InlineData("200 OK", "<html>Welcome</html>", "is no relay with a ledger")]
    [InlineData("401 Unauthorized", "", "AUDIT_TOKEN")]
    [InlineData("301 Moved Permanently", "", "answered 301")]
    [InlineData("500 Internal Server Error", "", "answered 500")]
    public async Task Somebody_else_answers(string status, string body, string sentence)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task answering = AnswerAlways(listener, $"HTTP/1.1 {status}\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}");
        string address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
        (await Ran.Admin("history", address, "--token", "token")).ShouldBeRefused(3, sentence);
        (await Ran.Admin("verify", address, "--token", "token")).ShouldBeRefused(3, sentence);
        listener.Stop();
        await answering;
    }

    [Fact]
    public async Task A_token_that_no_header_carries() =>
        (await Ran.Admin("status", "http://127.0.0.1:1/", "--token", "a\nb")).ShouldBeRefused(2, "no header can carry");

    private static async Task AnswerAlways(TcpListener listener, string answer)
    {
        while (true)
        {
            try
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                byte[] request = new byte[4096];
                _ = await client.GetStream().ReadAsync(request);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
            catch (IOException)
            {
                // The client has what it wanted.
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
