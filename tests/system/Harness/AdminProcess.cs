using System.Diagnostics;

namespace SecureChat.SystemTests.Harness;

/// <summary>The built <c>securechat-admin</c>, run once.</summary>
public sealed record AdminProcess(int ExitCode, string Output, string Error)
{
    public static async Task<AdminProcess> Run(params string[] args)
    {
        using var process = Process.Start(BuiltProgram.Admin(args))!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new AdminProcess(process.ExitCode, output, await error);
    }

    public AdminProcess ShouldBeFine()
    {
        ExitCode.ShouldBe(0, Output + Error);
        return this;
    }
}
