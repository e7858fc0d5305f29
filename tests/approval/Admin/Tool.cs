using System.CommandLine;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Admin;

namespace SecureChat.ApprovalTests.Admin;

/// <summary>The operator's tool on one ledger, as a text of what was typed and what came.</summary>
/// <param name="folder">Where the ledger is; it is called LEDGER in the text.</param>
/// <param name="now">The time by the tool's clock.</param>
internal sealed partial class Tool(string folder, DateTimeOffset now)
{
    /// <summary>Types a command line. LEDGER in it is the folder.</summary>
    public async Task<string> Run(string line)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        Terminal terminal = new(TextReader.Null, output, error, new FakeTimeProvider(now));
        int code = await AdminProgram.RunAsync([.. line.Split(' ').Select(word => word.Replace("LEDGER", folder))], terminal);
        string said = error.ToString() is { Length: > 0 } errors ? $"(on standard error) {errors}" : "";
        return $"$ securechat-admin {line}\n{Scrub(output + said)}(exit code {code})\n\n";
    }

    public async Task<string> RunAll(params string[] lines)
    {
        string text = "";
        foreach (string line in lines)
        {
            text += await Run(line);
        }

        return text;
    }

    // The program is another one in a test, and the people's keys are new in every run, and with them whatever is hashed.
    private string Scrub(string text) => Base64().Replace(
        text.Replace(folder, "LEDGER").Replace($" {RootCommand.ExecutableName} ", " securechat-admin "), "BASE64");

    [GeneratedRegex("[A-Za-z0-9+/]{43,}=*")]
    private static partial Regex Base64();
}
