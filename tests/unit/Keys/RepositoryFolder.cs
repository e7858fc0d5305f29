namespace SecureChat.UnitTests.Keys;

/// <summary>Where test data stands: in the repository, and in a folder beside it that not every checkout has.</summary>
internal static class RepositoryFolder
{
    /// <summary>The folder of the solution, found upwards from the test binary.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>Wycheproof's files (Apache-2.0, github.com/C2SP/wycheproof), which the project does not carry.</summary>
    internal static string Wycheproof => Path.GetFullPath(Path.Combine(Root, "../shared/vectors/wycheproof"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SecureChat.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests do not run from inside the repository: no SecureChat.sln above them.");
    }
}
