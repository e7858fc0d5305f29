using System.Text;
using Microsoft.Extensions.Time.Testing;
using SecureChat.Admin;

namespace SecureChat.ApprovalTests.Admin;

/// <summary>Command lines with what they say, one after the other, as a person sees them elsewhere than on a terminal.</summary>
internal sealed class AdminText(DateTimeOffset now)
{
    private readonly StringBuilder text = new();
    private readonly List<(string Value, string Name)> names = [];

    /// <summary>Has a name stand for what is different in every run.</summary>
    public AdminText Naming(string value, string name)
    {
        names.Add((value, name));
        return this;
    }

    public Task Run(params string[] args) => RunWith("", args);

    /// <summary>Runs a command whose question is answered.</summary>
    public async Task RunWith(string answer, params string[] args)
    {
        using StringReader input = new(answer);
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        int exitCode = await AdminProgram.RunAsync(args, new Terminal(input, output, error, new FakeTimeProvider(now)));
        text.Append("$ securechat-admin ").AppendJoin(' ', args.Select(arg => arg.Contains(' ', StringComparison.Ordinal) ? $"\"{arg}\"" : arg)).Append('\n');
        text.Append(output).Append(error).Append($"[exit code {exitCode}]\n\n");
    }

    public override string ToString() => names.Aggregate(text.ToString(), (result, name) => result.Replace(name.Value, name.Name, StringComparison.Ordinal));
}
