using System.Text;
using Microsoft.AspNetCore.Http;
using SecureChat.UnitTests.Keys;
using SecureChat.Web.Api;

namespace SecureChat.UnitTests.Web;

public class RequestBodyTests
{
    private static readonly string Suite = Path.GetFullPath(Path.Combine(RepositoryFolder.Root, "../shared/vectors/jsontestsuite"));

    [Theory]
    [InlineData("{}")]
    [InlineData(" \t\r\n{ } \n")]
    [InlineData("{\"other\":[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}")]
    [InlineData("{\"other\":1e400,\"o\":-0}")]
    [InlineData("{\"other\":\"\\ud800\"}")]
    public async Task An_object_is_taken_whatever_is_in_what_nobody_asks_for(string json) => (await Read(json)).Error.ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("\"{}\"")]
    [InlineData("true")]
    [InlineData("{} {}")]
    [InlineData("{},")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{a:1}")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":1/**/}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":\"\n\"}")]
    [InlineData("\uFEFF{}")]
    [InlineData("{\"a\":1,\"a\":1}")]
    [InlineData("{\"a\":1,\"\\u0061\":1}")]
    [InlineData("{\"o\":{\"a\":1,\"a\":1}}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"other\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}")]
    public async Task Anything_else_is_refused(string json) => (await Read(json)).Error.ShouldBe(ApiErrors.InvalidJson);

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    public async Task Bytes_that_are_no_UTF8_are_refused_also_where_nobody_asks(byte[] bytes)
    {
        (await Read([.. "{\"other\":\""u8, .. bytes, .. "\"}"u8])).Error.ShouldBe(ApiErrors.InvalidJson);
        (await Read([.. "{\""u8, .. bytes, .. "\":1}"u8])).Error.ShouldBe(ApiErrors.InvalidJson);
    }

    [Fact]
    public async Task A_text_is_a_string_of_valid_Unicode_and_absent_is_empty()
    {
        ApiError? error = null;
        RequestBody body = (await Read("""{"a":"x\u00e9","b":null,"n":1,"o":{},"l":[],"t":true,"s":"\udc00"}""")).Body!;
        body.Text("a", ref error).ShouldBe("xé");
        body.Text("b", ref error).ShouldBe("");
        body.Text("missing", ref error).ShouldBe("");
        body.Text("A", ref error).ShouldBe("");
        error.ShouldBeNull();
        foreach (string name in (string[])["n", "o", "l", "t", "s"])
        {
            error = null;
            body.Text(name, ref error);
            error.ShouldBe(ApiErrors.NotAString(name));
        }

        // The first thing that was wrong is what is told.
        body.Text("n", ref error);
        error.ShouldBe(ApiErrors.NotAString("s"));
    }

    [Fact]
    public async Task A_boolean_is_true_or_false_and_nothing_like_it()
    {
        RequestBody body = (await Read("""{"t":true,"f":false,"s":"true","n":1,"z":null,"o":{}}""")).Body!;
        body.Boolean("t").ShouldBe(true);
        body.Boolean("f").ShouldBe(false);
        foreach (string name in (string[])["s", "n", "z", "o", "missing"])
        {
            body.Boolean(name).ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_body_has_at_most_64_KiB()
    {
        string fill = new('x', RequestBody.MaxBytes - "{\"a\":\"\"}".Length);
        (await Read($"{{\"a\":\"{fill}\"}}")).Error.ShouldBeNull();
        (await Read($"{{\"a\":\"{fill}x\"}}")).Error.ShouldBe(ApiErrors.BodyTooLarge);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("application/json", true)]
    [InlineData("Application/JSON; charset=UTF-8", true)]
    [InlineData("application/json; charset=\"utf-8\"", true)]
    [InlineData("application/json; charset=iso-8859-1", false)]
    [InlineData("text/plain", false)]
    [InlineData("application/x-www-form-urlencoded", false)]
    [InlineData("application/jsonp", false)]
    [InlineData("json", false)]
    public async Task The_content_type_is_JSON(string? type, bool taken) =>
        (await Read("{}"u8.ToArray(), type)).Error.ShouldBe(taken ? null : ApiErrors.UnsupportedMediaType);

    [JsonTestSuiteFact]
    public async Task Files_of_the_JSONTestSuite_are_judged_as_it_does()
    {
        int cases = 0;
        foreach (string file in Directory.EnumerateFiles(Suite, "*.json", SearchOption.AllDirectories))
        {
            string name = Path.GetFileName(file);
            byte[] json = await File.ReadAllBytesAsync(file);
            ApiError? error = (await Read(json)).Error;
            bool isObject = json.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("{"u8);
            bool repeatsNames = name.Contains("duplicated", StringComparison.Ordinal);
            if (name.StartsWith("n_", StringComparison.Ordinal))
            {
                error.ShouldNotBeNull(name);
                cases++;
            }
            else if (name.StartsWith("y_", StringComparison.Ordinal))
            {
                error.ShouldBe(isObject && !repeatsNames ? null : ApiErrors.InvalidJson, name);
                cases++;
            }
        }

        cases.ShouldBeGreaterThan(250);
    }

    private static Task<(RequestBody? Body, ApiError? Error)> Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    private static Task<(RequestBody? Body, ApiError? Error)> Read(byte[] json, string? type = "application/json")
    {
        DefaultHttpContext context = new();
        context.Request.ContentType = type;
        context.Request.Body = new MemoryStream(json);
        return RequestBody.ReadAsync(context);
    }

    /// <summary>Skipped, with a message, where the suite (MIT, github.com/nst/JSONTestSuite) is missing.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class JsonTestSuiteFactAttribute : FactAttribute
    {
        public JsonTestSuiteFactAttribute() => Skip = Directory.Exists(Suite)
            ? null
            : "JSONTestSuite's files are not there: put them into shared/vectors/jsontestsuite beside the repository.";
    }
}
