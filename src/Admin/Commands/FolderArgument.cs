using System.CommandLine;

namespace SecureChat.Admin.Commands;

/// <summary>The data folder as the last word of a command, or the one that the relay would use.</summary>
internal static class FolderArgument
{
    /// <summary>The setting of the relay that names it.</summary>
    public const string Variable = "DATA_DIR";

    /// <summary>An argument that need not be given.</summary>
    public static Argument<string> Make(string whose) => new("FOLDER")
    {
        Description = $"The data folder of a relay{whose}. Without it: the folder of {Variable}, or else data.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => Default(),
    };

    /// <summary>The folder that the relay would use.</summary>
    public static string Default() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : "data";
}
