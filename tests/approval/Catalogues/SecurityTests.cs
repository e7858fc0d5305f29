using System.Text.RegularExpressions;

namespace SecureChat.ApprovalTests.Catalogues;

/// <summary>What the page about security claims to be tested: each test that it names is in the sources, under that name.</summary>
public sealed partial class SecurityTests
{
    private static readonly string Page = RepositoryFolder.Read("docs/security.md");

    // (room, class, test), such as (system, ReplayTests, A_change_cannot_be_repeated).
    private static readonly HashSet<(string Room, string Class, string Test)> Sources = [.. ReadSources()];

    [Fact]
    public void Every_test_that_it_names_exists_and_is_called_a_unit_test_if_it_is_one()
    {
        IReadOnlyList<Match> named = NamedTest().Matches(Page);
        named.Count.ShouldBeGreaterThan(90);
        named.Where(name => !Sources.Any(test => test.Class == name.Groups["class"].Value && test.Test == name.Groups["test"].Value
                && test.Room == "unit" == name.Groups["unit"].Success))
            .Select(name => name.Value)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_row_names_a_test_or_says_that_there_is_none()
    {
        IReadOnlyList<string[]> rows = MarkdownTable.Rows(Page, "what can go wrong", "what the relay does", "test");
        rows.Count.ShouldBeGreaterThan(40);
        rows.Where(row => row.Length != 3 || !(NamedTest().IsMatch(row[2]) || row[2].Contains("**no test**", StringComparison.Ordinal)))
            .Select(row => row[0])
            .ShouldBeEmpty();
    }

    [Fact]
    public void Every_class_of_the_endurance_tests_has_its_row_and_no_other() =>
        MarkdownTable.Rows(Page, "class", "what", "with every change", "full figure", "last run")
            .Select(row => row[0].Trim('`'))
            .ShouldBe(Sources.Where(test => test.Room is "endurance" or "fuzz").Select(test => test.Class).Distinct(), ignoreOrder: true);

    private static IEnumerable<(string Room, string Class, string Test)> ReadSources()
    {
        string tests = Path.Combine(RepositoryFolder.Root, "tests");
        foreach (string file in Directory.EnumerateFiles(tests, "*Tests.cs", SearchOption.AllDirectories))
        {
            string room = Path.GetRelativePath(tests, file).Split(Path.DirectorySeparatorChar)[0];
            foreach (Match test in Test().Matches(File.ReadAllText(file)))
            {
                yield return (room, Path.GetFileNameWithoutExtension(file), test.Groups["test"].Value);
            }
        }
    }

    [GeneratedRegex("`(?<class>[A-Za-z0-9]+Tests)[.](?<test>[A-Za-z0-9_]+)`(?<unit> [(]unit[)])?")]
    private static partial Regex NamedTest();

    // From the attribute to the name of its method.
    [GeneratedRegex(@"\[[A-Za-z]*(?:Fact|Theory)(?:\]|\().*?\bpublic (?:async )?(?:Task|void) (?<test>[A-Za-z0-9_]+)\(", RegexOptions.Singleline)]
    private static partial Regex Test();
}
