using System.Diagnostics;
using System.Runtime.CompilerServices;
using Shouldly.Configuration;

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
        string mapped = source.Replace('\\', '/');
        string relative = mapped[mapped.LastIndexOf(Project, StringComparison.Ordinal)..].TrimStart('/');
        string file = Path.Combine(RepositoryFolder.Root, relative);
        text.ShouldMatchApproved(options => options
            .NoDiff()
            .Configure(configuration => configuration.TestMethodFinder = new TestIn(file))
            .WithFilenameGenerator((_, _, kind, _) => $"{Path.GetFileNameWithoutExtension(file)}.{test}.{kind}.txt"));
    }

    // Shouldly would look into the debug information, where a deterministic build has no path of this machine.
    private sealed class TestIn(string file) : ITestMethodFinder
    {
        public TestMethodInfo GetTestMethodInfo(StackTrace stackTrace, int startAt = 0) => new(new StackFrame(file, lineNumber: 0));
    }
}
