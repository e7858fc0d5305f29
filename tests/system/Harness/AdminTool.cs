using System.Diagnostics;

namespace SecureChat.SystemTests.Harness;

/// <summary>The built operator's tool as a process of its own.</summary>
public static class AdminTool
{
    /// <summary>Runs one command to its end, with somebody at the keyboard who types this.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> Admin(string typed, params string[] words)
    {
        using var process = Process.Start(BuiltProgram.Admin(words))!;
        await process.StandardInput.WriteLineAsync(typed);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return (process.ExitCode, await output, await error);
    }
}
