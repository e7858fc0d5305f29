using System.Net.Http.Headers;
using System.Net.WebSockets;
using Xunit.Abstractions;

namespace SecureChat.EnduranceTests.Hostile;

/// <summary>
/// Every file of the JSONTestSuite (MIT, github.com/nst/JSONTestSuite) through both parsers of the real process: as the body of a call and as
/// a frame; and once more as the value of a field that nobody asks for, so that what is no object gets past the first look, too. What must
/// parse is parsed, unless a documented rule refuses it, which is then named here; what must not is refused; the rest is answered.
/// </summary>
public class JsonTestSuiteTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Files = 318;
    private const int MaxBody = 65_536;

    private static readonly string Folder = Path.GetFullPath(Path.Combine(Documented.Root(), "../shared/vectors/jsontestsuite"));

    private Circle circle = null!;
    private ClientSocket socket = null!;
    private string outputBefore = "";

    public async Task InitializeAsync()
    {
        circle = await Circle.Found(1);
        socket = await circle.Founder.Connects();
        outputBefore = circle.Relay.Output;
    }

    public async Task DisposeAsync()
    {
        circle.Relay.Output.ShouldBe(outputBefore, "nothing that a client does is logged");
        await socket.DisposeAsync();
        await circle.DisposeAsync();
    }

    [JsonTestSuiteFact]
    public async Task Every_file_is_judged_as_the_suite_does_in_a_body_and_in_a_frame()
    {
        var files = Directory.GetFiles(Folder, "*.json");
        files.Length.ShouldBeGreaterThanOrEqualTo(Files);
        Dictionary<string, int> judged = [];
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            var json = await File.ReadAllBytesAsync(file);
            await InABody(name, json);
            await InAFrame(name, json);
            judged[name[..2]] = judged.GetValueOrDefault(name[..2]) + 1;
        }

        judged.Keys.ShouldBe(["i_", "n_", "y_"], ignoreOrder: true);
        output.WriteLine(string.Join(", ", judged.Select(kind => $"{kind.Value} files {kind.Key}")));
    }

    private async Task InABody(string name, byte[] json)
    {
        var isObject = json.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8);

        // The rules of a body: one object, no name twice, 64 KiB.
        var rule = name.Contains("duplicated", StringComparison.Ordinal);
        await Post(json, taken: name[0] == 'y' ? isObject && !rule : name[0] == 'n' ? false : null);
        await Post([.. "{\"other\":"u8, .. json, .. "}"u8], taken: name[0] == 'y' ? !rule : name[0] == 'n' ? false : null);

        // A body that is taken lacks what this call asks for.
        async Task Post(byte[] bytes, bool? taken)
        {
            using ByteArrayContent body = new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            var answer = await circle.Relay.Send(HttpMethod.Post, "/api/lock-requests", body, circle.Founder.Sign());
            var code = $"{answer.Status} {answer.Json.Text("code")}";
            code.ShouldBeOneOf(bytes.Length > MaxBody ? ["413 body_too_large"]
                : taken switch { true => ["400 locked_not_boolean"], false => ["400 invalid_json"], null => ["400 locked_not_boolean", "400 invalid_json"] },
                $"{name} in a body");
        }
    }

    private async Task InAFrame(string name, byte[] json)
    {
        await Send(json, "invalid_frame");
        await Send([.. "{\"type\":\"ACK\",\"payload\":{\"other\":"u8, .. json, .. "}}"u8], "missing_fields");

        // A frame that is JSON lacks what makes it one, or what an ACK asks for.
        async Task Send(byte[] bytes, string taken)
        {
            await socket.SendBytes(bytes, WebSocketMessageType.Binary);
            var code = (await socket.ExpectError()).Text("code");
            code.ShouldBeOneOf(name[0] switch { 'y' => [taken], 'n' => ["invalid_json"], _ => [taken, "invalid_json"] }, $"{name} in a frame");
        }
    }

    /// <summary>Skipped, with a message, where the suite is missing.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class JsonTestSuiteFactAttribute : FactAttribute
    {
        public JsonTestSuiteFactAttribute() => Skip = Directory.Exists(Folder)
            ? null
            : "JSONTestSuite's files are not there: put them into shared/vectors/jsontestsuite beside the repository.";
    }
}
