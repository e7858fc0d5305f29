namespace SecureChat.ApprovalTests;

/// <summary>The checkout: where the approved texts stand, and the documents that are compared with the code.</summary>
internal static class RepositoryFolder
{
    /// <summary>The folder of the solution, found upwards from the test binary.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A document of the repository.</summary>
    /// <param name="path">Relative to the root.</param>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SecureChat.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests do not run from inside the repository: no SecureChat.sln above them.");
    }
}
