using System.Diagnostics;

namespace SecureChat.SystemTests.Harness;

/// <summary>
/// The programs under test: those that were built beside the tests, or, where a variable of the environment names one, the same
/// program built in another way.
/// </summary>
public static class BuiltProgram
{
    /// <summary>The relay; <c>RELAY_PROGRAM</c> names another build of it.</summary>
    /// <param name="launcher">A program, with its arguments, that starts the relay in its own place; empty for none.</param>
    public static ProcessStartInfo Relay(string[] launcher) => Command([.. launcher, .. Program("RELAY_PROGRAM", "SecureChat.Web.dll")]);

    /// <summary>Whether the relay under test is a native program.</summary>
    public static bool IsRelayNative => Environment.GetEnvironmentVariable("RELAY_PROGRAM") is { Length: > 0 };

    /// <summary>The operator's tool; <c>ADMIN_PROGRAM</c> names another build of it.</summary>
    /// <param name="words">Its arguments.</param>
    public static ProcessStartInfo Admin(string[] words) => Command([.. Program("ADMIN_PROGRAM", "securechat-admin.dll"), .. words]);

    private static ProcessStartInfo Command(string[] command) => new(command[0], command[1..])
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static string[] Program(string variable, string assembly) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } program
            ? [program]
            : [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", Assembly(assembly)];

    /// <summary>The project reference copies the program beside the tests, with the runtime configuration that makes it one.</summary>
    private static string Assembly(string name)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, name);
        File.Exists(Path.ChangeExtension(assembly, "runtimeconfig.json")).ShouldBeTrue($"the built {name} stands beside the tests");
        return assembly;
    }
}
