using System.Diagnostics;

namespace SecureChat.SystemTests.Harness;

/// <summary>
/// The programs under test: those that were built beside the tests, or, where a variable of the environment names one, the same
/// program built in another way.
/// </summary>
public static class BuiltProgram
{
    /// <summary>The relay; <c>RELAY_PROGRAM</c> names another build of it.</summary>
    public static ProcessStartInfo Relay() => Command("RELAY_PROGRAM", "SecureChat.Web.dll", []);

    /// <summary>The operator's tool; <c>ADMIN_PROGRAM</c> names another build of it.</summary>
    public static ProcessStartInfo Admin(string[] words) => Command("ADMIN_PROGRAM", "securechat-admin.dll", words);

    private static ProcessStartInfo Command(string variable, string assemblyName, string[] words)
    {
        var start = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } program
            ? new ProcessStartInfo(program, words)
            : new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Assembly(assemblyName), .. words]);
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return start;
    }

    /// <summary>The project reference copies the program beside the tests, with the runtime configuration that makes it one.</summary>
    private static string Assembly(string name)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, name);
        File.Exists(Path.ChangeExtension(assembly, "runtimeconfig.json")).ShouldBeTrue($"the built {name} stands beside the tests");
        return assembly;
    }
}
