namespace SecureChat.EnduranceTests;

/// <summary>A test that puts something of its own between the relay and Linux; without a C compiler it is skipped, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InterposingFactAttribute : FactAttribute
{
    public InterposingFactAttribute() =>
        Skip = Needs.Compiler is null ? "There is no C compiler on this machine: apt-get install gcc libc6-dev" : null;
}

/// <summary>A test that mounts a file system of its own; it has to be run by root, and is skipped otherwise, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountingFactAttribute : FactAttribute
{
    public MountingFactAttribute() => Skip = Needs.Mounting;
}

/// <summary>The same for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountingTheoryAttribute : TheoryAttribute
{
    public MountingTheoryAttribute() => Skip = Needs.Mounting;
}

/// <summary>A test that looks into the process from outside: since the relay shuts itself off, that is for root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Only root can look into the relay's process.";
}

internal static class Needs
{
    private static readonly string[] Places = ["/usr/bin/gcc", "/usr/bin/cc", "/usr/bin/clang"];

    /// <summary>Null, or why no disk can be mounted.</summary>
    public static string? Mounting { get; } =
        OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? null : "A small disk can only be mounted by root, on Linux.";

    /// <summary>The C compiler; null where there is none, and where libraries are not loaded as on Linux.</summary>
    public static string? Compiler { get; } = OperatingSystem.IsLinux() ? Places.FirstOrDefault(File.Exists) : null;
}
