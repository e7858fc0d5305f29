using System.Diagnostics;

namespace SecureChat.SystemTests.Harness;

/// <summary>The operator's tool as a process of its own.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record AuditTool(int ExitCode, string Output, string Error)
{
    /// <summary>Runs it, with an audit token in its environment or without.</summary>
    public static async Task<AuditTool> Run(string? token, params string[] arguments)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "securechat-admin.dll");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [assembly, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("AUDIT_TOKEN");
        start.Environment.Remove("SERVER_NAME");
        if (token is not null)
        {
            start.Environment["AUDIT_TOKEN"] = token;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new AuditTool(process.ExitCode, output, await error);
    }

    /// <summary>It ended well and had nothing to complain about.</summary>
    public string ShouldBeFine()
    {
        Error.ShouldBeEmpty();
        ExitCode.ShouldBe(0, Output);
        return Output;
    }

    /// <summary>One sentence on standard error, and this exit code.</summary>
    public void ShouldBeRefused(int exitCode, string sentence)
    {
        Error.ShouldContain(sentence);
        Error.TrimEnd('\n').ShouldNotContain('\n');
        ExitCode.ShouldBe(exitCode);
    }
}
