using Microsoft.Extensions.Time.Testing;
using SecureChat.Admin;
using SecureChat.UnitTests.Projections;

namespace SecureChat.UnitTests.Admin;

/// <summary>What a command line came to.</summary>
internal sealed record Ran(int ExitCode, string Output, string Error)
{
    public static Task<Ran> Admin(params string[] args) => WithInput("", args);

    public static Task<Ran> WithInput(string input, params string[] args) => RunAsync(input, TimeSpan.FromSeconds(1), args);

    public static Task<Ran> Later(TimeSpan time, params string[] args) => RunAsync("", time, args);

    private static async Task<Ran> RunAsync(string input, TimeSpan later, string[] args)
    {
        using StringReader answers = new(input);
        using StringWriter output = new();
        using StringWriter error = new();
        FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(SomeCircle.Start) + later);
        int exitCode = await AdminProgram.RunAsync(args, new Terminal(answers, output, error, clock));
        return new Ran(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>One sentence on standard error, nothing on standard output, and this exit code.</summary>
    public Ran ShouldBeRefused(int exitCode, string sentence)
    {
        Error.ShouldContain(sentence);
        Error.TrimEnd('\n').ShouldNotContain('\n');
        Error.ShouldNotContain(" at SecureChat.");
        ExitCode.ShouldBe(exitCode);
        return this;
    }

    public Ran ShouldBeFine()
    {
        Error.ShouldBeEmpty();
        ExitCode.ShouldBe(0, Output);
        return this;
    }
}
