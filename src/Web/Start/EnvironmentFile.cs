using DotNetEnv;

namespace SecureChat.Web.Start;

/// <summary>Settings come from the environment, and from <c>.env</c> in the working folder where the environment has none.</summary>
internal static class EnvironmentFile
{
    /// <summary>The value of a name, or null when neither has it.</summary>
    /// <param name="path">The file; it need not be there.</param>
    /// <exception cref="SettingException">The file is there and cannot be read.</exception>
    public static Func<string, string?> Over(string path)
    {
        Dictionary<string, string> lines = [];
        if (File.Exists(path))
        {
            try
            {
                LoadOptions options = new(setEnvVars: false, clobberExistingVars: false, onlyExactPath: true);
                foreach ((string name, string value) in Env.Load(path, options))
                {
                    lines[name] = value;
                }
            }
            catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
            {
                // What the parser says can quote the file, and the file can hold the founder key.
                throw new SettingException($"{path} cannot be read: each line must be NAME=value, a comment (#) or empty.");
            }
        }

        // Set to nothing counts as not set, as in Settings: compose files pass variables on that way.
        return name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : lines.GetValueOrDefault(name);
    }
}
