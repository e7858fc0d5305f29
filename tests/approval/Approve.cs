using System.Runtime.CompilerServices;

namespace SecureChat.ApprovalTests;

/// <summary>
/// Compares a text with the one that was approved, <c>CLASS.TEST.approved.txt</c> beside the test. Where they differ, the test fails
/// and leaves <c>….received.txt</c> there: read it, and put it in the place of the other. Nothing is ever approved by itself.
/// </summary>
/// <remarks>The only place that knows the tool, so that another one can take its place.</remarks>
internal static class Approve
{
    private const string Project = "/tests/approval/";

    /// <param name="text">What came out, with everything that varies from run to run replaced by names.</param>
    /// <param name="source">Given by the compiler; only the part below the project is used, so builds may map the rest.</param>
    /// <param name="test">Given by the compiler.</param>
    public static void Text(string text, [CallerFilePath] string source = "", [CallerMemberName] string test = "")
    {
        string path = source.Replace('\\', '/');
        string testFile = path[(path.LastIndexOf(Project, StringComparison.Ordinal) + Project.Length)..];
        string folder = Path.GetDirectoryName(Path.Combine(RepositoryFolder.Root, "tests", "approval", testFile))!;
        string name = $"{Path.GetFileNameWithoutExtension(testFile)}.{test}";

        // A folder that is absolute takes the place of the one that Shouldly finds in the debug information.
        text.ShouldMatchApproved(options => options
            .NoDiff()
            .SubFolder(folder)
            .WithFilenameGenerator((_, _, kind, _) => $"{name}.{kind}.txt"));
    }
}
