using System.Diagnostics;

namespace SecureChat.SystemTests.Harness;

/// <summary>The built <c>securechat-admin</c>, run once.</summary>
public sealed record AdminProcess(int ExitCode, string Output, string Error)
{
    public static async Task<AdminProcess> Run(params string[] args)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "securechat-admin.dll");
        File.Exists(Path.ChangeExtension(assembly, "runtimeconfig.json")).ShouldBeTrue("the built tool stands beside the tests");
        using var process = Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [assembly, .. args])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
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
